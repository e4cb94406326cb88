using RotationMesh.Contracts;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Mesh.Dispatching;

/// <summary>What the ledger knows and a saga does not yet.</summary>
internal static class SweepNews
{
    /// <summary>That the sweep or verification under way is settled; null where it is not, or the saga knows.</summary>
    public static object? Of(RunningRotation rotation, IReadOnlyList<SweepSummary> sweeps)
    {
        var phase = rotation.State switch
        {
            "Planning" or "Rotating" when rotation.SettledSweep < rotation.Sweep => SweepPhase.Rotate,
            "Verifying" when rotation.VerifiedSweep < rotation.Sweep => SweepPhase.Verify,
            _ => (SweepPhase?)null,
        };
        var key = new SweepKey(rotation.RotationId, rotation.Sweep, phase ?? SweepPhase.Rotate);
        if (
            phase is null
            || sweeps.SingleOrDefault(sweep => sweep.Key == key) is not { IsSettled: true } settled
        )
            return null;
        return phase == SweepPhase.Rotate
            ? new SweepSettled(key.RotationId, key.Sweep, settled.Partitions, settled.Failed)
            : new VerificationSettled(key.RotationId, key.Sweep, settled.Partitions, settled.Failed);
    }

    /// <summary>Whether a cancelled rotation waits for its totals and no partition is in hand any more.</summary>
    public static bool IsIdle(RunningRotation rotation, IReadOnlyList<SweepSummary> sweeps) =>
        rotation is { State: "Cancelled", Concluded: false }
        && sweeps.All(sweep => sweep.Tables.All(table => table.Dispatched == 0));
}
