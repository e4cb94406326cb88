using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Rotating;

/// <summary>A rotation whose process was killed: nobody goes on with it by itself.</summary>
public sealed class AbandonedRotationTests
{
    private const string Gone = "nobody runs it any more";

    private Site site = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "3000", "--tenants", "10");
        await site.Database.ExecuteAsync(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END';
            CREATE TRIGGER slow BEFORE UPDATE ON knowledge_entries FOR EACH STATEMENT EXECUTE FUNCTION slow();
            """
        );
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task Status_list_and_watch_say_that_nobody_runs_it_and_the_next_run_goes_on()
    {
        await using var run = site.Command("rotate", "--batch-size", "5", "--workers", "1").Start();
        await Eventually.Holds(
            async () => await site.Database.RowsAsync("encryption_key_version = 2") > 0,
            TimeSpan.FromMinutes(1),
            "the first rows are rotated"
        );
        var living = (await site.RunAsync("--output", "json", "status")).Exits(0).Json();
        run.Kill();
        await Eventually.Holds(
            async () =>
                (bool)(await site.RunAsync("--output", "json", "status")).Exits(0).Json()["abandoned"]!,
            TimeSpan.FromMinutes(1),
            "its end is noticed"
        );

        var status = (await site.RunAsync("status")).Exits(0);
        var list = (await site.RunAsync("list")).Exits(0);
        var watched = (await site.RunAsync("watch")).Exits(5);
        await site.Database.ExecuteAsync("DROP TRIGGER slow ON knowledge_entries");
        (await site.RunAsync("rotate", "--batch-size", "5", "--workers", "1")).Exits(0);
        var ended = (await site.RunAsync("--output", "json", "status")).Exits(0).Json();

        Assert.Multiple(() =>
        {
            Assert.That((bool)living["abandoned"]!, Is.False);
            Assert.That(status.Output, Does.Contain(Gone));
            Assert.That(list.Output, Does.Contain("(abandoned)"));
            Assert.That(watched.Output + watched.Error, Does.Contain(Gone));
            Assert.That(ended.State(), Is.EqualTo("Completed"));
            Assert.That((Guid)ended["rotationId"]!, Is.EqualTo((Guid)living["rotationId"]!), "the same one");
        });
    }

    [TestCase("counts", true, TestName = "The_next_run_goes_on_with_its_own_batch_size")]
    [TestCase("full", false, TestName = "The_next_run_begins_anew_where_it_is_to_decrypt_more")]
    public async Task After_a_run_that_decrypts_nothing(string verify, bool goesOn)
    {
        await using (var run = site.Command("rotate", "--verify", "counts", "--batch-size", "5").Start())
        {
            await Eventually.Holds(
                async () => await site.Database.RowsAsync("encryption_key_version = 2") > 0,
                TimeSpan.FromMinutes(1),
                "the first rows are rotated"
            );
            run.Kill();
        }

        var first = (await site.RunAsync("--output", "json", "status")).Exits(0).Json();
        await site.Database.ExecuteAsync("DROP TRIGGER slow ON knowledge_entries");

        var next = await site.RunAsync("--output", "json", "rotate", "--verify", verify, "--batch-size", "7");

        var id = (Guid)next.Exits(0).Json()["rotationId"]!;
        Assert.That(id == (Guid)first["rotationId"]!, Is.EqualTo(goesOn));
        Assert.That(
            await site.Database.ScalarAsync<int>(
                $"SELECT batch_size FROM rotationmesh.rotations WHERE correlation_id = '{id}'"
            ),
            Is.EqualTo(7)
        );
    }

    [Test]
    public async Task A_lock_that_was_lost_with_its_session_is_taken_again()
    {
        await using var run = site.Command("rotate", "--batch-size", "5", "--workers", "1").Start();
        await Eventually.Holds(
            async () => await site.Database.RowsAsync("encryption_key_version = 2") > 0,
            TimeSpan.FromMinutes(1),
            "the first rows are rotated"
        );
        var lost = (await HoldersAsync())!;
        await site.Database.ExecuteAsync($"SELECT pg_terminate_backend({lost})");
        await Eventually.Holds(
            async () => await HoldersAsync() is { } now && now != lost,
            TimeSpan.FromMinutes(1),
            "it is taken again"
        );

        var status = (await site.RunAsync("--output", "json", "status")).Exits(0).Json();
        await site.Database.ExecuteAsync("DROP TRIGGER slow ON knowledge_entries");
        (await Site.EndAsync(run)).Exits(0);

        Assert.That((bool)status["abandoned"]!, Is.False);
    }

    [Test]
    public async Task Where_another_process_takes_the_lost_lock_this_one_ends_and_leaves_the_rotation_to_it()
    {
        await using var run = site.Command("rotate", "--batch-size", "5", "--workers", "1").Start();
        await Eventually.Holds(
            async () => await site.Database.RowsAsync("encryption_key_version = 2") > 0,
            TimeSpan.FromMinutes(1),
            "the first rows are rotated"
        );
        await using var other = await site.Database.DataSource.OpenConnectionAsync();
        await using var command = other.CreateCommand();
        await Eventually.Holds(
            async () =>
            {
                command.CommandText = $"SELECT pg_terminate_backend({await HoldersAsync() ?? "0"}, 30000)";
                await command.ExecuteScalarAsync();
                command.CommandText = """
                    SELECT pg_try_advisory_lock(hashtextextended('rotationmesh/run/' || correlation_id, 0))
                    FROM rotationmesh.rotations
                    """;
                return (bool)(await command.ExecuteScalarAsync())!; // unless the run was quicker
            },
            TimeSpan.FromMinutes(1),
            "another process has the lock"
        );

        var ended = (await Site.EndAsync(run)).Exits(5);
        var rows = await site.Database.RowsAsync("encryption_key_version = 2");
        command.CommandText = "SELECT pg_advisory_unlock_all()";
        await command.ExecuteScalarAsync();
        await site.Database.ExecuteAsync("DROP TRIGGER slow ON knowledge_entries");
        (await site.RunAsync("rotate", "--batch-size", "5", "--workers", "1")).Exits(0);

        Assert.Multiple(() =>
        {
            Assert.That(ended.Error, Does.Contain("another one goes on with it"));
            Assert.That(rows, Is.LessThan(3000), "it stopped before the end");
        });
    }

    // The session that holds the rotation for its process: no other lock of ours is held for so long by a key of one part.
    private Task<string?> HoldersAsync() =>
        site.Database.ScalarAsync<string>(
            """
            SELECT l.pid::text FROM pg_locks l, rotationmesh.rotations r,
                 hashtextextended('rotationmesh/run/' || r.correlation_id, 0) AS key
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
              AND l.classid = ((key >> 32) & 4294967295)::oid AND l.objid = (key & 4294967295)::oid
            """
        );
}
