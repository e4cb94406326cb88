using Npgsql;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Failures;

/// <summary>Failures of rows that claimed a version, recorded by a rotation and not made good since.</summary>
public sealed record StandingFailures
{
    // A failure counts until a later rotation that covered the row has completed. Of a row at that rotation's target version it
    // must have decrypted all rows of the table (RotationTableStore.MarkSuspectAsync), or have met the row again: one of a release
    // that did not mark such tables may have passed over the row, and an earlier schema has no mark. Tables that are no longer in
    // the map count too.
    internal static readonly string NotMadeGood = UntilMadeGood(SameDatabase("t", "f"));

    private static readonly string FindFailures = Find(NotMadeGood);

    // Of a schema that does not tell yet which databases the names led to.
    private static readonly string FindEarlier = Find(UntilMadeGood("t.database_name = f.database_name"));

    /// <summary>
    /// Returns a condition that two rows name the same database: by one name, or by two that each led to one database alone, the
    /// same. A map may call it otherwise since. The pairs do not depend on the rows, so they are read once.
    /// </summary>
    internal static string SameDatabase(string one, string other) =>
        $"""
            ({one}.database_name = {other}.database_name OR ({one}.database_name, {other}.database_name) IN (
                SELECT a.database_name, b.database_name
                FROM rotationmesh.rotated_databases a JOIN rotationmesh.rotated_databases b ON b.identity = a.identity
                WHERE a.identity NOT LIKE '/%'
                  AND NOT EXISTS (
                      SELECT FROM rotationmesh.rotated_databases o
                      WHERE o.database_name = a.database_name AND o.identity <> a.identity)
                  AND NOT EXISTS (
                      SELECT FROM rotationmesh.rotated_databases o
                      WHERE o.database_name = b.database_name AND o.identity <> b.identity)))
            """;

    private static string UntilMadeGood(string sameDatabase) =>
        $"""
            NOT EXISTS (
                SELECT FROM rotationmesh.rotations later
                JOIN rotationmesh.rotation_tables t ON t.rotation_id = later.correlation_id
                WHERE later.correlation_id <> f.rotation_id AND later.started_at > f.recorded_at
                  AND t.table_name = f.table_name AND {sameDatabase}
                  AND CASE WHEN f.version <> later.target_version THEN later.state IN ('Completed', 'CompletedWithFailures')
                           WHEN later.verify = 'counts' THEN false
                           WHEN later.state = 'Completed'
                               THEN coalesce((pg_catalog.to_jsonb(t) ->> 'read_whole')::pg_catalog.bool, false)
                           ELSE later.state = 'CompletedWithFailures' AND EXISTS (
                               SELECT FROM rotationmesh.row_failures n
                               WHERE n.rotation_id = later.correlation_id
                                 AND (n.database_name, n.table_name, n.key_digest) = (t.database_name, f.table_name, f.key_digest))
                      END
                  AND (later.tenants IS NULL OR f.tenant = ANY (later.tenants)))
            """;

    private static string Find(string notMadeGood) =>
        $"""
            SELECT f.rotation_id, f.scope, f.database_name, f.table_name, f.version, f.error = 'AuthenticationFailed' AS any_key,
                   count(*) AS rows
            FROM rotationmesh.row_failures f
            WHERE f.version IS NOT NULL AND {notMadeGood}
            GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
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

    /// <summary>Whether they do not decrypt with the key of that version, and so may need any other.</summary>
    public bool AnyKey { get; init; }

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
        var find = await control.HasAsync("rotated_databases", cancellationToken)
            ? FindFailures
            : FindEarlier;
        return await control.QueryAsync<StandingFailures>(find, null, cancellationToken);
    }

    /// <summary>Forgets failures of tables that no longer exist.</summary>
    internal static Task ForgetAsync(
        NpgsqlConnection connection,
        IEnumerable<StandingFailures> gone,
        CancellationToken cancellationToken
    ) => connection.ExecuteAsync(Forget, gone, cancellationToken);
}
