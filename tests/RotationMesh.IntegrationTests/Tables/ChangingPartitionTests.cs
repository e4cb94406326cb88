using Dapper;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Rewriting;
using RotationMesh.Tables.Rows;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>Partitions that come and go while their table is rotated.</summary>
public sealed class ChangingPartitionTests
{
    private const string Old = "2025-01-01";
    private const string New = "2026-01-01";

    [TestCase(null)]
    [TestCase("tenant-1")]
    public async Task A_partition_that_is_attached_after_the_check_is_planned(string? tenant)
    {
        await using var fixture = await CreateAsync();
        var target = (await fixture.TargetsAsync()).Single();
        await AttachAsync(fixture);
        await fixture.ExecuteAsync(
            $"INSERT INTO notes SELECT 'x' || id, tenant, body, version, title, '{New}' FROM notes"
        );

        var ranges = await new PartitionPlanner(fixture.Databases)
            .PlanAsync(target, 60, tenant is null ? null : [tenant], CancellationToken.None)
            .ToListAsync();

        Assert.That(
            ranges.Select(range => range.Leaf.Name.Name).Distinct(),
            Is.EqualTo(new[] { "notes_new", "notes_old" })
        );
    }

    [Test]
    public async Task A_partition_that_is_attached_in_mid_run_is_swept()
    {
        await using var fixture = await CreateAsync();
        await fixture.ExecuteAsync(
            $"""
            CREATE TABLE notes_new (LIKE notes INCLUDING ALL);
            INSERT INTO notes_new SELECT 'x' || id, tenant, body, version, title, '{New}' FROM notes
            """
        );
        await using var holder = await fixture.Source.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await holder.ExecuteAsync("SELECT FROM notes WHERE id = 'n00030' FOR UPDATE");

        var rotation = fixture.RotateAsync(batchSize: 10);
        await Eventually.Holds(
            async () => await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 2") == 59,
            TimeSpan.FromSeconds(30),
            "all rows but the one that is held are rotated"
        );
        await fixture.ExecuteAsync(
            $"ALTER TABLE notes ATTACH PARTITION notes_new FOR VALUES FROM ('{New}') TO ('2027-01-01')"
        );
        await transaction.CommitAsync();
        var report = await rotation;

        Assert.That((report.State, report.Tables[0].Failed), Is.EqualTo(("Completed", 0)));
        Assert.That(
            await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 2"),
            Is.EqualTo(120)
        );
    }

    [Test]
    public async Task A_partition_that_is_dropped_in_mid_run_has_no_rows_left()
    {
        await using var fixture = await CreateAsync();
        await AttachAsync(fixture);
        var target = (await fixture.TargetsAsync()).Single();
        var ranges = await new PartitionPlanner(fixture.Databases)
            .PlanAsync(target, 60, null, CancellationToken.None)
            .ToListAsync();
        await fixture.ExecuteAsync("DROP TABLE notes_old");
        using var rotator = new PartitionRotator(
            fixture.Databases,
            fixture.Ring,
            new RotationSettings(new RotationTarget(2, false), 1000, false),
            _ => { }
        );

        foreach (var range in ranges)
        {
            var outcome = await rotator.RotateAsync(
                target,
                range,
                Terms.Long,
                1,
                _ => Task.CompletedTask,
                CancellationToken.None
            );
            Assert.That((outcome.Counts.Rotated, outcome.Finished), Is.EqualTo((0, true)));
        }
    }

    [TestCase("DROP TABLE notes_old")]
    [TestCase("ALTER TABLE notes_old RENAME TO notes_older")]
    public async Task A_leaf_that_is_gone_by_its_name_has_no_count_of_its_own(string change)
    {
        await using var fixture = await CreateAsync();
        var target = (await fixture.TargetsAsync()).Single();
        var range = await new PartitionPlanner(fixture.Databases)
            .PlanAsync(target, 60, null, CancellationToken.None)
            .SingleAsync();
        var census = new PartitionCensus(fixture.Databases);
        Assert.That(await census.CountPendingAsync(target, range, 2, CancellationToken.None), Is.EqualTo(60));
        await fixture.ExecuteAsync(change);

        long? gone = await census.CountPendingAsync(target, range, 2, CancellationToken.None);
        Assert.That(gone, Is.Null);
    }

    private static async Task<Fixture> CreateAsync()
    {
        var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                Key = Entries.Names("id", "updatedAt"),
            }
        );
        await fixture.ExecuteAsync(
            $"""
            CREATE TABLE notes (id text, tenant text, body text, version int, title text, "updatedAt" timestamptz DEFAULT '{Old}',
                PRIMARY KEY (id, "updatedAt")) PARTITION BY RANGE ("updatedAt");
            CREATE TABLE notes_old PARTITION OF notes FOR VALUES FROM ('{Old}') TO ('{New}')
            """
        );
        await fixture.InsertAsync(Note.Many(60));
        return fixture;
    }

    private static Task AttachAsync(Fixture fixture) =>
        fixture.ExecuteAsync(
            $"CREATE TABLE notes_new PARTITION OF notes FOR VALUES FROM ('{New}') TO ('2027-01-01')"
        );
}
