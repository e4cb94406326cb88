using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Target.Rows;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Engine;

/// <summary>
/// Collects the rows that fail: all of them go to the control database, a bounded number stays in memory for the
/// report. Without a rotation (a dry run) nothing is recorded.
/// </summary>
internal sealed class FailureLog(RowFailureStore? store, Guid rotationId)
{
    private readonly Lock guard = new();
    private readonly Dictionary<TableTarget, long> counts = [];
    private readonly List<(TableTarget Target, RowFailure Failure)> kept = [];

    /// <summary>The failures that a report lists.</summary>
    public IReadOnlyList<RowFailure> Kept
    {
        get
        {
            lock (guard)
                return [.. kept.Select(entry => entry.Failure)];
        }
    }

    /// <summary>Failures of a table since it was last cleared.</summary>
    public long Count(TableTarget target)
    {
        lock (guard)
            return counts.GetValueOrDefault(target);
    }

    /// <summary>Adds failures of a table.</summary>
    public async Task RecordAsync(TableTarget target, IReadOnlyList<RowFailure> failures)
    {
        if (failures.Count == 0)
            return;
        lock (guard)
        {
            counts[target] = counts.GetValueOrDefault(target) + failures.Count;
            var room = Math.Max(0, RotationReport.MaxFailures - kept.Count);
            kept.AddRange(failures.Take(room).Select(failure => (target, failure)));
        }

        if (store is not null)
            await store.RecordAsync(rotationId, failures, CancellationToken.None);
    }

    /// <summary>Forgets the failures of a table before a sweep reads its rows again.</summary>
    public async Task ClearAsync(TableTarget target)
    {
        lock (guard)
        {
            counts.Remove(target);
            kept.RemoveAll(entry => entry.Target == target);
        }

        if (store is not null)
        {
            var entry = target.Entry;
            await store.ClearAsync(
                rotationId,
                entry.Scope,
                entry.Database,
                entry.Name,
                CancellationToken.None
            );
        }
    }
}
