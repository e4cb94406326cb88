using Npgsql;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Failures;

/// <summary>Failures of rows that claimed a version, recorded by a rotation and not made good since.</summary>
public sealed record StandingFailures
{
    // A failure counts until a later rotation that covered the row has completed. Tables that are no longer in the map count too.
    private const string FindFailures = """
        SELECT f.rotation_id, f.scope, f.database_name, f.table_name, f.version, count(*) AS rows
        FROM rotationmesh.row_failures f JOIN rotationmesh.rotations r ON r.correlation_id = f.rotation_id
        WHERE f.version IS NOT NULL AND NOT EXISTS (
            SELECT FROM rotationmesh.rotations later
            JOIN rotationmesh.rotation_tables t ON t.rotation_id = later.correlation_id
            WHERE later.started_at > r.started_at AND later.state IN ('Completed', 'CompletedWithFailures')
              AND (t.scope, t.database_name, t.table_name) = (f.scope, f.database_name, f.table_name)
              AND (later.tenants IS NULL OR f.tenant = ANY (later.tenants)))
        GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
        """;

    private const string Forget = """
        DELETE FROM rotationmesh.row_failures
        WHERE (rotation_id, scope, database_name, table_name) = (@RotationId, @Scope, @DatabaseName, @TableName)
        """;

    /// <summary>The rotation.</summary>
    public Guid RotationId { get; init; }

    /// <summary>Scope of the table.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Database of the table.</summary>
    public string DatabaseName { get; init; } = "";

    /// <summary>Table as the map named it.</summary>
    public string TableName { get; init; } = "";

    /// <summary>Version that the rows claimed.</summary>
    public long Version { get; init; }

    /// <summary>Rows.</summary>
    public long Rows { get; init; }

    /// <summary>Lists all of them, by rotation, table and the version that the rows claimed.</summary>
    public static async Task<IReadOnlyList<StandingFailures>> ListAsync(
        ControlDatabase control,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        if (
            !await control.HasRecordsAsync(cancellationToken)
            || !await control.HasAsync("row_failures", cancellationToken)
        )
            return [];
        return await control.QueryAsync<StandingFailures>(FindFailures, null, cancellationToken);
    }

    /// <summary>Forgets failures of tables that no longer exist.</summary>
    internal static Task ForgetAsync(
        NpgsqlConnection connection,
        IEnumerable<StandingFailures> gone,
        CancellationToken cancellationToken
    ) => connection.ExecuteAsync(Forget, gone, cancellationToken);
}
