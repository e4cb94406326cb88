using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Control;

/// <summary>Rotations in the control database.</summary>
public sealed class RotationStore(NpgsqlDataSource source)
{
    private const string Insert = """
        INSERT INTO rotationmesh.rotations
            (correlation_id, state, target_version, target_fingerprint, map_hash, scopes, tenants)
        VALUES (@RotationId, 'Rotating', @TargetVersion, @TargetFingerprint, @MapHash, @Scopes, @Tenants)
        """;

    private const string End = """
        UPDATE rotationmesh.rotations SET state = @state, ended_at = now(), summary = @summary::jsonb
        WHERE correlation_id = @rotationId AND ended_at IS NULL
        """;

    private const string Summarize = """
        UPDATE rotationmesh.rotations SET summary = @summary::jsonb WHERE correlation_id = @rotationId
        """;

    private const string FindClosing = """
        SELECT summary::text AS summary, ended_at - started_at AS elapsed FROM rotationmesh.rotations
        WHERE correlation_id = @rotationId AND summary IS NOT NULL AND ended_at IS NOT NULL
        """;

    private const string FindLatest = """
        SELECT correlation_id AS rotation_id, state, target_version, started_at, ended_at FROM rotationmesh.rotations
        ORDER BY started_at DESC LIMIT 1
        """;

    private const string FindById = """
        SELECT correlation_id AS rotation_id, state, target_version, started_at, ended_at FROM rotationmesh.rotations
        WHERE correlation_id = @rotationId
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

    /// <summary>Keeps the closing totals of a rotation that the saga ends; <paramref name="summary"/> is JSON.</summary>
    public Task SummarizeAsync(Guid rotationId, string summary, CancellationToken cancellationToken) =>
        ExecuteAsync(Summarize, new { rotationId, summary }, cancellationToken);

    /// <summary>The closing totals as JSON, and how long the rotation took by the database's clock; null before its end.</summary>
    public async Task<RotationClosing?> FindClosingAsync(Guid rotationId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<RotationClosing>(
            new CommandDefinition(FindClosing, new { rotationId }, cancellationToken: cancellationToken)
        );
    }

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

/// <summary>Closing totals of a rotation.</summary>
public sealed record RotationClosing
{
    /// <summary>Totals as JSON.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Time from start to end.</summary>
    public TimeSpan Elapsed { get; init; }
}

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
