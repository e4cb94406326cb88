using System.Globalization;
using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Stops a rotation when too many of its partitions or rows fail, before the rest is tried: a key, a format or a
/// database is wrong, and an operator should look. It trips once: resuming turns it off for the rotation.
/// </summary>
internal static class Breaker
{
    /// <summary>Share of partitions, or of rows, that may fail.</summary>
    public const double FailedShare = 0.05;

    /// <summary>Fewest settled partitions that count as evidence: one failure among a few is no pattern.</summary>
    public const int FewestPartitions = 20;

    /// <summary>Fewest rows that count as evidence.</summary>
    public const int FewestRows = 1000;

    /// <summary>
    /// Why the rotation should stop; null where it should not. Partitions of its sweep that are to be <paramref name="replanned"/> are
    /// no evidence: the application changed a table, and the next sweep has them.
    /// </summary>
    public static BreakerTripped? Of(
        RunningRotation rotation,
        IReadOnlyList<SweepSummary> sweeps,
        long replanned = 0
    )
    {
        if (rotation.BreakerOff || !RotationState.MayDispatch(rotation.State))
            return null;
        var phase = rotation.State == RotationState.Verifying ? SweepPhase.Verify : SweepPhase.Rotate;
        var key = new SweepKey(rotation.RotationId, rotation.Sweep, phase);
        if (sweeps.SingleOrDefault(sweep => sweep.Key == key) is not { } current)
            return null;
        var lost = current.Failed - (phase == SweepPhase.Rotate ? replanned : 0);
        var settled = current.Done + lost;
        if (settled >= FewestPartitions && lost > FailedShare * settled)
            return Tripped(rotation, "partitions", lost, settled);
        var failed = current.Counts.Failed;
        var rows = phase == SweepPhase.Verify ? current.Counts.Verified : current.Counts.Rotated + failed;
        return rows >= FewestRows && failed > FailedShare * rows
            ? Tripped(rotation, "rows", failed, rows)
            : null;
    }

    private static BreakerTripped Tripped(RunningRotation rotation, string what, long failed, long all) =>
        new(
            rotation.RotationId,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Reasons.BreakerTripped}: {failed} of {all} {what} failed; resume goes on without it"
            )
        );
}
