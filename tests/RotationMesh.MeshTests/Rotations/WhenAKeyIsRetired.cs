using NUnit.Framework;
using RotationMesh.Bus.Topology;
using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.Core.Keys;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.MeshTests.Support;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.MeshTests.Rotations;

/// <summary>A key is retired only when no worker can bring a row to it any more, and no rotation to it begins meanwhile.</summary>
[TestFixture]
internal sealed class WhenAKeyIsRetired
{
    /// <summary>A deadline that a busy machine meets too, to cancel the rotation and to be refused the retirement before it.</summary>
    private static readonly LedgerRules Short = new()
    {
        WriteTime = TimeSpan.FromSeconds(30),
        StallTimeout = TimeSpan.FromSeconds(1),
    };

    [Test]
    public async Task Commands_that_nobody_took_are_waited_for_and_write_nothing_afterwards()
    {
        await using var broker = await TestBroker.CreateAsync();
        await using var sample = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 5 });
        using var ring = SampleWorld.RingOfThree();
        await using var world = sample.Beside(ring: ring);
        var address = BrokerAddress.Parse(broker.Address);
        await using (await BrokeredMesh.WorkerAsync(world, address, "worker-1"))
        {
            // There was one, so its queue is there.
        }

        await using var mesh = await RunningMesh.OpenAsync(
            world,
            worker: null,
            transport: bus => bus.UseRabbitMq(new BrokerSource(() => address)),
            rules: Short
        );
        await mesh.ControlAsync(ToVersionTwo(mesh, ring));
        await Eventually.Holds(
            async () => await broker.CountAsync("rotationmesh-rotate-partition") > 0,
            TimeSpan.FromSeconds(60),
            "commands wait for a worker"
        );
        await mesh.ControlAsync(new CancelRotation(mesh.Id, "test"));
        await mesh.UntilAsync("Cancelled");

        var until = (
            await new WriteDeadlines(world.Parts.Control).ListAsync(mesh.Id, CancellationToken.None)
        ).Max(deadline => deadline.Until);
        var early = await RetireAsync(world);
        await mesh.UntilAsync(now => now.Concluded, "nobody may write any more");
        var retired = await RetireAsync(world);
        await using var worker = await BrokeredMesh.WorkerAsync(world, address, "worker-2");
        await Eventually.Holds(
            async () => await broker.CountAsync("rotationmesh-rotate-partition") == 0,
            TimeSpan.FromSeconds(60),
            "a worker takes the commands"
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(early.Retired, Is.False);
            Assert.That(early.InTheWay, Has.Some.Contains($"rotation {mesh.Id}"));
            Assert.That(early.InTheWay, Has.Some.Contains("may still bring rows to version 2"));
            Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
            Assert.That(retired.RetiredAt!.Value.UtcDateTime, Is.GreaterThan(until));
            Assert.That(await world.AtVersionAsync(2), Is.Zero);
        }
    }

    [Test]
    public async Task A_rotation_that_begins_while_its_target_is_being_retired_is_refused()
    {
        await using var sample = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 5 });
        using var ring = SampleWorld.RingOfThree();
        await using var world = sample.Beside(ring: ring);
        await using var mesh = await RunningMesh.OpenAsync(world, worker: null);
        await using var connection = await world.Database.DataSource.OpenConnectionAsync();
        await using var retiring = await connection.BeginTransactionAsync();
        await using var retire = connection.CreateCommand();
        retire.CommandText = """
            LOCK TABLE rotationmesh.rotations IN SHARE MODE;
            INSERT INTO rotationmesh.retired_keys (version, retired_by, audit_sequence, audit_hash)
            VALUES (2, 'test', 1, decode(repeat('00', 32), 'hex'))
            """;
        await retire.ExecuteNonQueryAsync();

        await mesh.ControlAsync(ToVersionTwo(mesh, ring));
        await Eventually.Holds(
            () =>
                world.Database.ScalarAsync<bool>(
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'rotationmesh.rotations'::regclass)"
                ),
            TimeSpan.FromSeconds(60),
            "the start waits for the retirement"
        );
        await retiring.CommitAsync();
        await mesh.UntilAsync("Faulted");

        Assert.That((await mesh.NowAsync())!.Reason, Does.Contain("key version 2 is retired"));
    }

    private static StartRotation ToVersionTwo(RunningMesh mesh, KeyRing ring) =>
        mesh.Order(mesh.Id, []) with
        {
            TargetVersion = 2,
            TargetFingerprint = ring.Keys.Single(key => key.Version == 2).Fingerprint,
        };

    private static Task<RetirementDocument> RetireAsync(SampleWorld world) =>
        new LocalKeyRetirement(
            world.Parts.Map,
            SampleWorld.RingOfThree,
            world.Parts.Databases,
            world.Parts.Schema,
            world.Parts.Control
        ).RetireAsync(
            new RetirementOrder { Version = 2, RequestedBy = "test" },
            new Progress<ProgressDocument>(),
            CancellationToken.None
        );
}
