using RotationMesh.Core.Keys;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.External;
using RotationMesh.Tables.Statements;

namespace RotationMesh.LocalOperations.Examining;

/// <summary>Looks, for the doctor, for envelopes that stand in a table at rows whose value lives elsewhere.</summary>
internal sealed class InlineExamination(ApplicationDatabases databases, KeyRing keys, Findings findings)
{
    /// <summary>
    /// Adds a finding for such values, except for those that are under the current key as their rows claim.
    /// </summary>
    public async Task ExamineAsync(MappedTable target, CancellationToken cancellationToken)
    {
        var found = await new InlineLook(databases, keys).LookAsync(target, null, cancellationToken);
        foreach (var count in found.Counts)
            if (count.IsMislabelled)
                findings.Add(
                    Verdict.Bad,
                    $"table {target.Entry.Shown}",
                    count.Description,
                    "find out who set their version, and correct it; that key is needed until these values are rotated or gone"
                );
            else if (count.OpenedBy != keys.CurrentVersion)
                findings.Add(
                    Verdict.Warning,
                    $"table {target.Entry.Shown}",
                    count.Description,
                    target.Entry.ExternalStore is not null && count.OpenedBy is not null
                        ? "rotate: they go with their rows"
                        : "no rotation sees to them: give the table an externalStore, let its predicate leave these rows out, or "
                            + "delete what nobody needs"
                );
    }
}
