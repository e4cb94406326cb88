using RotationMesh.Core.Keys;

namespace RotationMesh.Postgres.Control;

/// <summary>
/// What a reader may believe of a rotation's record: whoever can write the control schema can write "Completed" into it, and
/// can't seal it.
/// </summary>
public static class RecordTrust
{
    /// <summary>Said where a record claims to be Completed and nobody with the key says so.</summary>
    public const string Refuted =
        "its record says Completed, and is not sealed by this key ring (by an earlier release, with another key, or changed by hand): "
        + "count with census and verify, and rotate again";

    /// <summary>Said where nobody here can tell.</summary>
    public const string Unchecked =
        "not checked: nobody can tell without the master key that sealed its record";

    /// <summary>
    /// The record as it may be told: one that claims to be Completed and is not what its saga sealed has failures, with the
    /// reason. <paramref name="ring"/> null: there are no keys here. Of rotations to a key that the ring lost since, nothing
    /// can be said.
    /// </summary>
    public static RunningRotation Told(RunningRotation rotation, KeyRing? ring)
    {
        ArgumentNullException.ThrowIfNull(rotation);
        if (rotation.State != "Completed" || (ring is not null && IsSealed(ring, rotation)))
            return rotation;
        return ring?.Contains(rotation.TargetVersion) == true
            ? Refute(rotation)
            : rotation with
            {
                Reason = Unchecked,
            };
    }

    /// <summary>The record as one that nobody vouches for.</summary>
    public static RunningRotation Refute(RunningRotation rotation)
    {
        ArgumentNullException.ThrowIfNull(rotation);
        return rotation with { State = "CompletedWithFailures", Reason = Refuted };
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
