using System.Text.Json;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;
using Refusal = RotationMesh.Control.Ledger.Refusal;

namespace RotationMesh.Engine.Operating;

/// <summary>What the control database alone knows of rotations, as documents.</summary>
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

    /// <summary>Adds when, who, partitions and refusals.</summary>
    public static RotationDocument Complete(
        RotationDocument document,
        RunningRotation rotation,
        IReadOnlyList<SweepSummary> ledger,
        IReadOnlyList<Refusal> refusals
    ) =>
        document with
        {
            StartedAt = rotation.StartedAt,
            // Ended for the operator once its totals are written: partitions in hand may end after a cancel.
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
    /// Adds what this coordinator can't do for a rotation that has not ended. Another one may go on with it, so what it says
    /// itself stays.
    /// </summary>
    public static RotationDocument Hindered(RotationDocument document, string? hindrance) =>
        hindrance is null || document.EndedAt is not null || document.State == RotationState.Paused
            ? document
            : document with
            {
                Reason = Standstill.Joined(document.Reason, hindrance),
            };

    /// <summary>A rotation that was asked for and is not begun, and what keeps its coordinator from it.</summary>
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

    /// <summary>The line of a rotation that was asked for and has not begun.</summary>
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
