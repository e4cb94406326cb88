namespace RotationMesh.Control.Claims;

/// <summary>
/// Every column that a rotation was ever made for. These records stay, so that the retirement of a key looks at the same values.
/// </summary>
public sealed class RotatedColumns(ControlDatabase control)
{
    // Maps may call one table differently: the names of each are kept. A column that was renamed has its new name alone.
    internal const string Record = """
        INSERT INTO rotationmesh.rotated_columns
            (identity, relation, number, path, database_name, table_name, column_name, rotation_id)
        SELECT DISTINCT mine."Identity", mine."Relation", place."Number", place."Path", mine."DatabaseName", mine."TableName",
               place."Name", @rotationId::uuid
        FROM jsonb_to_recordset(@tables::jsonb) AS mine
            ("DatabaseName" text, "TableName" text, "Identity" text, "Relation" bigint, "Columns" jsonb)
        CROSS JOIN jsonb_to_recordset(coalesce(mine."Columns", '[]')) AS place ("Relation" bigint, "Number" int, "Name" text, "Path" text)
        WHERE mine."Identity" IS NOT NULL AND place."Relation" = mine."Relation"
        ON CONFLICT (identity, relation, number, path, database_name, table_name)
        DO UPDATE SET column_name = excluded.column_name, rotation_id = excluded.rotation_id, claimed_at = excluded.claimed_at
        """;

    // A schema that was not brought forward yet lacks the names.
    private const string List = """
        SELECT c.rotation_id, c.identity, c.relation, c.number, c.path,
               coalesce(to_jsonb(c) ->> 'database_name', '') AS database,
               coalesce(to_jsonb(c) ->> 'table_name', '') AS "table",
               coalesce(to_jsonb(c) ->> 'column_name', '') AS "column"
        FROM rotationmesh.rotated_columns c
        ORDER BY c.claimed_at DESC, c.identity, c.relation, c.number, c.path
        """;

    /// <summary>
    /// Lists all of them, the latest first, each with the last rotation that was made for it; none where an earlier release made the
    /// schema.
    /// </summary>
    public async Task<IReadOnlyList<RotatedColumn>> ListAsync(CancellationToken cancellationToken) =>
        await control.HasAsync("rotated_columns", cancellationToken)
            ? await control.QueryAsync<RotatedColumn>(List, null, cancellationToken)
            : [];
}

/// <summary>A column that a rotation was made for.</summary>
public sealed record RotatedColumn
{
    /// <summary>The rotation.</summary>
    public Guid RotationId { get; init; }

    /// <summary>Identity of the database.</summary>
    public string Identity { get; init; } = "";

    /// <summary>Oid of the table.</summary>
    public long Relation { get; init; }

    /// <summary>Number of the column in its table, which a new name does not change.</summary>
    public int Number { get; init; }

    /// <summary>Name of the database in the rotation's map; empty where it is not known.</summary>
    public string Database { get; init; } = "";

    /// <summary>Name of the table in the rotation's map; empty where it is not known.</summary>
    public string Table { get; init; } = "";

    /// <summary>Name that the column had then; empty where it is not known.</summary>
    public string Column { get; init; } = "";

    /// <summary>Dotted path in the document; empty for the whole value.</summary>
    public string Path { get; init; } = "";
}
