namespace RotationMesh.Control.Claims;

/// <summary>
/// Every table that a rotation was ever made for. These records stay, so that the retirement of a key looks at the same tables.
/// </summary>
public sealed class RotatedTables(ControlDatabase control)
{
    // Keeps the latest rotation, the one that an operator finds in the list.
    internal const string Record = $"""
        INSERT INTO rotationmesh.rotated_tables (database_name, table_name, identity, relation, rotation_id)
        SELECT DISTINCT mine."DatabaseName", mine."TableName", mine."Identity", mine."Relation", @rotationId
        FROM {RotationLocks.Mine} WHERE mine."Identity" IS NOT NULL AND mine."Relation" IS NOT NULL
        ON CONFLICT (identity, relation, database_name, table_name)
        DO UPDATE SET rotation_id = excluded.rotation_id, claimed_at = excluded.claimed_at
        """;

    // A coordinator of an earlier release that plans a rotation records its tables in its rotation alone.
    private const string List = """
        SELECT rotation_id, database, "table", identity, relation
        FROM (SELECT rotation_id, database_name AS database, table_name AS "table", identity, relation, claimed_at
              FROM rotationmesh.rotated_tables
              UNION ALL
              (SELECT DISTINCT ON (t.database_name, t.table_name)
                      t.rotation_id, t.database_name, t.table_name, '', 0, t.counted_at
               FROM rotationmesh.rotation_tables t
               WHERE EXISTS (SELECT FROM rotationmesh.sweeps s WHERE s.rotation_id = t.rotation_id)
                 AND NOT EXISTS (SELECT FROM rotationmesh.rotated_tables r
                                 WHERE (r.database_name, r.table_name) = (t.database_name, t.table_name))
               ORDER BY t.database_name, t.table_name, t.counted_at DESC)) AS known
        ORDER BY claimed_at DESC
        """;

    // Of a schema that was not brought forward yet.
    private const string ListEarlier = """
        SELECT DISTINCT ON (database_name, table_name) rotation_id, database_name AS database, table_name AS table
        FROM rotationmesh.rotation_tables ORDER BY database_name, table_name, counted_at DESC
        """;

    /// <summary>Lists all of them, the latest first, each with the last rotation that was made for it.</summary>
    public async Task<IReadOnlyList<RotatedTable>> ListAsync(CancellationToken cancellationToken)
    {
        if (await control.HasAsync("rotated_tables", cancellationToken))
            return await control.QueryAsync<RotatedTable>(List, null, cancellationToken);
        return await control.HasAsync("rotation_tables", cancellationToken)
            ? await control.QueryAsync<RotatedTable>(ListEarlier, null, cancellationToken)
            : [];
    }
}

/// <summary>A table that a rotation was made for.</summary>
public sealed record RotatedTable
{
    /// <summary>The rotation.</summary>
    public Guid RotationId { get; init; }

    /// <summary>Name of the database in the rotation's map.</summary>
    public string Database { get; init; } = "";

    /// <summary>Name of the table in the rotation's map.</summary>
    public string Table { get; init; } = "";

    /// <summary>Identity of the database; empty where it is not known.</summary>
    public string Identity { get; init; } = "";

    /// <summary>Oid of the table; 0 where an earlier release recorded it.</summary>
    public long Relation { get; init; }
}
