namespace RotationMesh.Control.Claims;

/// <summary>
/// Every column that a rotation was ever made for. These records stay, so that the retirement of a key looks at the same values.
/// </summary>
public sealed class RotatedColumns(ControlDatabase control)
{
    // Two names of a map may lead to one table.
    internal const string Record = """
        INSERT INTO rotationmesh.rotated_columns (identity, relation, number, path, rotation_id)
        SELECT DISTINCT mine."Identity", mine."Relation", place."Number", place."Path", @rotationId::uuid
        FROM jsonb_to_recordset(@tables::jsonb) AS mine ("Identity" text, "Relation" bigint, "Columns" jsonb)
        CROSS JOIN jsonb_to_recordset(mine."Columns") AS place ("Number" int, "Path" text)
        WHERE mine."Identity" IS NOT NULL AND mine."Relation" IS NOT NULL
        ON CONFLICT (identity, relation, number, path)
        DO UPDATE SET rotation_id = excluded.rotation_id, claimed_at = excluded.claimed_at
        """;

    private const string List = """
        SELECT rotation_id, identity, relation, number, path FROM rotationmesh.rotated_columns
        ORDER BY identity, relation, number, path
        """;

    /// <summary>Lists all of them, each with the last rotation that was made for it; none where an earlier release made the schema.</summary>
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

    /// <summary>Dotted path in the document; empty for the whole value.</summary>
    public string Path { get; init; } = "";
}
