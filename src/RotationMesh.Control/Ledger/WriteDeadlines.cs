using System.Globalization;
using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Control.Ledger;

/// <summary>
/// Reads until when rows may still be written for a rotation: by attempts that are with workers, and by attempts that ended
/// without their worker's word. Only the clock of the database that is written can tell whether a deadline has passed.
/// </summary>
public sealed class WriteDeadlines(ControlDatabase control)
{
    // Each of the two subqueries uses a partial index that holds few partitions, however long the ledger is.
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
    /// Keeps the deadline of an attempt whatever a worker answers: its command was sent twice, and only one copy answered.
    /// </summary>
    public Task LeaveAsync(long partitionId, DateTime until, CancellationToken cancellationToken) =>
        control.ExecuteAsync(Leave, new { partitionId, until }, cancellationToken);

    /// <summary>Returns the latest deadline of a rotation in each database that has one.</summary>
    public Task<IReadOnlyList<WriteDeadline>> ListAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    ) => QueryAsync(OfRotation, new { rotationId }, cancellationToken);

    /// <summary>
    /// Returns the latest deadlines of all rotations, over or not, that bring rows to a version, or to its key under another
    /// number: one for each rotation and database.
    /// </summary>
    public Task<IReadOnlyList<WriteDeadline>> ListToAsync(
        int version,
        string? fingerprint,
        CancellationToken cancellationToken
    ) => QueryAsync(ToVersion, new { version, fingerprint }, cancellationToken);

    /// <summary>
    /// Drops the deadlines of ended attempts that have passed, by a <paramref name="reading"/> of the database's clock.
    /// </summary>
    public async Task ForgetAsync(
        Guid rotationId,
        string database,
        DateTime reading,
        CancellationToken cancellationToken
    )
    {
        var values = new
        {
            rotationId,
            database,
            reading,
        };
        await control.ExecuteAsync(Forget, values, cancellationToken);
    }

    private async Task<IReadOnlyList<WriteDeadline>> QueryAsync(
        string sql,
        object values,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await control.QueryAsync<WriteDeadline>(sql, values, cancellationToken);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedColumn)
        {
            return []; // the schema is not upgraded yet, and its release set no deadlines
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

    /// <summary>The deadline, in UTC.</summary>
    public DateTime Until { get; init; }

    /// <summary>Says in words what is waited for.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"until {Until:yyyy-MM-dd HH:mm:ss} UTC (clock of database {Database}) {Reasons.WriteMayCome}"
        );
}
