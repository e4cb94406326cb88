using Npgsql;
using RotationMesh.Control;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Preflight;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;

namespace RotationMesh.LocalOperations.Examining;

/// <summary>Tells the doctor of columns that rotations were for and that the map of today leaves out.</summary>
internal sealed class ColumnExamination(
    RotationMap map,
    ApplicationDatabases databases,
    ControlDatabase control,
    Findings findings
)
{
    /// <summary>Looks at the tables of the databases that answer.</summary>
    public async Task ExamineAsync(IReadOnlyList<string> reachable, CancellationToken cancellationToken)
    {
        var entries = map.Tables.Where(entry => reachable.Contains(entry.Database)).ToList();
        try
        {
            foreach (
                var left in await new LeftColumns(map, databases, control).FindAsync(
                    entries,
                    mustAnswer: true,
                    cancellationToken
                )
            )
                findings.Add(Verdict.Bad, $"table {left.Entry.Shown}", left.Problem, left.Fix);
        }
        catch (Exception fault) when (fault is NpgsqlException or UsageException)
        {
            // Other findings tell of a database that does not answer, and of a schema of another release.
        }
    }
}
