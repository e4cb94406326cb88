using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Gates;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Rows;
using Refusal = RotationMesh.Control.Settling.Refusal;

namespace RotationMesh.LocalOperations.Records;

/// <summary>
/// Turns the reports of rotations, and what else the control database knows of them, into documents for operators.
/// </summary>
public static class RotationDocuments
{
    /// <summary>What is told where nothing was found.</summary>
    public const string NoRow =
        "no row was found: the tables are empty, or the map leads to another database than is meant";

    /// <summary>
    /// Whether a follower has nothing more to wait for: the rotation has ended, or somebody has to act first.
    /// </summary>
    public static bool IsLast(RotationDocument now) =>
        now.State is RotationState.Paused or RotationState.Faulted
        || now.EndedAt is not null
        || now.Abandoned;

    /// <summary>Returns a report as a document. <see cref="Complete"/> adds what only the control database knows.</summary>
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
            Checked = report.DryRun ? null : TrustedRecords.IsChecked(report.State, report.Reason),
            Verified = report.Verified,
            Decrypted = report.Decrypted,
            PostChecks = report.PostChecks,
            OpenWriters = report.OpenWriters,
            Within = report.Within,
            Doubts = report.Doubts,
            OtherMap = report.OtherMap,
            Notes = [.. External(report), .. Unmapped(report), .. Nothing(report), .. report.Notes],
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

    /// <summary>Adds when the rotation started and ended, who asked for it, its partitions and its refusals.</summary>
    internal static RotationDocument Complete(
        RotationDocument document,
        RunningRotation rotation,
        IReadOnlyList<SweepSummary> ledger,
        IReadOnlyList<Refusal> refusals
    ) =>
        document with
        {
            NotBegun = rotation.Sweep == 0,
            StartedAt = rotation.StartedAt,
            // An operator sees the end once the totals are written: after a cancel, partitions in hand may still be
            // worked on.
            EndedAt = rotation.IsOver ? rotation.EndedAt : null,
            RequestedBy = rotation.RequestedBy,
            Changing =
                ledger.LastOrDefault(sweep => sweep.Key.Phase == SweepPhase.Verify)?.Counts.Contended ?? 0,
            Verify = rotation.Verify is { Length: > 0 } verify ? verify : null,
            MapHash = rotation.MapHash,
            IgnoredGates = Ignored(rotation.IgnoredGates),
            Partitions = ledger.Count == 0 ? null : Partitions(ledger[^1]),
            Refusals =
            [
                .. refusals.Select(refusal => new RefusalDocument(
                    refusal.Worker,
                    refusal.Reason,
                    refusal.Times,
                    refusal.LastAt
                )),
            ],
        };

    /// <summary>
    /// Adds what this coordinator can't do for a rotation that runs. Another coordinator may go on with it, so the
    /// rotation's own reason stays.
    /// </summary>
    internal static RotationDocument Hindered(RotationDocument document, string? hindrance) =>
        hindrance is null || document.EndedAt is not null || document.State == RotationState.Paused
            ? document
            : document with
            {
                Reason = Standstill.Joined(document.Reason, hindrance),
            };

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

    // They change neither state nor exit code, so who asks for these alone takes them for rotated.
    private static IEnumerable<string> External(RotationReport report) =>
        report.Tables.Sum(table => table.External) is > 0 and var rows
            ?
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{rows:N0} external rows keep their old key: their values live outside the database, and the map has no externalStore for them"
                ),
            ]
            : [];

    private static IEnumerable<string> Unmapped(RotationReport report) =>
        report.OtherMap
            ? ["it was started with another map than this one: what only this one names, it did not look at"]
            : [];

    private static IEnumerable<string> Nothing(RotationReport report) =>
        report.State == RotationState.Completed && report.Tables.All(table => table.Rows == 0) ? [NoRow] : [];

    // One that was forged must not keep the rotation from being shown.
    private static IReadOnlyList<string> Ignored(string gates)
    {
        try
        {
            return
            [
                .. (JsonSerializer.Deserialize<List<IgnoredGate?>>(gates) ?? [])
                    .Select(gate => gate?.Gate)
                    .OfType<string>(),
            ];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static PartitionTotals Partitions(SweepSummary sweep) =>
        new(
            sweep.Key.Sweep,
            sweep.Partitions,
            sweep.Done,
            sweep.Failed,
            sweep.Tables.Sum(table => table.Dispatched)
        );

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
