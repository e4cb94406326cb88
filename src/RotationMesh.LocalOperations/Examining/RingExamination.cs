using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Retirement;
using RotationMesh.Control.Rotations;
using RotationMesh.Core.Keys;
using RotationMesh.LocalOperations.Retiring;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Examining;

/// <summary>
/// Examines the key ring for the doctor: keys that are not those that rotations met, and keys that were retired under
/// another version.
/// </summary>
internal sealed class RingExamination(ControlDatabase control, Findings findings)
{
    /// <summary>
    /// Adds a finding for each such key. <see cref="Doctor"/> itself reports a control database that does not answer.
    /// </summary>
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
            // A rotation would bring rows to the current key. Under another key they may be already.
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
