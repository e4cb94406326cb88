using Npgsql;
using RotationMesh.Control;
using RotationMesh.Core.Keys;
using RotationMesh.Engine.Retiring;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Engine;

/// <summary>The doctor's look at the ring: keys that rotations did not meet, and keys that were retired under another version.</summary>
internal sealed class RingExamination(ControlDatabase control, Findings findings)
{
    /// <summary>Adds what it finds. A control database that does not answer is a finding of its own.</summary>
    public async Task ExamineAsync(
        KeyRing keys,
        IReadOnlyList<RetiredKey> retired,
        CancellationToken cancellationToken
    )
    {
        var check = new RingCheck(keys, retired, await MetAsync(cancellationToken));
        foreach (var key in keys.Keys)
        {
            if (check.Lacking(key.Version) is { } differing)
                findings.Add(
                    Verdict.Bad,
                    $"key {key.Version}",
                    differing,
                    "check that it is neither mistyped nor another version's, and put back the key that the rows were encrypted with"
                );
            // Rows go to the current one; under another one they may be already.
            if (RetiredTarget.ExplainReturn(retired, key.Version, key.Fingerprint) is { } returned)
                findings.Add(
                    key.Version == keys.CurrentVersion ? Verdict.Bad : Verdict.Warning,
                    $"key {key.Version}",
                    returned,
                    RetiredTarget.Fix
                );
        }
    }

    private async Task<IReadOnlyList<MetKey>> MetAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await new MetKeyStore(control).ListAsync(cancellationToken);
        }
        catch (NpgsqlException)
        {
            return [];
        }
    }
}
