using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Core.Keys;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Probing;

namespace RotationMesh.LocalOperations.Examining;

/// <summary>Tries the keys on a sample of a table for the doctor.</summary>
internal sealed class KeyExamination(
    ApplicationDatabases databases,
    ControlDatabase control,
    Findings findings
)
{
    /// <summary>Adds a finding for each version of which sampled values do not decrypt.</summary>
    public async Task ExamineAsync(RowsByVersion table, KeyRing keys, CancellationToken cancellationToken)
    {
        var tried = await new KeyProbe(databases, keys).ProbeAsync(table, null, cancellationToken);
        var wrong = await WrongKeysAsync(table, tried, cancellationToken);
        foreach (var result in tried)
            Judge($"table {table.Target.Entry.Shown}", result, wrong.Contains(result));
    }

    // A control database that does not answer knows of no earlier rotation, and is a finding of its own.
    private async Task<IReadOnlyList<ProbeResult>> WrongKeysAsync(
        RowsByVersion table,
        IReadOnlyList<ProbeResult> tried,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await new KnownFailures(control).WrongKeysAsync(table, tried, cancellationToken);
        }
        catch (NpgsqlException)
        {
            return [.. tried.Where(result => result.IsWrongKey)];
        }
    }

    private void Judge(string name, ProbeResult result, bool isWrongKey)
    {
        var sampled =
            $"{result.Failed} of {result.Tried} sampled values of version {result.Version} do not decrypt";
        if (isWrongKey)
            findings.Add(
                Verdict.Bad,
                name,
                $"{sampled} (fingerprint {result.Fingerprint})",
                "check that the keys are not swapped, and format, context and tenant column in the map"
            );
        else if (result.Failed > 0)
            findings.Add(Verdict.Warning, name, sampled, "rotate --dry-run lists them");
    }
}
