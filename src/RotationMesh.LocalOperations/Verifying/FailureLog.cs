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
    private readonly HashSet<(string Scope, string Database, string Table, string Key)> known = [];
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
            kept.RemoveAll(failure =>
                (failure.Scope, failure.Database, failure.Table) == (table.Scope, table.Database, table.Name)
            );
            known.RemoveWhere(row =>
                (row.Scope, row.Database, row.Table) == (table.Scope, table.Database, table.Name)
            );
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
                var row = (failure.Scope, failure.Database, failure.Table, RowFailureStore.Json(failure.Key));
                if (known.Add(row))
                    kept.Add(failure);
            }
        }

        return Task.CompletedTask;
    }
}
