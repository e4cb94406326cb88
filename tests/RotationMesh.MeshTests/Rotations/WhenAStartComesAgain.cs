using NUnit.Framework;
using RotationMesh.Control.Audit;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.MeshTests.Support;
using RotationMesh.Operations;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Rotations;

/// <summary>A rotation begins once, whatever becomes of its record.</summary>
[TestFixture]
internal sealed class WhenAStartComesAgain
{
    private static readonly SampleOptions Small = new() { Rows = 300, Tenants = 3 };
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Long ago for a start that left no trace.</summary>
    private const string SentLongAgo =
        "UPDATE rotationmesh.requests SET sent_at = now() - interval '1 minute'";

    [Test]
    public async Task A_rotation_whose_record_was_deleted_is_not_begun_anew()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var mesh = await RunningMesh.OpenAsync(world, new WorkerOptions());
        var id = await AskAsync(world);
        await mesh.UntilAsync(id, now => now.State == "Completed", "it completes");

        await world.Database.ExecuteAsync($"DELETE FROM rotationmesh.rotations; {SentLongAgo}");

        await Eventually.Holds(
            async () =>
                (await RefusalAsync(world, id))?.Contains("begun before", StringComparison.Ordinal) == true,
            Deadline,
            "the start is refused"
        );
        Assert.That(await mesh.NowAsync(id), Is.Null);
    }

    [Test]
    public async Task A_message_that_is_repeated_when_the_record_was_deleted_begins_nothing()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions());
        await mesh.UntilAsync("Completed");
        await world.Database.ExecuteAsync("DELETE FROM rotationmesh.rotations");

        await mesh.ControlAsync(mesh.Order(mesh.Id, []));
        var another = await mesh.StartAnotherAsync();
        await mesh.UntilAsync(another, now => now.State == "Completed", "the saga hears what comes after it");

        Assert.That(await mesh.NowAsync(), Is.Null);
    }

    [Test]
    public async Task A_start_whose_message_was_lost_is_sent_again()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        var id = await AskAsync(world);
        await world.Database.ExecuteAsync(SentLongAgo);

        await using var mesh = await RunningMesh.OpenAsync(world, new WorkerOptions());

        await mesh.UntilAsync(id, now => now.State == "Completed", "it completes");
    }

    [Test]
    public async Task A_gate_that_was_looked_at_before_the_start_does_not_keep_it_from_beginning()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        var id = await AskAsync(world);
        await using (var connection = await world.Parts.Control.Source.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await new AuditLog(world.Parts.Ring).AppendAsync(
                transaction,
                AuditEntry.Of(AuditKind.GateChecked, id, "ann", new { gate = "workers" }),
                CancellationToken.None
            );
            await transaction.CommitAsync();
        }

        await using var mesh = await RunningMesh.OpenAsync(world, new WorkerOptions());

        await mesh.UntilAsync(id, now => now.State == "Completed", "it completes");
    }

    private static Task<Guid> AskAsync(SampleWorld world) =>
        new ControlRotations(world.Parts.Map, () => world.Parts.Ring, world.Parts.Control).StartAsync(
            new RotationOrder { RequestedBy = "ann" },
            CancellationToken.None
        );

    private static Task<string?> RefusalAsync(SampleWorld world, Guid id) =>
        world.Database.ScalarAsync<string>(
            $"SELECT max(refused_for) FROM rotationmesh.requests WHERE rotation_id = '{id}'"
        );
}
