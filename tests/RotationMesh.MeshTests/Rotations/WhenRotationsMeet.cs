using NUnit.Framework;
using RotationMesh.Mesh.Working;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Rotations;

[TestFixture]
internal sealed class WhenRotationsMeet
{
    private static readonly SampleOptions Small = new()
    {
        Rows = 1500,
        Tenants = 6,
        NullTenantShare = 0,
    };

    [Test]
    public async Task Of_the_same_tenant_the_second_is_refused_with_the_first_one_s_id()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        var tenants = await TenantsAsync(world);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(
            world,
            turnstile.Worker,
            window: 1,
            tenants: tenants[..3]
        );
        await turnstile.Reached;

        var second = await mesh.StartAnotherAsync(tenants[2..]);
        await mesh.UntilAsync(second, now => now.State == "Faulted", "the second is refused");
        turnstile.Open();
        await mesh.UntilAsync("Completed");

        Assert.That((await mesh.NowAsync(second))!.Reason, Does.Contain(mesh.Id.ToString()));
    }

    [Test]
    public async Task Of_other_tenants_they_run_side_by_side()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        var tenants = await TenantsAsync(world);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(
            world,
            turnstile.Worker,
            window: 1,
            tenants: tenants[..3]
        );
        await turnstile.Reached;

        var second = await mesh.StartAnotherAsync(tenants[3..]);
        await mesh.UntilAsync(second, now => now.State == "Rotating", "the second rotates beside the first");
        var first = (await mesh.NowAsync())!.State;
        turnstile.Open();
        await mesh.UntilAsync("Completed");
        await mesh.UntilAsync(second, now => now.State == "Completed", "the second completes");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first, Is.EqualTo("Rotating").Or.EqualTo("Planning"));
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
        }
    }

    private static async Task<string[]> TenantsAsync(SampleWorld world) =>
        await world.Database.ScalarAsync<string[]>("SELECT array_agg(id ORDER BY id) FROM tenants") ?? [];
}
