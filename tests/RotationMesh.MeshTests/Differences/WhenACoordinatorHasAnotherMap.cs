using Microsoft.AspNetCore.Http;
using NUnit.Framework;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Core.Map.Gates;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.TestKit.Http;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Differences;

/// <summary>While services are deployed anew, a coordinator with the map before runs beside those with the rotation's.</summary>
[TestFixture]
internal sealed class WhenACoordinatorHasAnotherMap
{
    private AskedApplication workers = null!;
    private AskedApplication others = null!;
    private SampleWorld ungated = null!;
    private SampleWorld world = null!;
    private SampleWorld elsewhere = null!;

    [SetUp]
    public async Task Load()
    {
        workers = await AskedApplication.StartAsync();
        others = await AskedApplication.StartAsync();
        ungated = await SampleWorld.LoadAsync(new SampleOptions { Rows = 300, Tenants = 3 });
        world = ungated.Beside(Gated("workers", workers));
        elsewhere = ungated.Beside(Gated("others", others));
    }

    [TearDown]
    public async Task Drop()
    {
        await elsewhere.DisposeAsync();
        await world.DisposeAsync();
        await ungated.DisposeAsync();
        await others.DisposeAsync();
        await workers.DisposeAsync();
    }

    [Test]
    public async Task The_absence_of_its_gates_lets_no_rotation_begin()
    {
        var rotation = await AwaitingGatesAsync();

        await using var mesh = await RunningMesh.OpenAsync(ungated, new WorkerOptions());
        await IsStalledAsync(mesh, rotation, "AwaitingGates");
    }

    [Test]
    public async Task Gates_of_its_own_that_hold_let_no_rotation_begin()
    {
        var rotation = await AwaitingGatesAsync();

        await using var mesh = await RunningMesh.OpenAsync(elsewhere, new WorkerOptions());
        await IsStalledAsync(mesh, rotation, "AwaitingGates");
    }

    [Test]
    public async Task It_sends_no_partition()
    {
        Guid rotation;
        await using (var mesh = await RunningMesh.StartAsync(world, worker: null, window: 1))
        {
            rotation = mesh.Id;
            await mesh.UntilAsync("Rotating");
        }

        var before = await SentAsync();
        await using var another = await RunningMesh.OpenAsync(ungated, worker: null);
        await IsStalledAsync(another, rotation, "Rotating");

        Assert.That(await SentAsync(), Is.EqualTo(before));
    }

    private Task<long> SentAsync() =>
        world.Database.ScalarAsync<long>("SELECT sum(attempt) FROM rotationmesh.partitions");

    private async Task<Guid> AwaitingGatesAsync()
    {
        workers.Answer = context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        };
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions());
        await mesh.UntilAsync(
            now => now.State == "AwaitingGates" && now.Reason is not null,
            "its gate is lost"
        );
        return mesh.Id;
    }

    private async Task IsStalledAsync(RunningMesh mesh, Guid rotation, string state)
    {
        await mesh.UntilAsync(rotation, Says, "it says so");
        var now = await mesh.NowAsync(rotation);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(now!.State, Is.EqualTo(state));
            Assert.That(await world.AtVersionAsync(2), Is.Zero);
        }
    }

    private RotationMap Gated(string name, AskedApplication application) =>
        ungated.Parts.Map with
        {
            Gates =
            [
                new HttpEntry(name, Line: 1)
                {
                    Expectation = new HttpExpectation
                    {
                        Url = new Deferred<Uri>(new Uri(application.Url)),
                        Status = 200,
                        Timeout = TimeSpan.FromSeconds(20),
                    },
                },
            ],
        };

    private static bool Says(RunningRotation now) =>
        now.Reason?.Contains(Reasons.MapDiffers, StringComparison.Ordinal) == true;
}
