using RotationMesh.Postgres.Target.Rows;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Engine;

/// <summary>Counts the rows that an inspection fails on, and keeps a bounded number of them for its report.</summary>
internal sealed class FailureLog
{
    private readonly Lock guard = new();
    private readonly Dictionary<TableTarget, long> counts = [];
    private readonly List<RowFailure> kept = [];

    /// <summary>The failures that a report lists.</summary>
    public IReadOnlyList<RowFailure> Kept
    {
        get
        {
            lock (guard)
                return [.. kept];
        }
    }

    /// <summary>Failures of a table.</summary>
    public long Count(TableTarget target)
    {
        lock (guard)
            return counts.GetValueOrDefault(target);
    }

    /// <summary>Adds failures of a table.</summary>
    public void Record(TableTarget target, IReadOnlyList<RowFailure> failures)
    {
        if (failures.Count == 0)
            return;
        lock (guard)
        {
            counts[target] = counts.GetValueOrDefault(target) + failures.Count;
            kept.AddRange(failures.Take(RotationReport.MaxFailures - kept.Count));
        }
    }
}
