using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>Finds what the ledger knows and a saga does not know yet.</summary>
internal static class SweepEvents
{
    /// <summary>
    /// Message that the current sweep or verification is settled, or that a cancelled rotation may write its totals;
    /// null where neither is so, or the saga knows it already.
    /// </summary>
    public static object? Of(RunningRotation rotation, IReadOnlyList<SweepSummary> sweeps)
    {
        if (IsIdle(rotation, sweeps))
            return new NudgeRotation(rotation.RotationId);
        var phase = rotation.State switch
        {
            RotationState.Planning or RotationState.Rotating when rotation.SettledSweep < rotation.Sweep =>
                SweepPhase.Rotate,
            RotationState.Verifying when rotation.VerifiedSweep < rotation.Sweep => SweepPhase.Verify,
            _ => (SweepPhase?)null,
        };
        var key = new SweepKey(rotation.RotationId, rotation.Sweep, phase ?? SweepPhase.Rotate);
        if (phase is null || sweeps.SingleOrDefault(sweep => sweep.Key == key) is not { IsSettled: true })
            return null;
        return phase == SweepPhase.Rotate
            ? new SweepSettled(key.RotationId, key.Sweep)
            : new VerificationSettled(key.RotationId, key.Sweep);
    }

    // A cancelled rotation writes its totals once no partition is dispatched any more.
    private static bool IsIdle(RunningRotation rotation, IReadOnlyList<SweepSummary> sweeps) =>
        rotation is { State: RotationState.Cancelled, Concluded: false }
        && sweeps.All(sweep => sweep.Tables.All(table => table.Dispatched == 0));
}
