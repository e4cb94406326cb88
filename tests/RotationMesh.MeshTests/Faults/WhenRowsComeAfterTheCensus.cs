using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

/// <summary>Between the census after the last sweep and the end of a rotation there may be days.</summary>
[TestFixture]
internal sealed class WhenRowsComeAfterTheCensus
{
    private const string Keep = """
        CREATE TABLE kept AS SELECT * FROM knowledge_entries WHERE content <> '__external_storage__' ORDER BY id LIMIT 3;
        UPDATE kept SET id = 'late-' || id
        """;

    private const string Bring = "INSERT INTO knowledge_entries SELECT * FROM kept";

    private static readonly SampleOptions Small = new() { Rows = 500, Tenants = 5 };

    [Test]
    public async Task They_are_rotated_too()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await world.Database.ExecuteAsync(Keep);
        using var open = new ManualResetEventSlim();
        await using var mesh = await RunningMesh.StartAsync(world, VerifyingOnce(open));
        await mesh.UntilAsync("Verifying");

        await world.Database.ExecuteAsync(Bring);
        open.Set();
        await mesh.UntilAsync("Completed");

        Assert.That(await world.AtVersionAsync(1), Is.Zero);
        Assert.That((await mesh.NowAsync())!.Sweep, Is.GreaterThan(1));
    }

    [Test]
    public async Task A_rotation_that_was_paused_meanwhile_looks_again()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await world.Database.ExecuteAsync(Keep);
        using var open = new ManualResetEventSlim();
        await using var mesh = await RunningMesh.StartAsync(world, VerifyingOnce(open));
        await mesh.UntilAsync("Verifying");
        await mesh.ControlAsync(new PauseRotation(mesh.Id, "ann"));
        await mesh.UntilAsync("Paused");
        await world.Database.ExecuteAsync(Bring);
        open.Set();
        await mesh.ControlAsync(new ResumeRotation(mesh.Id, "ann"));
        await mesh.UntilAsync("Completed");

        Assert.That(await world.AtVersionAsync(1), Is.Zero);
    }

    private static WorkerOptions VerifyingOnce(ManualResetEventSlim open) =>
        new() { Concurrency = 1, Verified = _ => open.Wait(TimeSpan.FromSeconds(60)) };
}
