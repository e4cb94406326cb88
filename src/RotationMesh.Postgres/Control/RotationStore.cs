using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Control;

/// <summary>Rotations in the control database.</summary>
public sealed class RotationStore(NpgsqlDataSource source)
{
    private const string Insert = """
        INSERT INTO rotationmesh.rotations
            (rotation_id, state, target_version, target_fingerprint, map_hash, scopes, tenants)
        VALUES (@RotationId, 'Rotating', @TargetVersion, @TargetFingerprint, @MapHash, @Scopes, @Tenants)
        """;

    private const string End = """
        UPDATE rotationmesh.rotations SET state = @state, ended_at = now(), summary = @summary::jsonb
        WHERE rotation_id = @rotationId AND ended_at IS NULL
        """;

    private const string FindLatest = """
        SELECT rotation_id, state, target_version, started_at, ended_at FROM rotationmesh.rotations
        ORDER BY started_at DESC LIMIT 1
        """;

    private const string FindById = """
        SELECT rotation_id, state, target_version, started_at, ended_at FROM rotationmesh.rotations
        WHERE rotation_id = @rotationId
        """;

    /// <summary>Records that a rotation begins.</summary>
    public Task BeginAsync(NewRotation rotation, CancellationToken cancellationToken) =>
        ExecuteAsync(Insert, rotation, cancellationToken);

    /// <summary>Records how a rotation ended; <paramref name="summary"/> is its JSON report.</summary>
    public Task EndAsync(
        Guid rotationId,
        string state,
        string summary,
        CancellationToken cancellationToken
    ) =>
        ExecuteAsync(
            End,
            new
            {
                rotationId,
                state,
                summary,
            },
            cancellationToken
        );

    /// <summary>The rotation with that id, or the latest; null where there is none.</summary>
    public async Task<RotationRecord?> FindAsync(Guid? rotationId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<RotationRecord>(
            new CommandDefinition(
                rotationId is null ? FindLatest : FindById,
                new { rotationId },
                cancellationToken: cancellationToken
            )
        );
    }

    private async Task ExecuteAsync(string sql, object values, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(sql, values, cancellationToken: cancellationToken)
        );
    }
}

/// <summary>A rotation that begins.</summary>
public sealed record NewRotation(
    Guid RotationId,
    int TargetVersion,
    string TargetFingerprint,
    string MapHash,
    string[] Scopes,
    string[]? Tenants
);

/// <summary>A rotation as recorded.</summary>
public sealed record RotationRecord
{
    /// <summary>Its id.</summary>
    public Guid RotationId { get; init; }

    /// <summary>State of the saga.</summary>
    public string State { get; init; } = "";

    /// <summary>The version that it brings rows to.</summary>
    public int TargetVersion { get; init; }

    /// <summary>Start, by the database's clock.</summary>
    public DateTime StartedAt { get; init; }

    /// <summary>End, by the database's clock; null while it runs.</summary>
    public DateTime? EndedAt { get; init; }
}
