using System.Diagnostics;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Faults;

/// <summary>A synchronous standby that is gone: every commit waits for it.</summary>
public sealed class StandbyGoneTests
{
    // Ten seconds are promised; a busy machine takes longer, and what is waited for never comes.
    private static readonly TimeSpan Promised = TimeSpan.FromMinutes(1);

    private PrivatePostgres server = null!;
    private Site site = null!;

    [SetUp]
    public async Task Load()
    {
        server = await PrivatePostgres.StartAsync();
        site = await Site.LoadOnAsync(server, "--rows", "4000", "--tenants", "4");
    }

    [TearDown]
    public async Task Drop()
    {
        await ListenToAsync("");
        await site.DisposeAsync();
        await server.DisposeAsync();
    }

    [Test]
    public async Task A_rotation_that_can_make_no_schema_says_why_and_ends_when_told()
    {
        await ListenToAsync("gone");
        await using var run = site.Command("rotate").Start();
        await SaysWhyAsync(run);

        await InterruptAsync(run);
    }

    [Test]
    public async Task A_rotation_in_its_midst_says_why_and_ends_when_told()
    {
        await site.Database.ExecuteAsync(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END';
            CREATE TRIGGER slow BEFORE UPDATE ON knowledge_entries FOR EACH STATEMENT EXECUTE FUNCTION slow();
            """
        );
        await using var run = site.Command("rotate", "--batch-size", "20", "--workers", "1").Start();
        await Eventually.Holds(
            async () => await site.Database.RowsAsync("encryption_key_version = 2") > 0,
            TimeSpan.FromMinutes(2),
            "the first rows are rotated"
        );
        await ListenToAsync("gone");
        await SaysWhyAsync(run);
        var status = await site.RunAsync("status");
        Assert.That(status.Output, Does.Contain("synchronous_standby_names"));

        await InterruptAsync(run);
    }

    [Test]
    public async Task It_goes_on_when_the_standby_is_not_awaited_any_more()
    {
        await ListenToAsync("gone");
        await using var run = site.Command("rotate").Start();
        await SaysWhyAsync(run);
        await ListenToAsync("");

        (await Site.EndAsync(run)).Exits(0);
    }

    private static Task SaysWhyAsync(ProcessRun run) =>
        Eventually.Holds(
            () =>
                Task.FromResult(
                    run.ErrorSoFar.Contains("synchronous_standby_names", StringComparison.Ordinal)
                ),
            TimeSpan.FromMinutes(2),
            "it says what it waits for"
        );

    private static async Task InterruptAsync(ProcessRun run)
    {
        var clock = Stopwatch.StartNew();
        run.Interrupt();
        (await Site.EndAsync(run)).Exits(5);
        Assert.That(clock.Elapsed, Is.LessThan(Promised));
    }

    private async Task ListenToAsync(string standby)
    {
        await site.Database.ExecuteAsync($"ALTER SYSTEM SET synchronous_standby_names = '{standby}'");
        await site.Database.ExecuteAsync("SELECT pg_reload_conf()");
        await Eventually.Holds(
            async () => await site.Database.ScalarAsync<string>("SHOW synchronous_standby_names") == standby,
            TimeSpan.FromSeconds(30),
            "the server has read its configuration"
        );
    }
}
