using RotationMesh.Core.Keys;
using RotationMesh.Engine.Retiring;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres.Control;

namespace RotationMesh.Engine;

/// <summary>Finds keys of the ring that were retired under another version.</summary>
internal static class ReturnedKeys
{
    // Rows go to the current one; under another one they may be already.
    public static void Examine(KeyRing keys, IReadOnlyList<RetiredKey> retired, Findings findings)
    {
        foreach (var key in keys.Keys)
            if (RetiredTarget.ExplainReturn(retired, key.Version, key.Fingerprint) is { } returned)
                findings.Add(
                    key.Version == keys.CurrentVersion ? Verdict.Bad : Verdict.Warning,
                    $"key {key.Version}",
                    returned,
                    RetiredTarget.Fix
                );
    }
}
