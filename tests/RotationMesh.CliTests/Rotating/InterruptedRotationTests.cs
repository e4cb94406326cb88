using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Rotating;

/// <summary>A rotation that is told to stop.</summary>
public sealed class InterruptedRotationTests
{
    private const string SlowStatements = """
        CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(25); RETURN NULL; END';
        CREATE TRIGGER slow BEFORE UPDATE ON connectors FOR EACH STATEMENT EXECUTE FUNCTION slow();
        """;

    // So that it is not at its end before it hears of the signal.
    private const string SlowEntries = """
        CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.01); RETURN NULL; END';
        CREATE TRIGGER slow BEFORE UPDATE ON knowledge_entries FOR EACH STATEMENT EXECUTE FUNCTION slow();
        """;

    private Site site = null!;
    private IReadOnlyDictionary<string, string> plaintexts = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "8000", "--tenants", "20");
        plaintexts = await site.Database.OpenAsync(1);
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public Task Interrupt_ends_it_after_the_batch_in_hand() => StopsCleanlyAsync(run => run.Interrupt());

    [Test]
    public Task Terminate_ends_it_after_the_batch_in_hand() => StopsCleanlyAsync(run => run.Terminate());

    [Test]
    public async Task A_second_interrupt_ends_it_at_once()
    {
        await site.Database.ExecuteAsync(SlowStatements);
        await using var run = Start();
        await Eventually.Holds(IsWritingAsync, TimeSpan.FromMinutes(1), "a batch is in hand");
        run.Interrupt();
        await Eventually.Holds(
            () =>
                Task.FromResult(
                    run.ErrorSoFar.Contains("once more to stop at once", StringComparison.Ordinal)
                ),
            TimeSpan.FromSeconds(30),
            "it says that it stops"
        );
        run.Interrupt();
        var left = (await Site.EndAsync(run)).Exits(5).Json();
        Assert.That(await IsWritingAsync(), "it did not wait for the batch in hand");
        Assert.That(
            (Guid)left["rotationId"]!,
            Is.EqualTo(
                await site.Database.ScalarAsync<Guid>("SELECT correlation_id FROM rotationmesh.rotations")
            )
        );
        Assert.That(left.State(), Is.AnyOf("Rotating", "Cancelled"));
        Assert.That((string)left["error"]!, Is.EqualTo("stopped at once"));
    }

    [Test]
    public async Task A_cancel_from_elsewhere_ends_it_after_the_batch_in_hand()
    {
        await site.Database.ExecuteAsync(SlowEntries);
        await using var run = Start();
        await Eventually.Holds(
            () =>
                site.Database.ScalarAsync<bool>(
                    "SELECT count(*) > 0 FROM knowledge_entries WHERE encryption_key_version = 2"
                ),
            TimeSpan.FromMinutes(1),
            "the first entries are rotated"
        );
        (await site.RunAsync("cancel")).Exits(0);
        var cancelled = (await Site.EndAsync(run)).Exits(5).Json();
        var rotated = await site.Database.RowsAsync("encryption_key_version = 2");
        Assert.That(cancelled.Total("rotated"), Is.EqualTo(rotated));
        Assert.That(rotated, Is.LessThan(plaintexts.Count), "the partition in hand was not done to its end");
        Assert.That(cancelled.Total("pending"), Is.GreaterThan(0));
    }

    private Task<bool> IsWritingAsync() =>
        site.Database.ScalarAsync<bool>(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        );

    private async Task StopsCleanlyAsync(Action<ProcessRun> stop)
    {
        await site.Database.ExecuteAsync(SlowEntries);
        await using var run = await StartAsync();
        stop(run);
        var stopped = (await Site.EndAsync(run)).Exits(5).Json();
        var rotated = await site.Database.RowsAsync("encryption_key_version = 2");
        Assert.Multiple(() =>
        {
            Assert.That(stopped.State(), Is.EqualTo("Cancelled"));
            Assert.That(stopped.Total("rotated"), Is.EqualTo(rotated), "what is done is told");
            Assert.That(rotated, Is.GreaterThan(0).And.LessThan(plaintexts.Count));
        });
        (await site.RunAsync("verify")).Exits(0);

        await site.Database.ExecuteAsync("DROP TRIGGER slow ON knowledge_entries");
        var completed = (await site.RunAsync("--output", "json", "rotate")).Exits(0).Json();
        Assert.That(completed.Total("current"), Is.EqualTo(rotated));
        Assert.That(await site.Database.OpenAsync(2), Is.EquivalentTo(plaintexts));
    }

    private async Task<ProcessRun> StartAsync()
    {
        var run = Start();
        await Eventually.Holds(
            async () => await site.Database.RowsAsync("encryption_key_version = 2") > 0,
            TimeSpan.FromMinutes(1),
            "the first rows are rotated"
        );
        return run;
    }

    private ProcessRun Start() =>
        site.Command("--output", "json", "rotate", "--batch-size", "5", "--workers", "1").Start();
}
