using System.Globalization;
using Dapper;
using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Control.Ledger;

/// <summary>
/// Until when rows may still be written for a rotation: by attempts that are with workers, and by those that ended without
/// their worker's word. Whether such a time has passed, only the clock of the database it is about can tell.
/// </summary>
public sealed class WriteDeadlines(NpgsqlDataSource source)
{
    // Each of the two is asked of a partial index that holds few partitions, however long the ledger is.
    private const string Latest = """
        SELECT t.rotation_id, t.database_name AS database, pg_catalog.max(d.until) AS until
        FROM rotationmesh.rotations r
        JOIN rotationmesh.sweep_tables t ON t.rotation_id = r.correlation_id AND t.phase = 'rotate'
        CROSS JOIN LATERAL (
            SELECT pg_catalog.max(p.left_until) AS until FROM rotationmesh.partitions p
            WHERE p.sweep_table_id = t.sweep_table_id AND p.left_until IS NOT NULL
            UNION ALL
            SELECT pg_catalog.max(p.write_until) FROM rotationmesh.partitions p
            WHERE p.sweep_table_id = t.sweep_table_id AND p.state = 'dispatched'
        ) d
        """;

    private const string ByDatabase = """
        GROUP BY t.rotation_id, t.database_name HAVING pg_catalog.max(d.until) IS NOT NULL
        ORDER BY t.rotation_id, t.database_name
        """;

    private const string OfRotation = $"{Latest} WHERE r.correlation_id = @rotationId {ByDatabase}";

    internal const string ToVersion =
        $"{Latest} WHERE (r.target_version = @version OR r.target_fingerprint = @fingerprint) {ByDatabase}";

    private const string Forget = """
        UPDATE rotationmesh.partitions p SET left_until = NULL
        FROM rotationmesh.sweep_tables t
        WHERE t.rotation_id = @rotationId AND t.database_name = @database
          AND p.sweep_table_id = t.sweep_table_id AND p.left_until <= @reading
        """;

    private const string Leave = """
        UPDATE rotationmesh.partitions SET left_until = greatest(left_until, @until) WHERE partition_id = @partitionId
        """;

    /// <summary>
    /// Keeps the time of an attempt whatever a worker answers: its command was sent twice, and the answer is of one copy.
    /// </summary>
    public async Task LeaveAsync(long partitionId, DateTime until, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(Leave, new { partitionId, until }, cancellationToken: cancellationToken)
        );
    }

    /// <summary>The latest of a rotation, one for each database where there is any.</summary>
    public Task<IReadOnlyList<WriteDeadline>> ListAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    ) => QueryAsync(OfRotation, new { rotationId }, cancellationToken);

    /// <summary>
    /// The latest of all rotations that bring rows to a version, or to its key under another number, over or not.
    /// </summary>
    public Task<IReadOnlyList<WriteDeadline>> ListToAsync(
        int version,
        string? fingerprint,
        CancellationToken cancellationToken
    ) => QueryAsync(ToVersion, new { version, fingerprint }, cancellationToken);

    /// <summary>Forgets what has passed by a <paramref name="reading"/> of the database's clock.</summary>
    public async Task ForgetAsync(
        Guid rotationId,
        string database,
        DateTime reading,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var values = new
        {
            rotationId,
            database,
            reading,
        };
        await connection.ExecuteAsync(
            new CommandDefinition(Forget, values, cancellationToken: cancellationToken)
        );
    }

    private async Task<IReadOnlyList<WriteDeadline>> QueryAsync(
        string sql,
        object values,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var found = await connection.QueryAsync<WriteDeadline>(
                new CommandDefinition(sql, values, cancellationToken: cancellationToken)
            );
            return found.AsList();
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedColumn)
        {
            return []; // read before the upgrade of a schema in which none was ever handed out
        }
    }
}

/// <summary>The time, by the clock of a database, until which a rotation may write there.</summary>
public sealed record WriteDeadline
{
    /// <summary>The rotation.</summary>
    public Guid RotationId { get; init; }

    /// <summary>The database, as the map names it.</summary>
    public string Database { get; init; } = "";

    /// <summary>In UTC.</summary>
    public DateTime Until { get; init; }

    /// <summary>What is waited for, in words.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"until {Until:yyyy-MM-dd HH:mm:ss} UTC (clock of database {Database}) {Reasons.WriteMayCome}"
        );
}
