using Npgsql;
using NUnit.Framework;
using RotationMesh.Control.Rotations;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Tables;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

/// <summary>A rotation is over when nobody writes for it any more, and says meanwhile what it waits for.</summary>
[TestFixture]
internal sealed class WhenWritesMayStillCome
{
    [Test]
    public async Task A_rotation_of_which_all_is_done_waits_for_them_and_says_so()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 5 });
        await using var mesh = await RunningMesh.OpenAsync(world, new WorkerOptions { Concurrency = 2 });
        await using var late = await world.Database.DataSource.OpenConnectionAsync();
        await using var writing = await late.BeginTransactionAsync();
        await ExecuteAsync(late, $"SELECT pg_advisory_xact_lock_shared({WriteTerm.LockOf(mesh.Id)})");

        await mesh.ControlAsync(mesh.Order(mesh.Id, []));
        await mesh.UntilAsync(
            now => Says(now, $"a write in database app: session {late.ProcessID}"),
            "it names the session whose write is under way"
        );
        Assert.That(await world.AtVersionAsync(1), Is.Zero, "all rows are rotated");
        await LeaveAsync(world, "10 minutes");
        await writing.CommitAsync();
        await mesh.UntilAsync(now => Says(now, "waits until"), "it names the time until which rows may come");
        await LeaveAsync(world, "2 seconds");
        var until = await world.Database.ScalarAsync<DateTime>(
            "SELECT max(left_until) FROM rotationmesh.partitions"
        );
        await mesh.UntilAsync("Completed");

        Assert.That((await mesh.NowAsync())!.EndedAt, Is.GreaterThan(until));
        Assert.That((await mesh.NowAsync())!.Reason, Is.Null);
    }

    private static Task<int> LeaveAsync(SampleWorld world, string time) =>
        world.Database.ExecuteAsync(
            $"""
            UPDATE rotationmesh.partitions SET left_until = now() + interval '{time}'
            WHERE partition_id = (SELECT min(partition_id) FROM rotationmesh.partitions)
            """
        );

    // Whoever counts may have asked for deadlines a moment before there was one; then whoever concludes waits for it.
    private static bool Says(RunningRotation now, string what) =>
        now.State is "Rotating" or "Verifying"
        && now.Reason?.Contains(what, StringComparison.Ordinal) == true;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
