namespace RotationMesh.Control.Claims;

/// <summary>
/// A table that a rotation claims: by the names in its map, and by its identity, whatever a map calls it. The identity is
/// null where the database did not answer.
/// </summary>
public sealed record ClaimedTable(string DatabaseName, string TableName)
{
    /// <summary>Identity of the database.</summary>
    public string? Identity { get; init; }

    /// <summary>Oid of the table.</summary>
    public long? Relation { get; init; }

    /// <summary>Oids of the table and of all that inherit from it.</summary>
    public IReadOnlyList<long>? Relations { get; init; }

    /// <summary>Oids of the <see cref="Relations"/>, and of the tables that it inherits from.</summary>
    public IReadOnlyList<long>? Around { get; init; }

    /// <summary>
    /// Names of the tables that hold its rows now, its leaves, by their oids. The table itself is among them with an empty name:
    /// the map's is its name.
    /// </summary>
    public IReadOnlyDictionary<long, string>? Parts { get; init; }

    /// <summary>The columns that the map names, of the table and of each leaf; null where one of them was not found.</summary>
    public IReadOnlyList<ClaimedColumn>? Columns { get; init; }

    /// <summary>How rows tell their tenant; tenants of two claims with different ways can't be compared.</summary>
    public string? Tenancy { get; init; }
}

/// <summary>A column of a table that a rotation claims, or of one of its leaves.</summary>
/// <param name="Relation">Oid of the table or the leaf.</param>
/// <param name="Number">Number of the column there.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Path">Dotted path in the document; empty for the whole value.</param>
public sealed record ClaimedColumn(long Relation, int Number, string Name, string Path);

/// <summary>A database that a rotation claimed.</summary>
public sealed record ClaimedDatabase
{
    /// <summary>The rotation.</summary>
    public Guid RotationId { get; init; }

    /// <summary>Name of the database in the rotation's map.</summary>
    public string Database { get; init; } = "";

    /// <summary>Identity of the database.</summary>
    public string Identity { get; init; } = "";
}
