using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Records;

/// <summary>Lists rotations, and shows those that were asked for and have not begun.</summary>
internal static class RotationListings
{
    public static RotationListing Of(RunningRotation rotation) =>
        new()
        {
            RotationId = rotation.RotationId,
            State = rotation.State,
            TargetVersion = rotation.TargetVersion,
            MapHash = rotation.MapHash,
            Scopes = rotation.Scopes,
            Tenants = rotation.Tenants,
            RequestedBy = rotation.RequestedBy,
            StartedAt = rotation.StartedAt,
            EndedAt = rotation.EndedAt,
            Reason = rotation.Reason,
            Checked = TrustedRecords.IsChecked(rotation.State, rotation.Reason),
        };

    /// <summary>
    /// Returns the document of a rotation that was requested and has not begun: why it was refused, who cancelled it, or
    /// what keeps its coordinator from it.
    /// </summary>
    public static RotationDocument Asked(RotationDemand asked, string? hindrance)
    {
        var start = KnownOrder.Read(asked);
        return new RotationDocument
        {
            RotationId = asked.RotationId,
            State = State(asked),
            NotBegun = true,
            DryRun = false,
            TargetVersion = start?.TargetVersion ?? 0,
            ElapsedSeconds = 0,
            StartedAt = asked.RequestedAt,
            EndedAt = asked.RefusedAt,
            RequestedBy = start?.RequestedBy,
            Reason = asked.RefusedFor ?? Waits(hindrance),
            Verified = 0,
            Verify = start?.Verify is { Length: > 0 } verify ? verify : null,
            MapHash = start?.MapHash,
            IgnoredGates =
            [
                .. (start?.IgnoredGates ?? []).Where(gate => gate is not null).Select(gate => gate.Gate),
            ],
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
        var start = KnownOrder.Read(asked);
        return new RotationListing
        {
            RotationId = asked.RotationId,
            State = State(asked),
            TargetVersion = start?.TargetVersion ?? 0,
            MapHash = start?.MapHash,
            Scopes = start?.Scopes ?? [],
            Tenants = start?.Tenants is { Count: > 0 } tenants ? tenants : null,
            RequestedBy = start?.RequestedBy,
            StartedAt = asked.RequestedAt,
            EndedAt = asked.RefusedAt,
            Reason = asked.RefusedFor ?? Waits(hindrance),
        };
    }

    private static string State(RotationDemand asked) =>
        asked.RefusedFor is null ? RotationState.Checking
        : WithdrawnStarts.Is(asked.RefusedFor) ? RotationState.Cancelled
        : RotationState.Faulted;

    private static string Waits(string? hindrance) =>
        hindrance is null
            ? $"it is accepted, and {Reasons.NotTakenUp}"
            : $"it is accepted, and waits: {hindrance}";
}
