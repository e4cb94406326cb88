using NUnit.Framework;
using RotationMesh.Core;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.MeshTests.Support;
using RotationMesh.Operations;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Rotations;

/// <summary>A start that no coordinator begins: who asks for the latest rotation means it, and not one of last month.</summary>
[TestFixture]
internal sealed class WhenAStartIsRefused
{
    private const string Reason = "it was asked too long ago: ask again";

    private static readonly SampleOptions Small = new() { Rows = 300, Tenants = 3 };

    [Test]
    public async Task It_is_the_latest_with_its_reason_and_an_older_one_is_not_retried_in_its_place()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        var older = await RotateAsync(world);
        var rotations = Rotations(world);
        var id = await AskAsync(rotations);
        await RefuseAsync(world, id, "1 second");

        var latest = await rotations.FindAsync(null, CancellationToken.None);
        var listed = await rotations.ListAsync(CancellationToken.None);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (latest.RotationId, latest.State, latest.NotBegun, latest.Reason),
                Is.EqualTo((id, "Faulted", true, Reason))
            );
            Assert.That(
                listed.Rotations.Select(listing => (listing.RotationId, listing.State)),
                Is.EqualTo([(id, "Faulted"), (older, "Completed")])
            );
            Assert.That(
                () => rotations.ControlAsync(null, Retry, CancellationToken.None),
                Throws.InstanceOf<RotationStateException>().With.Message.Contains(Reason)
            );
        }
    }

    [Test]
    public async Task A_rotation_that_began_after_it_is_the_latest()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        var rotations = Rotations(world);
        var refused = await AskAsync(rotations);
        await RefuseAsync(world, refused, "1 second");
        var later = await RotateAsync(world);

        Assert.That((await rotations.FindAsync(null, CancellationToken.None)).RotationId, Is.EqualTo(later));
    }

    [Test]
    public async Task All_that_wait_are_listed_and_those_that_were_refused_in_the_last_day()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        var rotations = Rotations(world);
        var longAgo = await AskAsync(rotations);
        await RefuseAsync(world, longAgo, "25 hours");
        var lately = await AskAsync(rotations);
        await RefuseAsync(world, lately, "23 hours");
        var first = await AskAsync(rotations);
        var second = await AskAsync(rotations);

        var listed = await rotations.ListAsync(CancellationToken.None);

        Assert.That(
            listed.Rotations.Select(listing => listing.RotationId),
            Is.EqualTo([second, first, lately])
        );
    }

    [TestCase("'{}'")]
    [TestCase("jsonb_set(message, '{Scopes}', 'null')")]
    public async Task One_that_somebody_wrote_without_the_keys_keeps_nothing_from_being_shown(string message)
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        var rotations = Rotations(world);
        var id = await AskAsync(rotations);
        await RefuseAsync(world, id, "1 second");
        await world.Database.ExecuteAsync($"UPDATE rotationmesh.requests SET message = {message}");

        var latest = await rotations.FindAsync(null, CancellationToken.None);
        var listed = await rotations.ListAsync(CancellationToken.None);

        Assert.That(latest.RotationId, Is.EqualTo(id));
        Assert.That(listed.Rotations.Single().Reason, Is.EqualTo(Reason));
    }

    private static ControlOrder Retry => new() { Action = ControlAction.Retry, RequestedBy = "ann" };

    private static async Task<Guid> RotateAsync(SampleWorld world)
    {
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions());
        await mesh.UntilAsync(now => now.Concluded, "it completes");
        return mesh.Id;
    }

    private static ControlRotations Rotations(SampleWorld world) =>
        new(world.Parts.Map, () => world.Parts.Ring, world.Parts.Control);

    private static Task<Guid> AskAsync(ControlRotations rotations) =>
        rotations.StartAsync(new RotationOrder { RequestedBy = "ann" }, CancellationToken.None);

    private static Task<int> RefuseAsync(SampleWorld world, Guid id, string ago) =>
        world.Database.ExecuteAsync(
            $"""
            UPDATE rotationmesh.requests SET refused_at = now() - interval '{ago}', refused_for = '{Reason}'
            WHERE rotation_id = '{id}'
            """
        );
}
