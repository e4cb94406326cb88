using Npgsql;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Writers;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Writers;

/// <summary>Every transaction of a database is found that may bring values anywhere in it, and no other.</summary>
public sealed class WhenTransactionsAreLookedFor
{
    [TestCase("SELECT count(*) FROM notes")]
    [TestCase("SELECT 1")]
    [TestCase("SAVEPOINT one; CREATE TABLE notes_of_others (id text)")]
    public async Task One_is_found_whatever_it_has_done(string statements)
    {
        await using var fixture = await CreateAsync();
        await using var open = await OpenTransaction.BeginAsync(fixture, statements);

        Assert.That((await LookAsync(fixture)).Single().Pid, Is.EqualTo(open.Pid));
    }

    [Test]
    public async Task A_session_without_a_transaction_and_the_look_itself_are_none()
    {
        await using var fixture = await CreateAsync();
        await using var open = await OpenTransaction.BeginAsync(fixture, "SELECT 1");
        await open.CommitAsync();

        Assert.That(await LookAsync(fixture), Is.Empty);
    }

    [Test]
    public async Task One_of_another_database_is_none_prepared_or_not()
    {
        await using var fixture = await CreateAsync();
        await using var copy = await TestDatabase.CreateAsync();
        await copy.ExecuteAsync(NotesTable.Create());
        await using var foreign = Fixture.Of(copy, fixture.ConnectionString);
        var gid = $"foreign-{Guid.NewGuid():N}";
        await using (var first = await OpenTransaction.BeginAsync(foreign, OpenTransaction.Insert("a")))
            await first.RunAsync($"PREPARE TRANSACTION '{gid}'");
        await using var open = await OpenTransaction.BeginAsync(foreign, OpenTransaction.Insert("b"));

        try
        {
            Assert.That(await LookAsync(fixture), Is.Empty);
            Assert.That(
                (await LookAsync(foreign)).Select(one => one.Gid ?? $"{one.Pid}"),
                Is.EquivalentTo((string[])[gid, $"{open.Pid}"])
            );
        }
        finally
        {
            await foreign.ExecuteAsync($"ROLLBACK PREPARED '{gid}'");
        }
    }

    [Test]
    public async Task A_vacuum_is_none_however_long_it_takes()
    {
        await using var fixture = await CreateAsync();
        await fixture.InsertAsync(Note.Many(5_000));
        // It sleeps at each page for most of a second.
        await using var slow = new NpgsqlConnection(
            $"{fixture.ConnectionString};Pooling=false;Options=-c vacuum_cost_delay=100 -c vacuum_cost_limit=1"
        );
        await slow.OpenAsync();
        await using var vacuum = new NpgsqlCommand("VACUUM notes", slow);
        var run = vacuum.ExecuteNonQueryAsync();
        await Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    "SELECT EXISTS (SELECT FROM pg_stat_progress_vacuum WHERE pid = @pid)",
                    new { pid = slow.ProcessID }
                ),
            TimeSpan.FromSeconds(60),
            "the vacuum runs"
        );
        var found = await LookAsync(fixture);
        var stillRuns = !run.IsCompleted;
        vacuum.Cancel();

        Assert.That(() => run, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(stillRuns, Is.True, "it ended too early to say anything");
        Assert.That(found, Is.Empty);
    }

    [Test]
    public async Task Nor_are_the_parallel_workers_of_one()
    {
        await using var fixture = await CreateAsync();
        await fixture.InsertAsync(Note.Many(2000));
        // Three entries fill a page, so that it takes long where the machine is busy, too.
        foreach (var salt in new[] { "a", "b" })
            await fixture.ExecuteAsync(
                $"CREATE INDEX ON notes (({string.Join(" || ", Enumerable.Range(0, 70).Select(part => $"md5(id || '{salt}{part}')"))}))"
            );
        await fixture.ExecuteAsync("DELETE FROM notes WHERE id IN (SELECT id FROM notes LIMIT 100)");
        // It sleeps at each page, also of the indexes, which are many pages.
        await using var slow = new NpgsqlConnection(
            $"{fixture.ConnectionString};Pooling=false;Options=-c vacuum_cost_delay=100 -c vacuum_cost_limit=1 -c min_parallel_index_scan_size=0"
        );
        await slow.OpenAsync();
        await using var vacuum = new NpgsqlCommand("VACUUM (PARALLEL 2, INDEX_CLEANUP ON) notes", slow);
        vacuum.CommandTimeout = 0;
        var run = vacuum.ExecuteNonQueryAsync();
        const string Helps = """
            SELECT EXISTS (
                SELECT FROM pg_locks
                WHERE relation = 'notes'::regclass AND mode = 'ShareUpdateExclusiveLock' AND granted AND pid <> @pid)
            """;
        await Eventually.Holds(
            () => fixture.ScalarAsync<bool>(Helps, new { pid = slow.ProcessID }),
            TimeSpan.FromSeconds(120),
            "a worker of the vacuum runs"
        );
        var found = await LookAsync(fixture);
        var stillHelps = await fixture.ScalarAsync<bool>(Helps, new { pid = slow.ProcessID });
        vacuum.Cancel();

        Assert.That(() => run, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(stillHelps, Is.True, "it ended too early to say anything");
        Assert.That(found, Is.Empty);
    }

    [Test]
    public async Task A_role_without_rights_of_its_own_sees_all_of_them()
    {
        await using var fixture = await CreateAsync();
        await using var role = await TestRole.CreateAsync(fixture);
        await using var limited = fixture.Variant(user: role.Name);
        var gid = $"prepared-{Guid.NewGuid():N}";
        await using (var first = await OpenTransaction.BeginAsync(fixture, OpenTransaction.Insert("a")))
            await first.RunAsync($"PREPARE TRANSACTION '{gid}'");
        await using var open = await OpenTransaction.BeginAsync(fixture, "SELECT 1");

        try
        {
            var seen = await LookAsync(limited);
            Assert.That(seen.Select(one => one.Gid), Is.EquivalentTo((string?[])[gid, null]));
            Assert.That(
                seen.Single(one => one.Pid == open.Pid).ToString(),
                Does.StartWith($"session {open.Pid} (a-long-job, role ")
                    .And.EndWith("age not shown to this role)")
            );
        }
        finally
        {
            await fixture.ExecuteAsync($"ROLLBACK PREPARED '{gid}'");
        }
    }

    [Test]
    public async Task One_that_had_no_id_may_be_any_that_is_prepared_since()
    {
        await using var fixture = await CreateAsync();
        var gid = $"prepared-{Guid.NewGuid():N}";
        await using var open = await OpenTransaction.BeginAsync(fixture, "SELECT count(*) FROM notes");
        var transactions = EarlierWriters.Anywhere(fixture.Databases, Fixture.App);
        Assert.That(await transactions.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.False);
        await open.RunAsync(OpenTransaction.Insert("a"));
        await open.RunAsync($"PREPARE TRANSACTION '{gid}'");

        Assert.That(await transactions.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.False);
        Assert.That(transactions.Open.Single().Gid, Is.EqualTo(gid));
        await fixture.ExecuteAsync($"COMMIT PREPARED '{gid}'");
        Assert.That(await transactions.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.True);
    }

    // Sessions of other tests that end during a look are no session's of any database; the next look knows.
    private static async Task<IReadOnlyList<OpenWriter>> LookAsync(Fixture fixture)
    {
        var transactions = EarlierWriters.Anywhere(fixture.Databases, Fixture.App);
        await transactions.HaveEndedAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        return transactions.Open;
    }

    private static async Task<Fixture> CreateAsync()
    {
        var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        return fixture;
    }
}
