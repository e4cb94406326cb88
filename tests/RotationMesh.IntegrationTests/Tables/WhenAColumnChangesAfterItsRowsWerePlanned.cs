using RotationMesh.IntegrationTests.Concurrency;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Verification;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>A worker checks a table once in a rotation, and a partition may wait for hours until its turn comes.</summary>
public sealed class WhenAColumnChangesAfterItsRowsWerePlanned
{
    private const string Renamed = "ALTER TABLE notes RENAME body TO past; ALTER TABLE notes ADD body text";
    private const string Retyped = "ALTER TABLE notes ALTER body TYPE bytea USING decode(body, 'base64')";

    private Fixture fixture = null!;
    private MappedTable target = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(200));
        target = (await fixture.TargetsAsync()).Single();
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [TestCase(Renamed)]
    [TestCase(Retyped)]
    public async Task No_row_of_the_partition_is_written(string change)
    {
        var planned = await PlanAsync();
        await fixture.ExecuteAsync(change);

        Assert.That(
            () => fixture.PassAsync(range: planned),
            Throws.InstanceOf<ColumnsReplacedException>().With.Message.Contains("public.notes")
        );

        Assert.That(
            await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version <> 1"),
            Is.Zero
        );
    }

    [Test]
    public async Task One_that_is_planned_since_is_written_after_the_table_was_checked_again()
    {
        await fixture.ExecuteAsync(Retyped);
        var planned = await PlanAsync();

        var before = (await fixture.PassAsync(target: target, range: planned)).Outcome;
        var after = (await fixture.PassAsync(range: planned)).Outcome;

        Assert.That(
            (before.Finished, before.Counts.Rotated, before.Counts.Failed),
            Is.EqualTo((false, 0, 0))
        );
        Assert.That((after.Finished, after.Counts.Rotated), Is.EqualTo((true, 200)));
    }

    [Test]
    public async Task One_that_is_dropped_is_named_by_the_server()
    {
        var planned = await PlanAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes DROP body");

        Assert.That(
            () => fixture.PassAsync(target: target, range: planned),
            Throws.InstanceOf<Npgsql.PostgresException>().With.Message.Contains("body")
        );
    }

    [Test]
    public async Task A_value_of_another_type_does_not_count_as_one_that_does_not_decrypt()
    {
        await fixture.ExecuteAsync(Retyped);

        var before = await VerifyAsync(target);
        var after = await VerifyAsync((await fixture.TargetsAsync()).Single());

        Assert.That((before.IsMissing, before.Counts.Failed), Is.EqualTo((true, 0)));
        Assert.That((after.Counts.Verified, after.Counts.Failed), Is.EqualTo((200, 0)));
    }

    private async Task<PartitionRange> PlanAsync()
    {
        var ranges = new PartitionPlanner(fixture.Databases).PlanAsync(
            (await fixture.TargetsAsync()).Single(),
            200,
            null,
            CancellationToken.None
        );
        return await ranges.SingleAsync();
    }

    private async Task<VerificationOutcome> VerifyAsync(MappedTable table)
    {
        using var verifier = new PartitionVerifier(fixture.Databases, fixture.Ring);
        return await verifier.VerifyAsync(
            table,
            await PlanAsync(),
            version: null,
            share: null,
            _ => { },
            _ => Task.CompletedTask,
            CancellationToken.None
        );
    }
}
