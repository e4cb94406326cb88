using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.MeshTests.Support;
using RotationMesh.Operations;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Rotations;

/// <summary>A rotation that is cancelled before its first sweep writes nothing.</summary>
[TestFixture]
internal sealed class WhenAStartIsCancelled
{
    private static readonly SampleOptions Small = new() { Rows = 1500, Tenants = 5 };

    private static readonly ControlOrder Cancel = new()
    {
        Action = ControlAction.Cancel,
        RequestedBy = "ben",
    };

    [Test]
    public async Task That_no_coordinator_has_taken_up_it_never_begins_though_its_message_arrives()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        var rotations = Rotations(world);
        var id = await AskAsync(rotations);

        var cancelled = await rotations.ControlAsync(id, Cancel, CancellationToken.None);
        var listed = await rotations.ListAsync(CancellationToken.None);
        await using var mesh = await RunningMesh.OpenAsync(world, new WorkerOptions());
        await mesh.ControlAsync(mesh.Order(id, []));
        var next = await AskAsync(rotations);
        await mesh.UntilAsync(next, now => now.State == "Completed", "the next one completes");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((cancelled.State, cancelled.NotBegun), Is.EqualTo(("Cancelled", true)));
            Assert.That(cancelled.Reason, Is.EqualTo($"{WithdrawnStarts.Fault} ben"));
            Assert.That(cancelled.EndedAt, Is.Not.Null);
            Assert.That(listed.Rotations.Select(listing => listing.State), Is.EqualTo(["Cancelled"]));
            Assert.That(await mesh.NowAsync(id), Is.Null);
        }
    }

    [Test]
    public async Task Only_a_cancel_can_be_asked_of_one_that_has_not_begun()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        var rotations = Rotations(world);
        var id = await AskAsync(rotations);
        var pause = Cancel with { Action = ControlAction.Pause };

        Assert.That(
            () => rotations.ControlAsync(id, pause, CancellationToken.None),
            Throws.InstanceOf<RotationStateException>().With.Message.Contains("has not begun")
        );
    }

    [Test]
    public async Task That_waits_for_another_it_ends_and_has_written_nothing()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;
        await mesh.ControlAsync(new CancelRotation(mesh.Id, "ann"));
        await mesh.UntilAsync("Cancelled");
        var second = await mesh.StartAnotherAsync();
        await mesh.UntilAsync(
            second,
            now => now.Reason?.Contains(Reasons.CancelledBefore, StringComparison.Ordinal) == true,
            "it waits for the first"
        );

        var cancelled = await Rotations(world).ControlAsync(second, Cancel, CancellationToken.None);
        await mesh.UntilAsync(second, now => now.Concluded, "it ends");
        var ended = await Rotations(world).FindAsync(second, CancellationToken.None);
        turnstile.Open();
        await mesh.UntilAsync(now => now.Concluded, "the first ends");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((cancelled.State, cancelled.NotBegun), Is.EqualTo(("Cancelled", true)));
            Assert.That((ended.State, ended.NotBegun), Is.EqualTo(("Cancelled", true)));
            Assert.That(ended.Totals.Rotated, Is.Zero);
            Assert.That(
                (await Rotations(world).FindAsync(mesh.Id, CancellationToken.None)).NotBegun,
                Is.False
            );
        }
    }

    private static ControlRotations Rotations(SampleWorld world) =>
        new(world.Parts.Map, () => world.Parts.Ring, world.Parts.Control);

    private static Task<Guid> AskAsync(ControlRotations rotations) =>
        rotations.StartAsync(new RotationOrder { RequestedBy = "ann" }, CancellationToken.None);
}
