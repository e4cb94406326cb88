using NUnit.Framework;
using RotationMesh.MeshTests.Support;
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
    public async Task By_another_map_s_names_of_the_same_rows_the_second_is_refused_as_well()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var renamed = world.Beside(
            SampleWorld.Read(
                SampleMap
                    .Yaml("APP")
                    .Replace("  app:", "  main:")
                    .Replace("database: app", "database: main")
                    .Replace("  connectors:\n", "  links:\n")
                    .Replace("  knowledge:", "  wisdom:")
                    .Replace("table: connectors", "table: public.connectors")
                    .Replace("table: knowledge_entries", "table: public.knowledge_entries")
                    .Replace("table: knowledge_sources", "table: public.knowledge_sources"),
                _ => world.Database.ConnectionString
            )
        );
        using var turnstile = new Turnstile();
        // Without nudges: its coordinator has another map, and would refuse the second for that.
        await using var mesh = await RunningMesh.StartAsync(
            world,
            turnstile.Worker,
            window: 1,
            nudge: TimeSpan.FromHours(1)
        );
        await turnstile.Reached;
        await using var other = await RunningMesh.StartAsync(renamed, worker: null);

        await other.UntilAsync(now => now.State == "Faulted", "the second is refused");
        turnstile.Open();
        // A step of the first at which the other coordinator was is waited for, and somebody has to ask again.
        await using var again = await RunningMesh.OpenAsync(world, turnstile.Worker);
        await mesh.UntilAsync("Completed");

        Assert.That((await other.NowAsync())!.Reason, Does.Contain(mesh.Id.ToString()));
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
