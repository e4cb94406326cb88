using System.Text.Json;
using RotationMesh.Control.Guards;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Rows;

namespace RotationMesh.Control.Rotations;

/// <summary>What the censuses of rotations said of their tables, in the control database.</summary>
public sealed class RotationTableStore(ControlDatabase control)
{
    // The opening counts are of the first census and stay: what was rotated is told by the difference.
    private const string Upsert = """
        INSERT INTO rotationmesh.rotation_tables
            (rotation_id, scope, database_name, table_name, opening_pending, stored, pending, external_rows,
             opening_empty, empty_rows, sparse, opening_stored, columns, identity)
        SELECT @rotationId, scope, database_name, table_name, pending, stored, pending, external_rows,
               empty_rows, empty_rows, sparse::pg_catalog.jsonb, stored,
               ARRAY(SELECT pg_catalog.jsonb_array_elements_text(columns::pg_catalog.jsonb)),
               (SELECT own.identity FROM rotationmesh.claims own
                WHERE own.rotation_id = @rotationId
                  AND (own.database_name, own.table_name) = (c.database_name, c.table_name))
        FROM unnest(@scopes, @databases, @tables, @stored, @pending, @external, @empty, @sparse, @columns)
             AS c (scope, database_name, table_name, stored, pending, external_rows, empty_rows, sparse, columns)
        ON CONFLICT (rotation_id, scope, database_name, table_name)
        DO UPDATE SET stored = excluded.stored, pending = excluded.pending, external_rows = excluded.external_rows,
                      empty_rows = excluded.empty_rows, sparse = excluded.sparse, columns = excluded.columns,
                      identity = coalesce(rotation_tables.identity, excluded.identity), counted_at = now()
        """;

    private const string List = """
        SELECT scope, database_name AS database, table_name AS table, opening_pending, stored, pending,
               external_rows AS external, opening_empty, empty_rows AS empty, sparse::pg_catalog.text AS sparse_text,
               read_whole, leaves, opening_stored, reading_start
        FROM rotationmesh.rotation_tables WHERE rotation_id = @rotationId
        """;

    private const string RecordLeaves = """
        UPDATE rotationmesh.rotation_tables SET leaves = @leaves, reading_start = @start
        WHERE rotation_id = @rotationId AND (scope, database_name, table_name) = (@scope, @database, @table)
        """;

    // As SummaryStore.Write: what another process has concluded keeps its marks.
    private const string MarkUnread = """
        UPDATE rotationmesh.rotation_tables t
        SET unread = (t.scope, t.database_name, t.table_name) IN (
            SELECT m.scope, m.database_name, m.table_name
            FROM unnest(@scopes, @databases, @tables) AS m (scope, database_name, table_name))
        WHERE t.rotation_id = @RotationId AND EXISTS (
            SELECT FROM rotationmesh.rotations r
            WHERE r.correlation_id = @RotationId AND r.sweep = @Sweep AND r.state = @State AND NOT r.concluded
              AND r.audit_sequence IS NOT DISTINCT FROM @AuditSequence)
        """;

    private const string MarkWhole = """
        UPDATE rotationmesh.rotation_tables t SET read_whole = true
        FROM unnest(@scopes, @databases, @tables) AS m (scope, database_name, table_name)
        WHERE t.rotation_id = @rotationId
          AND (t.scope, t.database_name, t.table_name) = (m.scope, m.database_name, m.table_name)
        """;

    /// <summary>
    /// Records a census, over the session that holds the guard; the numbers of a table's first one are kept as its opening
    /// counts.
    /// </summary>
    public static async Task RecordAsync(
        HeldWork held,
        Guid rotationId,
        IReadOnlyList<TableCount> tables,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(tables);
        if (tables.Count == 0)
            return;
        await held.ExecuteAsync(
            Upsert,
            new
            {
                rotationId,
                scopes = tables.Select(table => table.Scope).ToArray(),
                databases = tables.Select(table => table.Database).ToArray(),
                tables = tables.Select(table => table.Table).ToArray(),
                stored = tables.Select(table => table.Stored).ToArray(),
                pending = tables.Select(table => table.Pending).ToArray(),
                external = tables.Select(table => table.External).ToArray(),
                empty = tables.Select(table => table.Empty).ToArray(),
                sparse = tables.Select(table => table.SparseText).ToArray(),
                columns = tables.Select(table => JsonSerializer.Serialize(table.Columns)).ToArray(),
            },
            cancellationToken
        );
    }

    /// <summary>
    /// Marks the tables of a rotation by which no failure is made good, and no others: it is not sure that all their rows were read, or
    /// rows with recorded failures, of any rotation, are in tables that are detached now. Does nothing where the rotation has moved on
    /// since it was <paramref name="counted"/>.
    /// </summary>
    public static Task MarkUnreadAsync(
        HeldWork held,
        RunningRotation counted,
        IReadOnlyCollection<TableName> tables,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(counted);
        ArgumentNullException.ThrowIfNull(tables);
        return held.ExecuteAsync(
            MarkUnread,
            new
            {
                counted.RotationId,
                counted.Sweep,
                counted.State,
                counted.AuditSequence,
                scopes = tables.Select(table => table.Scope).ToArray(),
                databases = tables.Select(table => table.Database).ToArray(),
                tables = tables.Select(table => table.Table).ToArray(),
            },
            cancellationToken
        );
    }

    /// <summary>Marks tables of a rotation that the next verification reads wholly.</summary>
    public static Task MarkWholeAsync(
        HeldWork held,
        Guid rotationId,
        IReadOnlyCollection<TableName> tables,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(tables);
        return tables.Count == 0
            ? Task.CompletedTask
            : held.ExecuteAsync(
                MarkWhole,
                new
                {
                    rotationId,
                    scopes = tables.Select(table => table.Scope).ToArray(),
                    databases = tables.Select(table => table.Database).ToArray(),
                    tables = tables.Select(table => table.Table).ToArray(),
                },
                cancellationToken
            );
    }

    /// <summary>
    /// Records the leaves of a table, as <see cref="LeafList"/> writes them, and the moment before they were listed; null where
    /// no row of it is to be planned. Call it before verification of it is planned.
    /// </summary>
    public static Task RecordLeavesAsync(
        HeldWork held,
        Guid rotationId,
        TableName table,
        LeafList? leaves,
        ReadingStart? start,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        return held.ExecuteAsync(
            RecordLeaves,
            new
            {
                rotationId,
                scope = table.Scope,
                database = table.Database,
                table = table.Table,
                leaves = leaves?.ToText(),
                start = start?.ToText(),
            },
            cancellationToken
        );
    }

    /// <summary>The last census of each table that was ever counted.</summary>
    public Task<IReadOnlyList<TableCount>> ListAsync(Guid rotationId, CancellationToken cancellationToken) =>
        control.QueryAsync<TableCount>(List, new { rotationId }, cancellationToken);
}
