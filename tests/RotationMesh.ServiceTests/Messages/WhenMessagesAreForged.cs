using RotationMesh.Control.Workers;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;

namespace RotationMesh.ServiceTests.Messages;

// By a worker's user, or the broker's administrator, who has no key. Fingerprints and the hash of the map are public.
public sealed class WhenMessagesAreForged
{
    private static readonly string Target = Fingerprint.Of(System.Text.Encoding.UTF8.GetBytes(Keys.New));

    [Test]
    public async Task A_command_to_a_worker_writes_no_row()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 200);
        var worker = await fixture.StartWorker().JoinedAsync();
        var user = await fixture.Broker.AddUserAsync(WorkerUser.Configure, WorkerUser.Write, WorkerUser.Read);
        foreach (var table in (string[])["connectors", "knowledge_entries", "knowledge_sources"])
            await Forgery.SendAsync(
                user,
                "rotationmesh-rotate-partition",
                Forgery.Envelope(
                    "RotatePartition",
                    new
                    {
                        RotationId = Guid.NewGuid(),
                        Partition = new
                        {
                            PartitionId = 1,
                            Attempt = 1,
                            Scope = table == "connectors" ? "connectors" : "knowledge",
                            Database = "app",
                            Table = table,
                            Leaf = $"\"public\".\"{table}\"",
                            Pages = new { First = 0, End = 100_000 },
                        },
                        TargetVersion = 2,
                        BatchSize = 1000,
                        MapHash = MapHash.Of(fixture.Map),
                        TargetFingerprint = Target,
                        WriteUntil = DateTimeOffset.UtcNow.AddHours(1),
                    }
                )
            );

        await SettledAsync(fixture, "rotationmesh-rotate-partition", 3);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await fixture.AtVersionAsync(2), Is.Zero);
            Assert.That(Dropped(worker), Is.EqualTo(1), "said once");
        }
    }

    [Test]
    public async Task Workers_that_are_not_there_satisfy_no_gate_and_close_none()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 10);
        fixture.AddToMap("gates: { keys: { workers: 1 } }");
        var coordinator = await fixture.StartCoordinator().JoinedAsync();
        var user = await fixture.Broker.AddUserAsync(WorkerUser.Configure, WorkerUser.Write, WorkerUser.Read);
        for (var ghost = 1; ghost <= 3; ghost++)
            await Forgery.SendAsync(
                user,
                "rotationmesh-worker-seen",
                Forgery.Envelope(
                    "WorkerHeartbeat",
                    new
                    {
                        Worker = $"ghost/{ghost}",
                        Host = "nowhere",
                        Version = "1.0.0",
                        MapHash = MapHash.Of(fixture.Map),
                        Keys = new[] { new { Version = 2, Fingerprint = Target } },
                        Concurrency = 1,
                    }
                )
            );

        await SettledAsync(fixture, "rotationmesh-worker-seen", 3);

        var refused = (await coordinator.AskAsync("rotate")).Exits(4);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Error, Does.Contain("0 of at least 1"));
            Assert.That(
                await new WorkerRegistry(fixture.Control).ListAsync(CancellationToken.None),
                Is.Empty
            );
            Assert.That(Dropped(coordinator), Is.EqualTo(1), "said once");
        }
    }

    [Test]
    public async Task A_rotation_is_neither_started_nor_ended_nor_paused_by_them()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 2000);
        await fixture.SlowDownAsync(TimeSpan.FromSeconds(1));
        await fixture.StartCoordinator().JoinedAsync();
        await fixture.StartWorker().JoinedAsync();
        var rotation = await fixture.RotateAsync();
        await fixture.UntilAsync(rotation, now => now.State == "Rotating", "it rotates");
        var counts = new { Rows = 2000, Rotated = 2000 };
        (string Type, object Message)[] forged =
        [
            (
                "RotationPlanned",
                new
                {
                    RotationId = rotation,
                    Sweep = 1,
                    Partitions = 0,
                    Rows = 0,
                }
            ),
            (
                "SweepSettled",
                new
                {
                    RotationId = rotation,
                    Sweep = 1,
                    Partitions = 1,
                    FailedPartitions = 0,
                }
            ),
            (
                "RowsCounted",
                new
                {
                    RotationId = rotation,
                    Sweep = 1,
                    PendingRows = 0,
                }
            ),
            (
                "VerificationSettled",
                new
                {
                    RotationId = rotation,
                    Sweep = 1,
                    Partitions = 1,
                    FailedPartitions = 0,
                }
            ),
            (
                "RotationConcluded",
                new
                {
                    RotationId = rotation,
                    Sweep = 1,
                    FailedPartitions = 0,
                    Counts = counts,
                }
            ),
            ("PauseRotation", new { RotationId = rotation, RequestedBy = "alice" }),
            ("CancelRotation", new { RotationId = rotation, RequestedBy = "alice" }),
            (
                "StartRotation",
                new
                {
                    RotationId = Guid.NewGuid(),
                    Scopes = new[] { "connectors" },
                    Tenants = Array.Empty<string>(),
                    TargetVersion = 2,
                    BatchSize = 1000,
                    RequestedBy = "alice",
                    MapHash = MapHash.Of(fixture.Map),
                    TargetFingerprint = Target,
                }
            ),
        ];
        foreach (var (type, message) in forged)
            await Forgery.SendAsync(
                fixture.Broker.Address,
                "rotationmesh-rotation",
                Forgery.Envelope(type, message)
            );
        var result = new
        {
            RotationId = rotation,
            PartitionId = 1,
            Attempt = 1,
            Worker = "forger",
            Counts = counts,
            Elapsed = "00:00:01",
        };
        await Forgery.SendAsync(
            fixture.Broker.Address,
            "rotationmesh-partition-rotated",
            Forgery.Envelope("PartitionRotated", result)
        );
        await fixture.SpeedUpAsync();

        var ended = await fixture.EndAsync(rotation);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.State, Is.EqualTo("Completed"));
            Assert.That(await fixture.AtVersionAsync(1), Is.Zero);
            Assert.That(
                (await fixture.Rotations.ListAsync(CancellationToken.None)).Rotations,
                Has.Count.EqualTo(1)
            );
            Assert.That(
                await fixture.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.partitions WHERE worker = 'forger'"
                ),
                Is.Zero
            );
            Assert.That(
                await fixture.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.audit_events WHERE actor = 'alice'"
                ),
                Is.Zero
            );
        }
    }

    private static Task SettledAsync(Fixture fixture, string queue, int messages) =>
        TestKit.Eventually.Holds(
            async () => await fixture.Broker.AcknowledgedAsync(queue) >= messages,
            ServiceRun.Deadline,
            "each is dealt with"
        );

    private static int Dropped(ServiceRun service) =>
        service.Log.Count(line => line.GetProperty("@m").GetString()!.Contains("it carries no seal"));
}
