using NUnit.Framework;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.MeshTests.Support;

namespace RotationMesh.MeshTests.Rotations;

/// <summary>What the gauge says is the time since anything changed; nothing is expected of one that waits for somebody.</summary>
[TestFixture]
internal sealed class WhenARotationMakesNoProgress
{
    private readonly HandSetClock clock = new();
    private readonly Guid id = Guid.CreateVersion7();
    private LedgerGauges gauges = null!;
    private HeardMetrics metrics = null!;

    [SetUp]
    public void Measure()
    {
        gauges = new LedgerGauges(new CoordinatorOptions(), clock);
        metrics = new HeardMetrics();
    }

    [TearDown]
    public void Stop()
    {
        See([]);
        metrics.Dispose();
    }

    [Test]
    public void The_time_goes_on_until_rows_are_done()
    {
        See([(Rotation(RotationState.Rotating), Sweep(done: 1, rotated: 10))]);
        clock.Pass(TimeSpan.FromMinutes(20));
        See([(Rotation(RotationState.Rotating), Sweep(done: 1, rotated: 10))]);
        var still = Idle();
        See([(Rotation(RotationState.Rotating), Sweep(done: 1, rotated: 20))]);

        Assert.That(still, Is.EqualTo([20 * 60L]));
        Assert.That(Idle(), Is.EqualTo([0L]));
    }

    [Test]
    public void A_new_state_is_progress()
    {
        See([(Rotation(RotationState.Checking), [])]);
        clock.Pass(TimeSpan.FromMinutes(20));
        var still = Idle();
        See([(Rotation(RotationState.Planning), [])]);

        Assert.That(still, Is.EqualTo([20 * 60L]));
        Assert.That(Idle(), Is.EqualTo([0L]));
    }

    [TestCase(RotationState.Paused)]
    [TestCase(RotationState.AwaitingGates)]
    public void One_that_waits_for_somebody_is_not_measured(string state)
    {
        See([(Rotation(state), [])]);

        Assert.That(Idle(), Is.Empty);
    }

    private List<long> Idle() =>
        [
            .. metrics
                .Ask("rotationmesh.rotation.idle", ("rotationmesh.rotation", $"{id}"))
                .Select(metric => metric.Value),
        ];

    private void See(IReadOnlyList<(RunningRotation, IReadOnlyList<SweepSummary>)> running) =>
        gauges.See(running, [], []);

    private RunningRotation Rotation(string state) => new() { RotationId = id, State = state };

    private List<SweepSummary> Sweep(long done, long rotated) =>
        [
            new SweepSummary(
                new SweepKey(id, 1, SweepPhase.Rotate),
                IsPlanned: true,
                [
                    new TableSummary
                    {
                        Table = new TableName("knowledge", "app", "knowledge_entries"),
                        Partitions = 5,
                        Dispatched = 1,
                        Done = done,
                        Failed = 0,
                        Counts = new RowCounts { Rotated = rotated },
                    },
                ]
            ),
        ];

    private sealed class HandSetClock : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now;

        public void Pass(TimeSpan time) => now += time.Ticks;
    }
}
