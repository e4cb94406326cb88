using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.Control.Rotations;

/// <summary>Records as they may be told.</summary>
public static class TrustedRecords
{
    /// <summary>Said where a record claims to be Completed and nobody with the key says so.</summary>
    public const string Refuted =
        Reasons.RecordNotSealed
        + " (by an earlier release, with another key, or changed by hand): "
        + "count with census and verify, and rotate again";

    /// <summary>Said where nobody here can tell.</summary>
    public const string Unchecked = Reasons.RecordNotChecked;

    /// <summary>
    /// Whether a record that is told with this state and reason was checked; null where it does not say Completed.
    /// </summary>
    public static bool? IsChecked(string state, string? reason) =>
        state == RotationState.Completed ? reason != Unchecked : null;

    /// <summary>
    /// How far a record is believed. <paramref name="ring"/> null: there are no keys here. Of rotations to a key that the ring
    /// lost since, nothing can be said.
    /// </summary>
    public static RecordTrust Judge(RunningRotation rotation, KeyRing? ring)
    {
        ArgumentNullException.ThrowIfNull(rotation);
        if (rotation.State != RotationState.Completed)
            return RecordTrust.Sealed;
        if (ring is null)
            return RecordTrust.Unchecked;
        return IsSealed(ring, rotation) ? RecordTrust.Sealed
            : ring.Contains(rotation.TargetVersion) ? RecordTrust.Refuted
            : RecordTrust.Unchecked;
    }

    /// <summary>Returns the record with the state and the reason that may be told: one that is refuted has failures.</summary>
    public static RunningRotation Shown(RunningRotation rotation, RecordTrust trust)
    {
        ArgumentNullException.ThrowIfNull(rotation);
        return trust switch
        {
            RecordTrust.Refuted => rotation with
            {
                State = RotationState.CompletedWithFailures,
                Reason = Refuted,
            },
            RecordTrust.Unchecked => rotation with { Reason = Unchecked },
            _ => rotation,
        };
    }

    // It was sealed by the key that was current at its end: that of its target, or a later one.
    private static bool IsSealed(KeyRing ring, RunningRotation rotation) =>
        RotationSeals.Judge(ring, rotation) switch
        {
            (SealVerdict.ByCurrent, _) => true,
            (SealVerdict.ByOther, var version) => rotation.TargetVersion < ring.CurrentVersion
                && version >= rotation.TargetVersion,
            _ => false,
        };
}
