using RotationMesh.IntegrationTests.Control;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Rotating;

/// <summary>A start that is killed while it makes or upgrades the control schema, again and again.</summary>
public sealed class KilledWhileStartingTests
{
    private const string Sleeps = """
        SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'
        """;

    private Site site = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "300", "--tenants", "3");
        await site.Database.ExecuteAsync(
            """
            CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); END';
            CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE')
                EXECUTE FUNCTION slow();
            """
        );
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task One_that_was_killed_while_it_made_the_schema_leaves_nothing_and_the_next_one_makes_it()
    {
        Assert.That((await site.RunAsync("list")).Exits(0).Output, Does.Contain("no rotation"));
        for (var time = 0; time < 2; time++)
        {
            await using var run = site.Command("rotate").Start();
            await Eventually.Holds(
                () => site.Database.ScalarAsync<bool>(Sleeps),
                TimeSpan.FromMinutes(1),
                $"it makes a table\n{run.ErrorSoFar}"
            );
            run.Kill();
            Assert.That((await Site.EndAsync(run)).ExitCode, Is.EqualTo(128 + 9));
            Assert.That(await MigratedAsync(), Is.Zero);
            (await site.RunAsync("list")).Exits(0);
        }

        await EndAsync();
    }

    [Test]
    public async Task Of_one_that_was_killed_while_it_upgraded_the_schema_readers_are_told_the_fix_and_the_next_one_goes_on()
    {
        await EarlierSchema.MakeAsync(site.Database, 1);
        foreach (var migrations in new[] { 4, 9, 15 })
        {
            await using var run = site.Command("rotate").Start();
            await Eventually.Holds(
                async () => await MigratedAsync() >= migrations,
                TimeSpan.FromMinutes(1),
                $"{migrations} migrations have run\n{run.ErrorSoFar}"
            );
            run.Kill();
            Assert.That((await Site.EndAsync(run)).ExitCode, Is.EqualTo(128 + 9));
            foreach (var verb in new[] { "status", "list" })
                Assert.That(
                    (await site.RunAsync(verb)).Exits(2).Error,
                    Does.Contain("earlier release").And.Contain("rotate")
                );
        }

        await EndAsync();
    }

    private async Task EndAsync()
    {
        await site.Database.ExecuteAsync("DROP EVENT TRIGGER slow");
        (await site.RunAsync("rotate")).Exits(0);
        (await site.RunAsync("status")).Exits(0);
        Assert.That(await site.Database.RowsAsync("encryption_key_version = 1"), Is.Zero);
    }

    private async Task<long> MigratedAsync() =>
        await site.Database.ScalarAsync<bool>(
            "SELECT to_regclass('rotationmesh.schema_versions') IS NOT NULL"
        )
            ? await site.Database.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.schema_versions")
            : 0;
}
