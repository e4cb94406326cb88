using Npgsql;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Failures;

/// <summary>Failures of rows that claimed a version, recorded by a rotation and not made good since.</summary>
public sealed record StandingFailures
{
    // A failure counts until a later rotation has read the row: one that covered it, in the same table of the same database, and all
    // its values. Of a row at that rotation's target version it must have decrypted all rows of the table
    // (RotationTableStore.MarkSuspectAsync), or have met the row again: one of a release that did not mark such tables may have
    // passed over the row. Where rows were left at the end, only the row itself shows that it was read. Tables that are no longer in
    // the map count too. Migration 0039 says the same of failures that are old.
    internal static readonly string NotMadeGood = $"NOT {MadeGood(SamePlace.Of("f", "failed", "t"))}";

    private static readonly string Find = $"""
        SELECT f.rotation_id, f.scope, f.database_name, f.table_name, f.version, f.error = 'AuthenticationFailed' AS any_key,
               coalesce(own.identity, '') AS identity, {MadeGood(
            SamePlace.ByNames("f", "t")
        )} AS is_good_by_names,
               count(*) AS rows
        FROM rotationmesh.row_failures f
        LEFT JOIN rotationmesh.rotation_tables own USING (rotation_id, scope, database_name, table_name)
        WHERE f.version IS NOT NULL AND {NotMadeGood}
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
        """;

    private static string MadeGood(string samePlace) =>
        $"""
            EXISTS (
                SELECT FROM rotationmesh.rotations later
                JOIN rotationmesh.rotation_tables t ON t.rotation_id = later.correlation_id
                LEFT JOIN rotationmesh.rotation_tables failed
                  ON (failed.rotation_id, failed.scope, failed.database_name, failed.table_name)
                   = (f.rotation_id, f.scope, f.database_name, f.table_name)
                WHERE later.correlation_id <> f.rotation_id AND later.started_at > f.recorded_at
                  AND later.state IN ('Completed', 'CompletedWithFailures') AND {samePlace}
                  AND CASE WHEN f.version = later.target_version AND later.verify = 'counts' THEN false
                           WHEN later.state = 'Completed' THEN f.version <> later.target_version OR t.read_whole
                           ELSE (f.version <> later.target_version AND t.pending = 0) OR EXISTS (
                               SELECT FROM rotationmesh.row_failures n
                               WHERE n.rotation_id = later.correlation_id
                                 AND (n.database_name, n.table_name, n.key_digest) = (t.database_name, f.table_name, f.key_digest))
                      END
                  AND (later.tenants IS NULL OR f.tenant = ANY (later.tenants)))
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

    /// <summary>Identity of the database; empty where an earlier release recorded the failures.</summary>
    public string Identity { get; init; } = "";

    /// <summary>Whether a later rotation made them good in a table of that name, of another database.</summary>
    public bool IsGoodByNames { get; init; }

    /// <summary>Rows.</summary>
    public long Rows { get; init; }

    /// <summary>
    /// Lists all of them, by rotation, table and the version that the rows claimed. Throws <see cref="Core.UsageException"/> where an
    /// earlier release made the schema: it does not tell what made failures good.
    /// </summary>
    public static async Task<IReadOnlyList<StandingFailures>> ListAsync(
        ControlDatabase control,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        return await control.HasCurrentRecordsAsync(cancellationToken)
            ? await control.QueryAsync<StandingFailures>(Find, null, cancellationToken)
            : [];
    }

    /// <summary>Forgets failures of tables that no longer exist.</summary>
    internal static Task ForgetAsync(
        NpgsqlConnection connection,
        IEnumerable<StandingFailures> gone,
        CancellationToken cancellationToken
    ) => connection.ExecuteAsync(Forget, gone, cancellationToken);
}
