using Npgsql;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.IntegrationTests.Writers;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Writers;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Retiring;

[Parallelizable(ParallelScope.All)] // they wait
public sealed class WhenWritersAreOpen
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [TestCase(null)]
    [TestCase("to-be-retired")]
    public async Task A_key_stays_in_service_until_they_have_ended(string? prepared)
    {
        await using var fixture = await RotatedAsync();
        await using var open = await OpenTransaction.BeginAsync(
            fixture,
            [.. Enumerable.Range(1, 7).Select(i => OpenTransaction.Insert($"open-{i}"))]
        );
        var (name, end) = ($"session {open.Pid} (a-long-job, role ", "ROLLBACK");
        if (prepared is not null)
        {
            var gid = $"{prepared}-{Guid.NewGuid():N}";
            await open.RunAsync($"PREPARE TRANSACTION '{gid}'");
            (name, end) = ($"prepared transaction '{gid}' (role ", $"ROLLBACK PREPARED '{gid}'");
        }

        var refused = await fixture.RetireAsync();
        var listed = await fixture.KeyAsync();
        await open.RunAsync(end);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Retired, Is.False);
            Assert.That(refused.InTheWay, Has.Exactly(1).Contains(name));
            Assert.That(listed.SafeToRetire, Is.False);
            Assert.That(listed.InTheWay, Has.Exactly(1).Contains(name));
            Assert.That((await fixture.KeyAsync()).SafeToRetire, Is.True);
            Assert.That((await fixture.RetireAsync()).InTheWay, Is.Empty);
        }
    }

    [Test]
    public async Task Rows_that_they_committed_are_seen()
    {
        await using var fixture = await RotatedAsync();
        var open = await OpenTransaction.BeginAsync(fixture, OpenTransaction.Insert("open"));

        var begun = await fixture.ScalarAsync<DateTime>("SELECT clock_timestamp()");
        var retirement = fixture.RetireAsync();
        await Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    $"""
                    SELECT EXISTS (
                        SELECT FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                          AND query_start > '{begun:O}' AND query LIKE '%locks AS MATERIALIZED%')
                    """
                ),
            Deadline,
            "the retirement looks for open transactions"
        );
        await open.CommitAsync();
        await open.DisposeAsync();
        var outcome = await retirement;

        Assert.That((outcome.Retired, outcome.InTheWay.Count > 0), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task Writers_that_come_and_go_are_in_nobody_s_way()
    {
        await using var fixture = await RotatedAsync();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable
            .Range(0, 3)
            .Select(writer => Task.Run(() => WriteAsync(fixture, writer, stop.Token)))
            .ToList();

        var outcome = await fixture.RetireAsync();
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        Assert.That(outcome.Retired, Is.True, string.Join("; ", outcome.InTheWay));
        Assert.That(outcome.Warnings, Is.Empty);
    }

    [Test]
    public async Task A_count_blocks_no_writer_however_long_it_takes()
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                External = "(SELECT pg_sleep(20)) IS NULL",
            }
        );
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(3));
        var target = (await fixture.TargetsAsync()).Single();
        using var stop = new CancellationTokenSource();

        var count = new QuietCount(fixture.Databases).CountAsync(target, stop.Token);
        await Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
                ),
            Deadline,
            "the count is under way"
        );
        await fixture.ExecuteAsync($"SET lock_timeout = '2s'; {OpenTransaction.Insert("meanwhile")}");
        await stop.CancelAsync();

        Assert.That(async () => await count, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_key_is_not_listed_as_safe_where_one_began_while_another_was_waited_for()
    {
        await using var fixture = await RotatedAsync();
        var early = await OpenTransaction.BeginAsync(fixture, "LOCK TABLE notes IN ROW EXCLUSIVE MODE");

        var listing = fixture.KeyAsync();
        await Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%upkeep AS%'"
                        + " AND pid <> pg_backend_pid()"
                ),
            Deadline,
            "writers are looked for"
        );
        await using var late = await OpenTransaction.BeginAsync(fixture, OpenTransaction.Insert("late"));
        await early.CommitAsync();
        await early.DisposeAsync();
        var key = await listing;
        await late.CommitAsync();

        Assert.That(key.SafeToRetire, Is.False);
        Assert.That(key.InTheWay, Has.Exactly(1).Contains($"session {late.Pid} (a-long-job, role "));
    }

    [Test]
    public async Task A_table_keeps_its_rows_while_it_is_counted()
    {
        await using var fixture = await RotatedAsync();
        var target = (await fixture.TargetsAsync()).Single();

        var counted = await new QuietCount(fixture.Databases).TryAsync(
            target,
            async connection =>
            {
                // As one that was waiting behind the lock.
                Assert.That(
                    () =>
                        fixture.ExecuteAsync(
                            "SET lock_timeout = '300ms'; ALTER TABLE notes ALTER version TYPE bigint"
                        ),
                    Throws
                        .InstanceOf<PostgresException>()
                        .With.Property("SqlState")
                        .EqualTo(PostgresErrorCodes.LockNotAvailable)
                );
                return await new TableCensus(fixture.Databases).CountAsync(
                    connection,
                    target,
                    null,
                    CancellationToken.None
                );
            },
            CancellationToken.None
        );

        Assert.That(counted.Counts?.Sum(count => count.Rows), Is.EqualTo(20));
    }

    [TestCase("SELECT")]
    [TestCase("SELECT, UPDATE (version, body)")]
    public async Task A_key_stays_in_service_where_the_role_may_not_lock_the_table(string rights)
    {
        await using var fixture = await RotatedAsync();
        await using var role = await TestRole.CreateAsync(fixture);
        await role.GrantAsync(rights, "notes");
        await using var limited = Fixture.Of(fixture, role.ConnectionString);
        const string Lock = "may not lock it in SHARE mode";
        const string Reason =
            $"{Lock}, as rights on columns alone are not enough, so there is no moment at which it can "
            + $"be counted without writers: GRANT UPDATE ON \"public\".\"notes\" TO the role";

        var refused = await limited.RetireAsync();
        var listed = await limited.KeyAsync();
        var warned = await WarningsAsync(limited);
        await role.GrantAsync("UPDATE", "notes");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Retired, Is.False);
            Assert.That(refused.InTheWay, Has.Exactly(1).Contains(Reason));
            Assert.That(listed.SafeToRetire, Is.False);
            Assert.That(listed.InTheWay, Has.Exactly(1).Contains(Reason));
            Assert.That(
                warned,
                Has.Exactly(rights.Contains("UPDATE", StringComparison.Ordinal) ? 1 : 0).Contains(Lock)
            );
            Assert.That(await WarningsAsync(limited), Has.None.Contains(Lock));
            Assert.That((await limited.RetireAsync()).InTheWay, Is.Empty);
        }
    }

    private static async Task<IReadOnlyList<string>> WarningsAsync(Fixture fixture) =>
        [
            .. (await fixture.Inspections().ExamineAsync(scan: false, CancellationToken.None)).Checks.Select(
                finding => finding.Message
            ),
        ];

    private static async Task<Fixture> RotatedAsync()
    {
        var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20, version: 2));
        return fixture;
    }

    private static async Task WriteAsync(Fixture fixture, int writer, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            await using var open = await OpenTransaction.BeginAsync(
                fixture,
                OpenTransaction.Insert($"busy-{writer}-{i}", version: 2),
                "SELECT pg_sleep(0.1)"
            );
            await open.CommitAsync();
        }
    }
}
