using Npgsql;
using NUnit.Framework;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

[TestFixture]
internal sealed class WhenWorkIsHeldBySomebodyElse
{
    [Test]
    public async Task Who_gives_no_sign_of_life_is_named_and_then_ended()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 300, Tenants = 3 });
        await using var mesh = await RunningMesh.OpenAsync(world, new WorkerOptions());
        await using var frozen = await world.Database.DataSource.OpenConnectionAsync();
        await using var taken = new NpgsqlCommand(
            $"/* rotationmesh: held */ SELECT pg_advisory_lock(hashtextextended('rotationmesh/conclude/{mesh.Id}', 0))",
            frozen
        );
        await taken.ExecuteNonQueryAsync();

        await mesh.ControlAsync(mesh.Order(mesh.Id, []));
        await mesh.UntilAsync(
            now => now.Reason?.Contains($"session {frozen.ProcessID} ", StringComparison.Ordinal) == true,
            "its operator is told who holds it up"
        );
        await mesh.UntilAsync("Completed");

        Assert.That((await mesh.NowAsync())!.Reason, Is.Null);
    }
}
