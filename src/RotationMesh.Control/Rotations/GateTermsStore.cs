using System.Text.Json;
using RotationMesh.Core.Gates;

namespace RotationMesh.Control.Rotations;

/// <summary>Reads the terms that operators set for the gates of their rotations.</summary>
public sealed class GateTermsStore(ControlDatabase control)
{
    private const string Select = """
        SELECT pause_workers, ignored_gates::text AS ignored, snapshot_taken_at, sweep > 0 AS begun, requested_by
        FROM rotationmesh.rotations WHERE correlation_id = @rotationId
        """;

    /// <summary>The terms of a rotation, and whether it wrote rows already; null where there is no such rotation.</summary>
    public async Task<StoredTerms?> FindAsync(Guid rotationId, CancellationToken cancellationToken)
    {
        var row = await control.FindAsync<Row>(Select, new { rotationId }, cancellationToken);
        return row is null
            ? null
            : new StoredTerms(
                new GateTerms
                {
                    PauseWorkers = row.PauseWorkers,
                    Ignored = JsonSerializer.Deserialize<List<IgnoredGate>>(row.Ignored)!,
                    SnapshotTakenAt = row.SnapshotTakenAt is { } time ? new DateTimeOffset(time) : null,
                },
                row.Begun,
                row.RequestedBy
            );
    }

    private sealed record Row
    {
        public bool PauseWorkers { get; init; }
        public string Ignored { get; init; } = "[]";
        public DateTime? SnapshotTakenAt { get; init; }
        public bool Begun { get; init; }
        public string? RequestedBy { get; init; }
    }
}

/// <summary>
/// The terms of a rotation. <paramref name="Begun"/> is true once it has written rows: what is checked only at the
/// start is then no longer checked.
/// </summary>
public sealed record StoredTerms(GateTerms Terms, bool Begun, string? RequestedBy);
