using System.Text.Json;
using RotationMesh.Control;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.LocalOperations.Records;

/// <summary>
/// Records of rotations as operators are told of them. The totals have a seal of their own, as they are not written by
/// the saga: a record that claims to be Completed is believed only with both seals. Without keys
/// (<paramref name="ring"/> null), it says that they were not checked.
/// </summary>
internal sealed class ToldRecords(ControlDatabase control, KeyRing? ring)
{
    /// <summary>Reads the totals of those that claim to be Completed, and returns all, in their order.</summary>
    public async Task<IReadOnlyList<RunningRotation>> ReadAsync(
        IReadOnlyList<RunningRotation> rotations,
        CancellationToken cancellationToken
    )
    {
        var claimed = rotations
            .Where(rotation => rotation.State == RotationState.Completed && ring is not null)
            .Select(rotation => rotation.RotationId);
        var ends = await new SummaryStore(control).ListAsync([.. claimed], cancellationToken);
        return [.. rotations.Select(Told)];

        RunningRotation Told(RunningRotation rotation) =>
            ends.TryGetValue(rotation.RotationId, out var end)
                ? Of(rotation, ring, Parse(end.Summary), end.Seal)
                : Of(rotation, ring, null, null);
    }

    /// <summary>Returns a rotation as it is told of, by its closing totals; null where it has none.</summary>
    public static RunningRotation Of(
        RunningRotation rotation,
        KeyRing? ring,
        ClosingSummary? closing,
        string? seal
    )
    {
        var trust = TrustedRecords.Judge(rotation, ring);
        if (
            rotation.State == RotationState.Completed
            && trust == RecordTrust.Sealed
            && !(
                closing?.WasSealed(ring!, rotation.RotationId, seal, rotation.TargetVersion) == true
                && closing.IsClean()
            )
        )
            trust = RecordTrust.Refuted;
        return TrustedRecords.Shown(rotation, trust);
    }

    // One that was forged must not keep the others from being listed.
    private static ClosingSummary? Parse(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<ClosingSummary>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
