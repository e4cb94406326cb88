using System.Text.Json;
using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;
using Refusal = RotationMesh.Control.Settling.Refusal;

namespace RotationMesh.LocalOperations.Records;

/// <summary>Turns what only the control database knows of rotations into documents.</summary>
internal static class RotationListings
{
    public static RotationListing Of(RunningRotation rotation) =>
        new()
        {
            RotationId = rotation.RotationId,
            State = rotation.State,
            TargetVersion = rotation.TargetVersion,
            Scopes = rotation.Scopes,
            Tenants = rotation.Tenants,
            RequestedBy = rotation.RequestedBy,
            StartedAt = rotation.StartedAt,
            EndedAt = rotation.EndedAt,
            Reason = rotation.Reason,
        };

    /// <summary>Adds when the rotation started and ended, who asked for it, its partitions and its refusals.</summary>
    public static RotationDocument Complete(
        RotationDocument document,
        RunningRotation rotation,
        IReadOnlyList<SweepSummary> ledger,
        IReadOnlyList<Refusal> refusals
    ) =>
        document with
        {
            StartedAt = rotation.StartedAt,
            // An operator sees the end once the totals are written: after a cancel, partitions in hand may still be
            // worked on.
            EndedAt = rotation.IsOver ? rotation.EndedAt : null,
            RequestedBy = rotation.RequestedBy,
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
    public static RotationDocument Hindered(RotationDocument document, string? hindrance) =>
        hindrance is null || document.EndedAt is not null || document.State == RotationState.Paused
            ? document
            : document with
            {
                Reason = Standstill.Joined(document.Reason, hindrance),
            };

    /// <summary>
    /// Returns the document of a rotation that was requested and has not begun: why it was refused, or what keeps its
    /// coordinator from it.
    /// </summary>
    public static RotationDocument Asked(RotationDemand asked, string? hindrance)
    {
        var start = JsonSerializer.Deserialize<StartRotation>(asked.Message)!;
        return new RotationDocument
        {
            RotationId = start.RotationId,
            State = asked.RefusedFor is null ? RotationState.Checking : RotationState.Faulted,
            DryRun = false,
            TargetVersion = start.TargetVersion,
            ElapsedSeconds = 0,
            StartedAt = asked.RequestedAt,
            EndedAt = asked.RefusedAt,
            RequestedBy = start.RequestedBy,
            Reason = asked.RefusedFor ?? Waits(hindrance),
            Verified = 0,
            Totals = new RowTotals
            {
                Rotated = 0,
                Current = 0,
                External = 0,
                Failed = 0,
                Conflicts = 0,
                Pending = 0,
            },
            Scopes = [],
            Failures = [],
        };
    }

    /// <summary>Returns the listing of a rotation that was requested and has not begun.</summary>
    public static RotationListing Listed(RotationDemand asked, string? hindrance)
    {
        var start = JsonSerializer.Deserialize<StartRotation>(asked.Message)!;
        return new RotationListing
        {
            RotationId = start.RotationId,
            State = RotationState.Checking,
            TargetVersion = start.TargetVersion,
            Scopes = [.. start.Scopes],
            Tenants = start.Tenants.Count > 0 ? [.. start.Tenants] : null,
            RequestedBy = start.RequestedBy,
            StartedAt = asked.RequestedAt,
            EndedAt = null,
            Reason = Waits(hindrance),
        };
    }

    private static string Waits(string? hindrance) =>
        hindrance is null
            ? $"it is accepted, and {Reasons.NotTakenUp}"
            : $"it is accepted, and waits: {hindrance}";

    private static PartitionTotals Partitions(SweepSummary sweep) =>
        new(
            sweep.Key.Sweep,
            sweep.Partitions,
            sweep.Done,
            sweep.Failed,
            sweep.Tables.Sum(table => table.Dispatched)
        );
}
