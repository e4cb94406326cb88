using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.IntegrationTests.Writers;
using RotationMesh.Operations.Documents;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>A transaction that is older than the scan may bring old values to where the scan sees none.</summary>
[Parallelizable(ParallelScope.All)] // they wait
public sealed class WhenTransactionsAreOpenBeforeTheScan
{
    private const string Copy = "CREATE TABLE public.old_notes AS SELECT body FROM notes";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [TestCase(null)]
    [TestCase("to-be-kept")]
    public async Task A_copy_of_old_values_keeps_the_version_in_service_before_and_after_it_is_committed(
        string? prepared
    )
    {
        await using var fixture = await CreateAsync();
        await using var open = await OpenTransaction.BeginAsync(fixture, Copy);
        var (name, end) = ($"session {open.Pid} (a-long-job, role ", "COMMIT");
        if (prepared is not null)
        {
            var gid = $"{prepared}-{Guid.NewGuid():N}";
            await open.RunAsync($"PREPARE TRANSACTION '{gid}'");
            (name, end) = ($"prepared transaction '{gid}' (role ", $"COMMIT PREPARED '{gid}'");
        }

        var rotated = await fixture.RotateAsync();
        var refused = await fixture.ScanAndRetireAsync();
        await open.RunAsync(end);
        var found = await fixture.ScanAndRetireAsync();

        Assert.That(rotated.State, Is.EqualTo("Completed"));
        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith($"database app: {Reasons.OpenAtCount}: {name}").And.Contain("then try again")
        );
        Assert.That(
            found.InTheWay.Single(),
            Does.StartWith("public.old_notes.body (database app)").And.Contain("with key version 1")
        );
    }

    [Test]
    public async Task So_does_one_that_has_only_read_for_it_may_write_yet()
    {
        await using var fixture = await CreateAsync();
        await using var open = await OpenTransaction.BeginAsync(fixture, "SELECT body FROM notes");
        await fixture.RotateAsync();

        var refused = await fixture.ScanAndRetireAsync();
        await open.CommitAsync();
        var retired = await fixture.ScanAndRetireAsync();

        Assert.That(
            refused.InTheWay.Single(),
            Does.Contain(Reasons.OpenAtCount).And.Contain($"session {open.Pid} (")
        );
        AssertRetired(retired);
    }

    [Test]
    public async Task What_it_commits_while_it_is_waited_for_is_looked_at()
    {
        await using var fixture = await CreateAsync();
        await using var open = await OpenTransaction.BeginAsync(fixture, Copy);
        await fixture.RotateAsync();

        var retirement = fixture.ScanAndRetireAsync();
        await LooksAsync(fixture, await NowAsync(fixture));
        await open.CommitAsync();

        Assert.That(
            (await retirement).InTheWay.Single(),
            Does.StartWith("public.old_notes.body (database app)")
        );
    }

    [Test]
    public async Task What_it_writes_back_into_the_table_itself_is_decrypted_though_its_version_stays()
    {
        await using var fixture = await CreateAsync(rows: 2_000); // of which the last look decrypts a sample
        var old = (await fixture.NotesAsync())[0];
        await using var open = await OpenTransaction.BeginAsync(fixture, "SELECT body FROM notes");
        await fixture.RotateAsync();

        var retirement = fixture.ScanAndRetireAsync();
        await LooksAsync(fixture, await NowAsync(fixture));
        await open.RunAsync($"UPDATE notes SET body = '{old.Body}' WHERE id = '{old.Id}'");
        await open.CommitAsync();

        Assert.That(
            (await retirement).InTheWay.Single(),
            Does.StartWith("1 rows do not decrypt without it under the version that they claim")
        );
    }

    [Test]
    public async Task It_keeps_the_version_in_service_without_a_scan_as_well()
    {
        await using var fixture = await CreateAsync();
        await using var open = await OpenTransaction.BeginAsync(fixture, "SELECT body FROM notes");
        await fixture.RotateAsync();

        var refused = await fixture.RetireAsync(1);

        Assert.That(
            refused.InTheWay.Single(),
            Does.Contain(Reasons.OpenAtCount).And.Contain($"session {open.Pid} (")
        );
    }

    [Test]
    public async Task One_that_began_while_it_was_waited_for_may_have_got_old_values_from_it()
    {
        await using var fixture = await CreateAsync();
        await using var source = await OpenTransaction.BeginAsync(fixture, "SELECT body FROM notes");
        await fixture.RotateAsync();

        var retirement = fixture.ScanAndRetireAsync();
        await LooksAsync(fixture, await NowAsync(fixture));
        await LooksAsync(fixture, await NowAsync(fixture)); // once more, so that the first look is over
        await using var sink = await OpenTransaction.BeginAsync(
            fixture,
            $"CREATE TABLE public.passed_on AS SELECT '{Value.Seal("an old token", "tenant-1")}' AS line"
        );
        await source.CommitAsync();
        var refused = await retirement;
        await sink.CommitAsync();
        var found = await fixture.ScanAndRetireAsync();

        Assert.That(
            refused.InTheWay.Single(),
            Does.Contain(Reasons.OpenAtCount).And.Contain($"session {sink.Pid} (")
        );
        Assert.That(found.InTheWay.Single(), Does.StartWith("public.passed_on.line (database app)"));
    }

    [Test]
    public async Task One_in_another_database_of_the_map_does_so_as_well()
    {
        await using var fixture = await CreateAsync();
        await using var warehouse = await TestDatabase.CreateAsync();
        await using var both = fixture.WithDatabase("warehouse", warehouse.ConnectionString, Entries.Notes);
        await fixture.RotateAsync();
        await using var apart = Fixture.Of(warehouse, fixture.ConnectionString);
        await using var open = await OpenTransaction.BeginAsync(
            apart,
            $"CREATE TABLE public.loaded AS SELECT '{Value.Seal("an old token", "tenant-1")}' AS line"
        );

        var refused = await both.ScanAndRetireAsync();
        await open.CommitAsync();
        var found = await both.ScanAndRetireAsync();

        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith($"database warehouse: {Reasons.OpenAtCount}: session {open.Pid} (")
        );
        Assert.That(found.InTheWay.Single(), Does.StartWith("public.loaded.line (database warehouse)"));
    }

    [Test]
    public async Task Those_that_come_and_go_are_in_nobody_s_way()
    {
        await using var fixture = await CreateAsync();
        await fixture.RotateAsync();
        using var stop = new CancellationTokenSource();
        var readers = Enumerable
            .Range(0, 3)
            .Select(_ =>
                Task.Run(async () =>
                {
                    while (!stop.IsCancellationRequested)
                    {
                        await using var open = await OpenTransaction.BeginAsync(
                            fixture,
                            "SELECT count(*), pg_sleep(0.2) FROM notes"
                        );
                        await open.CommitAsync();
                    }
                })
            )
            .ToList();

        var retired = await fixture.ScanAndRetireAsync();
        await stop.CancelAsync();
        await Task.WhenAll(readers);

        AssertRetired(retired);
    }

    private static Task<DateTime> NowAsync(Fixture fixture) =>
        fixture.ScalarAsync<DateTime>("SELECT clock_timestamp()");

    // A look at open transactions has begun since.
    private static Task LooksAsync(Fixture fixture, DateTime since) =>
        Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    $"""
                    SELECT EXISTS (
                        SELECT FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                          AND query_start > '{since:O}' AND query LIKE '%''virtualxid'', ''transactionid''%')
                    """
                ),
            Deadline,
            "the retirement looks for open transactions"
        );

    private static async Task<Fixture> CreateAsync(int rows = 20)
    {
        var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(rows));
        return fixture;
    }

    private static void AssertRetired(RetirementDocument document) =>
        Assert.That(document.Retired, Is.True, string.Join("; ", document.InTheWay));
}
