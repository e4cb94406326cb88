using System.Text.Json.Nodes;
using RotationMesh.Core.Keys;

namespace RotationMesh.Control.Rotations;

/// <summary>
/// A rotation is sealed each time that its saga writes it: what it is to reach and how far it is. Nobody acts on one that
/// somebody else wrote.
/// </summary>
public static class RotationSeals
{
    /// <summary>Said to the operator of a rotation whose seal does not hold.</summary>
    public const string Fault =
        "its record is not sealed by the current master key (by an earlier release, with another key, or changed by hand): cancel it, and start a new one";

    /// <summary>The seal of a rotation as it is, by the current key.</summary>
    public static string SealOf(KeyRing ring, RunningRotation rotation) =>
        ring.Seal(SealPurpose.Rotation, Content(rotation)).ToString();

    /// <summary>Whether the rotation is as its saga left it.</summary>
    public static bool IsSound(KeyRing ring, RunningRotation rotation) =>
        Judge(ring, rotation).Verdict == SealVerdict.ByCurrent;

    /// <summary>What its seal is worth here, and the version of the key that made it; 0 where no key of the ring did.</summary>
    internal static (SealVerdict Verdict, int Version) Judge(KeyRing ring, RunningRotation rotation)
    {
        ArgumentNullException.ThrowIfNull(rotation);
        return Seal.TryParse(rotation.Seal) is { } seal
            ? (ring.Judge(SealPurpose.Rotation, Content(rotation), seal, out var by), by)
            : (SealVerdict.Broken, 0);
    }

    // Without what is told to operators alone, and what narrows a retry.
    private static ReadOnlySpan<byte> Content(RunningRotation rotation)
    {
        ArgumentNullException.ThrowIfNull(rotation);
        var content = new SealedText()
            .Add(rotation.RotationId.ToString())
            .Add(rotation.RequestedBy)
            .Add(Number(rotation.Embedded))
            .Add(rotation.Scopes)
            .Add(rotation.Tenants)
            .Add(rotation.TargetVersion)
            .Add(rotation.TargetFingerprint)
            .Add(rotation.MapHash)
            .Add(rotation.BatchSize)
            .Add(Number(rotation.AllowDowngrade))
            .Add(rotation.Verify)
            .Add(Number(rotation.PauseWorkers))
            .Add(JsonNode.Parse(rotation.IgnoredGates)?.ToJsonString())
            .Add(Milliseconds(rotation.SnapshotTakenAt))
            .Add(rotation.State)
            .Add(rotation.PausedIn)
            .Add(rotation.GateLostIn)
            .Add(rotation.Sweep)
            .Add(rotation.SettledSweep)
            .Add(rotation.VerifiedSweep)
            .Add(rotation.IdleSweeps)
            .Add(Number(rotation.BreakerOff))
            .Add(Number(rotation.Concluded));
        // One that nobody has steered is sealed as by earlier releases.
        return rotation.Steerings.Length == 0 ? content.Bytes : content.Add(rotation.Steerings).Bytes;
    }

    private static long Number(bool fact) => fact ? 1 : 0;

    private static long Milliseconds(DateTime? time) =>
        time is { } at
            ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)).ToUnixTimeMilliseconds()
            : 0;
}
