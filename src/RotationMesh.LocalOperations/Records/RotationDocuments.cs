using System.Text.Json.Nodes;
using RotationMesh.Control.Failures;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Rows;

namespace RotationMesh.LocalOperations.Records;

/// <summary>Turns the reports of rotations into documents for operators.</summary>
public static class RotationDocuments
{
    /// <summary>
    /// Whether a follower has nothing more to wait for: the rotation has ended, or somebody has to act first.
    /// </summary>
    public static bool IsLast(RotationDocument now) =>
        now.State is RotationState.Paused or RotationState.Faulted
        || now.EndedAt is not null
        || now.Abandoned;

    /// <summary>Returns a report as a document. The caller adds what only the control database knows.</summary>
    public static RotationDocument Of(RotationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new RotationDocument
        {
            RotationId = report.RotationId,
            State = report.State,
            DryRun = report.DryRun,
            TargetVersion = report.TargetVersion,
            ElapsedSeconds = Math.Round(report.Elapsed.TotalSeconds, 3),
            Reason = report.Reason,
            Verified = report.Verified,
            Decrypted = report.Decrypted,
            PostChecks = report.PostChecks,
            OpenWriters = report.OpenWriters,
            Within = report.Within,
            Notes = report.Notes,
            Totals = new RowTotals
            {
                Rotated = report.Tables.Sum(table => table.Rotated),
                Current = report.Tables.Sum(table => table.Current),
                Empty = report.Tables.Sum(table => table.Empty),
                External = report.Tables.Sum(table => table.External),
                Failed = report.Tables.Sum(table => table.Failed),
                Conflicts = report.Tables.Sum(table => table.Conflicts),
                Pending = report.Tables.Sum(table => table.Pending),
            },
            Scopes = [.. report.Tables.Select(Table)],
            Failures = [.. report.Failures.Select(Failure)],
        };
    }

    /// <summary>Returns a failed row as a document.</summary>
    public static FailureDocument Failure(RowFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new FailureDocument
        {
            Scope = failure.Scope,
            Database = failure.Database,
            Table = failure.Table,
            Key = JsonNode.Parse(RowFailureStore.Json(failure.Key)),
            Tenant = failure.Tenant,
            Version = failure.Version,
            Error = failure.Error.ToString(),
            Size = failure.Size,
            Cause = failure.Cause,
        };
    }

    /// <summary>Returns a recorded failure as a document.</summary>
    public static FailureDocument Failure(RowFailureRecord failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new FailureDocument
        {
            Scope = failure.Scope,
            Database = failure.DatabaseName,
            Table = failure.TableName,
            Key = JsonNode.Parse(failure.RowKey),
            Tenant = failure.Tenant,
            Version = failure.Version,
            Error = failure.Error,
            Size = failure.ValueSize,
            Cause = failure.Cause,
        };
    }

    private static TableDocument Table(TableTotals table) =>
        new()
        {
            Scope = table.Scope,
            Database = table.Database,
            Table = table.Table,
            Rotated = table.Rotated,
            Current = table.Current,
            Empty = table.Empty,
            External = table.External,
            Failed = table.Failed,
            Conflicts = table.Conflicts,
            Pending = table.Pending,
            Sparse =
            [
                .. table.Sparse.Select(column => new SparseColumnDocument(
                    column.Column,
                    column.Values,
                    column.Rows
                )),
            ],
        };
}
