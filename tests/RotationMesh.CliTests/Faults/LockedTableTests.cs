using System.Diagnostics;
using Npgsql;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Faults;

/// <summary>A table that somebody keeps locked, as a migration of the application does.</summary>
public sealed class LockedTableTests
{
    /// <summary>Two seconds that are promised, and what a busy machine adds to them.</summary>
    // Ten seconds are promised; a busy machine takes longer, and what is waited for never comes.
    private static readonly TimeSpan Promised = TimeSpan.FromMinutes(1);

    private Site site = null!;
    private NpgsqlConnection? migration;

    [SetUp]
    public async Task Load() => site = await Site.LoadAsync("--rows", "4000", "--tenants", "4");

    [TearDown]
    public async Task Drop()
    {
        if (migration is not null)
            await migration.DisposeAsync();
        await site.DisposeAsync();
    }

    [TestCase("doctor", 2)]
    [TestCase("census", 1)]
    [TestCase("keys", 1)]
    [TestCase("verify", 1)]
    [TestCase("rotate --dry-run", 1)]
    [TestCase("keys retire 1", 4)]
    public async Task Whoever_only_reads_ends_and_names_table_and_session(string verb, int exitCode)
    {
        var session = await LockAsync("knowledge_sources");

        var told = (await site.RunAsync(verb.Split(' '))).Exits(exitCode);

        Assert.That(
            told.Output + told.Error,
            Does.Contain("table knowledge_sources is locked by").And.Contain($"session {session} (payroll,")
        );
    }

    [Test]
    public async Task A_table_that_may_be_read_and_not_written_is_told_of()
    {
        migration = await ConnectAsync("payroll");
        await ExecuteAsync(migration, "BEGIN; LOCK TABLE knowledge_sources IN SHARE MODE");
        var holder = $"table knowledge_sources is locked by session {migration.ProcessID} (payroll,";

        var dry = (await site.RunAsync("--output", "json", "rotate", "--dry-run")).Exits(0).Json();

        Assert.That(
            dry["notes"]!.ToJsonString(),
            Does.Contain("rotate itself would wait now").And.Contain(holder)
        );
        Assert.That((await site.RunAsync("doctor")).Exits(2).Output, Does.Contain(holder));
    }

    [Test]
    public async Task A_session_that_waits_for_a_table_alone_is_named_with_whom_it_waits_for()
    {
        await using var reading = await ConnectAsync("nightly report");
        await ExecuteAsync(reading, "BEGIN; SELECT count(*) FROM knowledge_sources");
        migration = await ConnectAsync("payroll");
        var wanted = ExecuteAsync(migration, "BEGIN; LOCK TABLE knowledge_sources");
        await Eventually.Holds(
            () =>
                site.Database.ScalarAsync<bool>(
                    $"SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = {migration.ProcessID}"
                ),
            TimeSpan.FromMinutes(2),
            "the migration waits"
        );

        var told = (await site.RunAsync("census")).Exits(1);

        Assert.That(
            told.Error,
            Does.Contain($"session {migration.ProcessID} (payroll,")
                .And.Contain($"session {reading.ProcessID} (nightly report,")
        );
        await ExecuteAsync(reading, "COMMIT");
        await wanted;
    }

    [TestCase("doctor")]
    [TestCase("census")]
    [TestCase("keys")]
    [TestCase("verify")]
    [TestCase("rotate --dry-run")]
    [TestCase("rotate")]
    public async Task Interrupt_ends_whoever_waits_for_it(string verb)
    {
        await LockAsync("knowledge_sources");
        await using var run = site.Command(verb.Split(' ')).Start();
        await Eventually.Holds(IsWaitingAsync, TimeSpan.FromMinutes(1), "it waits for the lock");

        await InterruptAsync(run);

        await Eventually.Holds(
            async () => !await IsWaitingAsync(),
            TimeSpan.FromMinutes(1),
            "its sessions do not wait on"
        );
    }

    [Test]
    public async Task Interrupt_ends_a_rotation_that_waits_for_it_in_its_midst()
    {
        await site.Database.ExecuteAsync(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.01); RETURN NULL; END';
            CREATE TRIGGER slow BEFORE UPDATE ON connectors FOR EACH STATEMENT EXECUTE FUNCTION slow();
            """
        );
        await using var run = site.Command(
                "--output",
                "json",
                "rotate",
                "--batch-size",
                "5",
                "--workers",
                "1"
            )
            .Start();
        await Eventually.Holds(
            async () => await site.Database.RowsAsync("encryption_key_version = 2") > 0,
            TimeSpan.FromMinutes(2),
            "the first rows are rotated"
        );
        await LockAsync("knowledge_entries");
        await Eventually.Holds(IsWaitingAsync, TimeSpan.FromMinutes(1), "it waits for the lock");

        var stopped = await InterruptAsync(run);

        // On a busy machine the time for an end in good order may be over: then it leaves, and anybody may end the rotation.
        if (stopped.Json().State() != "Cancelled")
            (await site.RunAsync("cancel")).Exits(0);
        Assert.That(
            (await site.RunAsync("--output", "json", "status")).Json().State(),
            Is.EqualTo("Cancelled")
        );
    }

    [Test]
    public async Task A_rotation_waits_for_it_says_for_whom_and_goes_on()
    {
        var session = await LockAsync("knowledge_sources");
        await using var run = site.Command("rotate").Start();
        await Eventually.Holds(
            () =>
                Task.FromResult(
                    run.ErrorSoFar.Contains(
                        $"table knowledge_sources, which session {session} (payroll,",
                        StringComparison.Ordinal
                    )
                ),
            TimeSpan.FromMinutes(2),
            "it says for whom it waits"
        );

        await ExecuteAsync(migration!, "COMMIT");

        (await Site.EndAsync(run)).Exits(0);
    }

    private static async Task<ProcessOutcome> InterruptAsync(ProcessRun run)
    {
        var clock = Stopwatch.StartNew();
        run.Interrupt();
        var outcome = (await Site.EndAsync(run)).Exits(5);
        Assert.That(clock.Elapsed, Is.LessThan(Promised));
        return outcome;
    }

    private Task<bool> IsWaitingAsync() =>
        site.Database.ScalarAsync<bool>(
            """
            SELECT count(*) > 0 FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'rotationmesh' AND wait_event_type = 'Lock'
            """
        );

    private async Task<int> LockAsync(string table)
    {
        migration = await ConnectAsync("payroll");
        await ExecuteAsync(migration, $"BEGIN; LOCK TABLE {table}");
        return migration.ProcessID;
    }

    private async Task<NpgsqlConnection> ConnectAsync(string application)
    {
        var keywords = new NpgsqlConnectionStringBuilder(site.Database.ConnectionString)
        {
            ApplicationName = application,
            Pooling = false,
        };
        var connection = new NpgsqlConnection(keywords.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
