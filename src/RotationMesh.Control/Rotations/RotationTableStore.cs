using RotationMesh.Control.Failures;
using RotationMesh.Control.Guards;

namespace RotationMesh.Control.Rotations;

/// <summary>What the censuses of rotations said of their tables, in the control database.</summary>
public sealed class RotationTableStore(ControlDatabase control)
{
    // The opening count is of the first census and stays: what was rotated is told by the difference.
    private const string Upsert = """
        INSERT INTO rotationmesh.rotation_tables
            (rotation_id, scope, database_name, table_name, opening_pending, stored, pending, external_rows,
             opening_empty, empty_rows, sparse)
        SELECT @rotationId, scope, database_name, table_name, pending, stored, pending, external_rows,
               empty_rows, empty_rows, sparse::pg_catalog.jsonb
        FROM unnest(@scopes, @databases, @tables, @stored, @pending, @external, @empty, @sparse)
             AS c (scope, database_name, table_name, stored, pending, external_rows, empty_rows, sparse)
        ON CONFLICT (rotation_id, scope, database_name, table_name)
        DO UPDATE SET stored = excluded.stored, pending = excluded.pending, external_rows = excluded.external_rows,
                      empty_rows = excluded.empty_rows, sparse = excluded.sparse,
                      counted_at = now()
        """;

    private const string List = """
        SELECT scope, database_name AS database, table_name AS table, opening_pending, stored, pending,
               external_rows AS external, opening_empty, empty_rows AS empty, sparse::pg_catalog.text AS sparse_text,
               read_whole
        FROM rotationmesh.rotation_tables WHERE rotation_id = @rotationId
        """;

    private static readonly string MarkSuspect = $"""
        UPDATE rotationmesh.rotation_tables own SET read_whole = true
        WHERE own.rotation_id = @rotationId AND NOT own.read_whole AND EXISTS (
            SELECT FROM rotationmesh.row_failures f
            WHERE (f.database_name, f.table_name) = (own.database_name, own.table_name) AND f.version = @version
              AND {StandingFailures.NotMadeGood})
        """;

    /// <summary>
    /// Marks the tables to read wholly in which this rotation or others met rows at that version that do not decrypt, and
    /// that were not made good since. Call it before failures are forgotten.
    /// </summary>
    public static Task MarkSuspectAsync(
        HeldWork held,
        Guid rotationId,
        long version,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        return held.ExecuteAsync(MarkSuspect, new { rotationId, version }, cancellationToken);
    }

    /// <summary>
    /// Records a census, over the session that holds the guard; of a table's first one the pending rows are kept as its
    /// opening count.
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
            },
            cancellationToken
        );
    }

    /// <summary>The last census of each table that was ever counted.</summary>
    public Task<IReadOnlyList<TableCount>> ListAsync(Guid rotationId, CancellationToken cancellationToken) =>
        control.QueryAsync<TableCount>(List, new { rotationId }, cancellationToken);
}
