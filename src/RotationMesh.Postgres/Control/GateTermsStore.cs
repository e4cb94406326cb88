using System.Text.Json;
using Dapper;
using Npgsql;
using RotationMesh.Core.Gates;

namespace RotationMesh.Postgres.Control;

/// <summary>What operators said of the gates of their rotations.</summary>
public sealed class GateTermsStore(NpgsqlDataSource source)
{
    private const string Select = """
        SELECT pause_workers, ignored_gates::text AS ignored, snapshot_taken_at, sweep > 0 AS begun, requested_by
        FROM rotationmesh.rotations WHERE correlation_id = @rotationId
        """;

    private const string Update = """
        UPDATE rotationmesh.rotations
        SET pause_workers = @PauseWorkers, ignored_gates = @Ignored::jsonb, snapshot_taken_at = @SnapshotTakenAt
        WHERE correlation_id = @rotationId
        """;

    /// <summary>The terms of a rotation, and whether it wrote rows already; null where there is no such rotation.</summary>
    public async Task<StoredTerms?> FindAsync(Guid rotationId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(Select, new { rotationId }, cancellationToken: cancellationToken)
        );
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

    /// <summary>
    /// Replaces the terms of a rotation that nobody runs at this moment: the saga would write back what it had read.
    /// </summary>
    public async Task ReplaceAsync(Guid rotationId, GateTerms terms, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(terms);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                Update,
                new
                {
                    rotationId,
                    terms.PauseWorkers,
                    Ignored = JsonSerializer.Serialize(terms.Ignored),
                    SnapshotTakenAt = terms.SnapshotTakenAt?.UtcDateTime,
                },
                cancellationToken: cancellationToken
            )
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
/// The terms of a rotation. <paramref name="Begun"/> tells whether it has written rows: what is asked at the start alone is
/// asked no more.
/// </summary>
public sealed record StoredTerms(GateTerms Terms, bool Begun, string? RequestedBy);
