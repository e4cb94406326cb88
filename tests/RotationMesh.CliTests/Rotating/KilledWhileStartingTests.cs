using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Rotating;

/// <summary>A first start that is killed while it makes the control schema, again and again.</summary>
public sealed class KilledWhileStartingTests
{
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
    public async Task Whoever_reads_meanwhile_is_told_the_fix_and_the_next_start_goes_on()
    {
        foreach (var migrations in new[] { 1, 4, 9, 15 })
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
