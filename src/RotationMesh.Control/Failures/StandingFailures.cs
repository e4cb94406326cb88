using Npgsql;
using RotationMesh.Control.Claims;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Failures;

/// <summary>Failures of rows that claimed a version, recorded by a rotation and not made good since.</summary>
public sealed record StandingFailures
{
    // A failure counts until a later rotation has read the row: one that covered it, in the same table of the same database, and all
    // its values. Of a row at that rotation's target version it must have decrypted all rows of the table
    // (SuspectTables.MarkAsync), or have met the row again: one of a release that did not mark such tables may have
    // passed over the row. Where rows were left at the end, each must be a failure that it recorded. Tables that are no longer in the
    // map count too. Migration 0039 says the same of failures that are old.
    internal const string NotMadeGood = """
        NOT EXISTS (
            SELECT FROM readings r
            WHERE (r.rotation_id, r.scope, r.database_name, r.table_name)
                = (f.rotation_id, f.scope, f.database_name, f.table_name)
              AND NOT r.unread AND r.started_at > f.recorded_at AND (r.tenants IS NULL OR f.tenant = ANY (r.tenants))
              AND CASE WHEN f.version = r.target_version AND r.verify = 'counts' THEN false
                       WHEN r.state = 'Completed' THEN f.version <> r.target_version OR r.read_whole
                       ELSE (f.version <> r.target_version AND r.all_recorded) OR EXISTS (
                           SELECT FROM rotationmesh.row_failures n
                           WHERE (n.rotation_id, n.scope, n.database_name, n.table_name, n.key_digest)
                               = (r.later_id, r.later_scope, r.later_database, f.table_name, f.key_digest))
                  END)
        """;

    private static readonly string Find = $"""
        WITH {Readings(
            "own.identity = ANY (@moved) OR (own.identity IS NULL AND f.database_name = ANY (@movedNames))"
        )}
        SELECT f.rotation_id, f.scope, f.database_name, f.table_name, f.version, f.error = 'AuthenticationFailed' AS any_key,
               coalesce(own.columns, '{Nothing}') AS columns,
               coalesce(bool_or(partly.latest > f.recorded_at), false) AS is_read_partly, count(*) AS rows
        FROM rotationmesh.row_failures f
        LEFT JOIN rotationmesh.rotation_tables own USING (rotation_id, scope, database_name, table_name)
        LEFT JOIN (
            SELECT r.rotation_id, r.scope, r.database_name, r.table_name, max(r.started_at) AS latest
            FROM readings r WHERE r.unread AND r.state = 'Completed' GROUP BY 1, 2, 3, 4) AS partly
            USING (rotation_id, scope, database_name, table_name)
        WHERE f.version IS NOT NULL AND {NotMadeGood}
        GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
        """;

    private const string Nothing = "{}";

    /// <summary>
    /// Returns the term <c>readings</c> of a WITH: the tables of later rotations that are those of failures, by
    /// <see cref="SamePlace"/>, or by their names where <paramref name="isMoved"/> holds.
    /// </summary>
    internal static string Readings(string isMoved = "false") =>
        $"""
            readings AS MATERIALIZED (
                SELECT f.rotation_id, f.scope, f.database_name, f.table_name, later.correlation_id AS later_id,
                       t.scope AS later_scope, t.database_name AS later_database, later.started_at, later.tenants, later.target_version, later.state,
                       later.verify, t.read_whole, t.unread,
                       later.state = 'CompletedWithFailures' AND t.pending <= (
                           SELECT count(*) FROM rotationmesh.row_failures n
                           WHERE (n.rotation_id, n.scope, n.database_name, n.table_name)
                               = (t.rotation_id, t.scope, t.database_name, t.table_name)
                             AND n.version IS DISTINCT FROM later.target_version AND NOT n.read_again) AS all_recorded
                FROM (SELECT DISTINCT rotation_id, scope, database_name, table_name
                      FROM rotationmesh.row_failures WHERE version IS NOT NULL) f
                LEFT JOIN rotationmesh.rotation_tables own USING (rotation_id, scope, database_name, table_name)
                JOIN rotationmesh.rotation_tables t ON t.table_name = f.table_name AND t.rotation_id <> f.rotation_id
                JOIN rotationmesh.rotations later ON later.correlation_id = t.rotation_id
                WHERE later.state IN ('Completed', 'CompletedWithFailures')
                  AND ({SamePlace.Of("f", "own", "t")}
                       OR (t.database_name = f.database_name AND ({isMoved})
                           AND (own.columns IS NULL OR coalesce(own.columns <@ t.columns, false)))))
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

    /// <summary>Columns that the rotation read, with the path in a document; none where an earlier release recorded the failures.</summary>
    public string[] Columns { get; init; } = [];

    /// <summary>
    /// Whether a later rotation of the table has completed that did not read these rows: parts of the table were detached from it.
    /// </summary>
    public bool IsReadPartly { get; init; }

    /// <summary>Rows.</summary>
    public long Rows { get; init; }

    /// <summary>
    /// Lists all of them, by rotation, table and the version that the rows claimed; of <paramref name="moved"/> databases, those that no
    /// later rotation of another database with the same names made good. Throws <see cref="Core.UsageException"/> where an earlier
    /// release made the schema: it does not tell what made failures good.
    /// </summary>
    public static async Task<IReadOnlyList<StandingFailures>> ListAsync(
        ControlDatabase control,
        IReadOnlyList<ClaimedDatabase> moved,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(moved);
        var values = new
        {
            moved = moved.Select(database => database.Identity).ToArray(),
            movedNames = moved.Select(database => database.Database).ToArray(),
        };
        return await control.HasCurrentRecordsAsync(cancellationToken)
            ? await control.QueryAsync<StandingFailures>(Find, values, cancellationToken)
            : [];
    }

    /// <summary>Forgets failures of tables that no longer exist.</summary>
    internal static Task ForgetAsync(
        NpgsqlConnection connection,
        IEnumerable<StandingFailures> gone,
        CancellationToken cancellationToken
    ) => connection.ExecuteAsync(Forget, gone, cancellationToken);
}
