using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Dispatching;
using RotationMesh.Core;
using RotationMesh.Core.Map;

namespace RotationMesh.MeshTests.Faults;

[TestFixture]
internal sealed class BreakerTests
{
    private static readonly Guid Id = Guid.NewGuid();

    [TestCase(40, 0, "40 of 100 partitions failed")]
    [TestCase(40, 40, null)]
    [TestCase(40, 30, "10 of 70 partitions failed")]
    public void Partitions_that_are_planned_anew_are_no_evidence(long failed, long replanned, string? reason)
    {
        var tripped = Breaker.Of(Rotation("Rotating"), [Sweep(SweepPhase.Rotate, failed)], replanned);

        Assert.That(tripped?.Reason, reason is null ? Is.Null : Does.Contain(reason));
    }

    [Test]
    public void Those_of_the_sweep_excuse_none_of_its_verification()
    {
        var tripped = Breaker.Of(Rotation("Verifying"), [Sweep(SweepPhase.Verify, 40)], replanned: 40);

        Assert.That(tripped, Is.Not.Null);
    }

    [Test]
    public void A_sweep_whose_failures_are_planned_anew_is_settled()
    {
        IReadOnlyList<SweepSummary> sweeps = [Sweep(SweepPhase.Rotate, 40)];

        Assert.That(SweepEvents.Find(Rotation("Rotating"), sweeps), Is.InstanceOf<BreakerTripped>());
        Assert.That(SweepEvents.Find(Rotation("Rotating"), sweeps, 40), Is.EqualTo(new SweepSettled(Id, 1)));
    }

    private static RunningRotation Rotation(string state) =>
        new()
        {
            RotationId = Id,
            State = state,
            Sweep = 1,
        };

    private static SweepSummary Sweep(SweepPhase phase, long failed) =>
        new(
            new SweepKey(Id, 1, phase),
            IsPlanned: true,
            [
                new TableSummary
                {
                    Table = new TableName("knowledge", "app", "entries"),
                    Partitions = 100,
                    Dispatched = 0,
                    Done = 100 - failed,
                    Failed = failed,
                    Counts = RowCounts.None,
                },
            ]
        );
}
