using RotationMesh.Control.Failures;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Rows;

namespace RotationMesh.LocalOperations.Verifying;

/// <summary>
/// Keeps a bounded number of failed rows for the report of an inspection, and each row once: a partition that is
/// tried again reports its failures again.
/// </summary>
internal sealed class FailureLog
{
    private readonly Lock guard = new();
    private readonly HashSet<(TableName Table, string Key)> known = [];
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

    /// <summary>Removes the failures of a table that is read from the beginning again.</summary>
    public void Forget(TableEntry table)
    {
        lock (guard)
        {
            kept.RemoveAll(failure => Table(failure) == table.FullName);
            known.RemoveWhere(row => row.Table == table.FullName);
        }
    }

    /// <summary>Keeps failures as long as there is room.</summary>
    public Task KeepAsync(IReadOnlyList<RowFailure> failures)
    {
        lock (guard)
        {
            foreach (var failure in failures)
            {
                if (kept.Count == RotationReport.MaxFailures)
                    break;
                if (known.Add((Table(failure), RowFailureStore.Json(failure.Key))))
                    kept.Add(failure);
            }
        }

        return Task.CompletedTask;
    }

    private static TableName Table(RowFailure failure) => new(failure.Scope, failure.Database, failure.Table);
}
