using NUnit.Framework;
using RotationMesh.Core;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Rotations;

/// <summary>A program may compose a start by itself. Nobody would look at the rows of a scope that the map lacks.</summary>
[TestFixture]
internal sealed class WhenAScopeIsUnknown
{
    private static readonly SampleOptions Sample = new() { Rows = 200, Tenants = 2 };

    [TestCase("Knowledge")]
    [TestCase("connectors", "knowlege")]
    public async Task An_embedded_rotation_is_refused_and_nothing_is_written(params string[] scopes)
    {
        await using var world = await SampleWorld.LoadAsync(Sample);

        Assert.That(
            () =>
                new EmbeddedMesh(world.Parts, new RotationProgress()).RunAsync(
                    world.Order with
                    {
                        Scopes = scopes,
                    },
                    workers: 1,
                    CancellationToken.None
                ),
            Throws.TypeOf<UsageException>().With.Message.Contains($"the map has no scope {scopes[^1]}")
        );
        Assert.That(await world.AtVersionAsync(2), Is.Zero);
    }

    [Test]
    public async Task A_coordinator_rejects_the_rotation()
    {
        await using var world = await SampleWorld.LoadAsync(Sample);
        await using var mesh = await RunningMesh.OpenAsync(world, worker: null);

        await mesh.ControlAsync(mesh.Order(mesh.Id, []) with { Scopes = ["Knowledge"] });
        await mesh.UntilAsync("Faulted");

        Assert.That((await mesh.NowAsync())!.Reason, Does.Contain("the map has no scope Knowledge"));
        Assert.That(await world.AtVersionAsync(2), Is.Zero);
    }
}
