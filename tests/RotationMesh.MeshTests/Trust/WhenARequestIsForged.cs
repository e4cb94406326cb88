using System.Text.Json;
using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.MeshTests.Support;
using RotationMesh.Operations;
using RotationMesh.Sample;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Trust;

/// <summary>By somebody who may write to the control schema and has no key.</summary>
[TestFixture]
internal sealed class WhenARequestIsForged
{
    private static readonly SampleOptions Small = new() { Rows = 1500, Tenants = 5 };

    [Test]
    public async Task A_request_that_somebody_inserts_starts_and_ends_nothing()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;
        var other = Guid.CreateVersion7();
        await InsertAsync(world, other, mesh.Order(other, ["no-such-tenant"]));
        await InsertAsync(world, mesh.Id, new CancelRotation(mesh.Id, "alice"));

        await Eventually.Holds(
            async () => await RefusedAsync(world) == 2,
            TimeSpan.FromSeconds(30),
            "both are refused"
        );
        turnstile.Open();
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await mesh.NowAsync(other), Is.Null);
            Assert.That(
                await world.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.requests WHERE sent_at IS NOT NULL"
                ),
                Is.Zero
            );
            Assert.That(
                await world.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.audit_events WHERE actor = 'alice'"
                ),
                Is.Zero
            );
        }
    }

    [Test]
    public async Task A_request_that_was_made_with_the_keys_is_passed_on_and_one_that_is_changed_is_not()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var mesh = await RunningMesh.OpenAsync(world, worker: null);
        var rotations = new ControlRotations(world.Parts.Map, () => world.Parts.Ring, world.Parts.Control);

        var id = await rotations.StartAsync(
            new RotationOrder { RequestedBy = "ann" },
            CancellationToken.None
        );
        await mesh.UntilAsync(id, now => now.State == "Rotating", "it is started");
        await world.Database.ExecuteAsync(
            $"""
            INSERT INTO rotationmesh.requests (rotation_id, kind, message, asked_at, seal)
            SELECT gen_random_uuid(), kind, message, asked_at, seal FROM rotationmesh.requests;
            INSERT INTO rotationmesh.requests (rotation_id, kind, message, asked_at, seal)
            SELECT rotation_id, 'CancelRotation', message, asked_at, seal FROM rotationmesh.requests WHERE rotation_id = '{id}'
            """
        );
        await Eventually.Holds(
            async () => await RefusedAsync(world) == 2,
            TimeSpan.FromSeconds(30),
            "the copies are refused"
        );
        await rotations.ControlAsync(
            id,
            new ControlOrder { Action = ControlAction.Cancel, RequestedBy = "ann" },
            CancellationToken.None
        );

        await mesh.UntilAsync(id, now => now.State == "Cancelled", "what was asked with the keys is heard");
    }

    private static Task<int> InsertAsync(SampleWorld world, Guid rotation, object message) =>
        world.Database.ExecuteAsync(
            $"""
            INSERT INTO rotationmesh.requests (rotation_id, kind, message)
            VALUES ('{rotation}', '{message.GetType().Name}', '{JsonSerializer.Serialize(
                message,
                message.GetType()
            )}')
            """
        );

    private static Task<long> RefusedAsync(SampleWorld world) =>
        world.Database.ScalarAsync<long>(
            "SELECT count(*) FROM rotationmesh.requests WHERE refused_for IS NOT NULL"
        );
}
