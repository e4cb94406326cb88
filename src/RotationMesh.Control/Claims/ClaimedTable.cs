namespace RotationMesh.Control.Claims;

/// <summary>
/// A table that a rotation claims: by the names that its map gives it, and by what it is, whatever a map calls it. The
/// latter is null where its database did not answer.
/// </summary>
public sealed record ClaimedTable(string DatabaseName, string TableName)
{
    /// <summary>Identity of the database.</summary>
    public string? Identity { get; init; }

    /// <summary>Oids of the table and of all that inherit from it.</summary>
    public IReadOnlyList<long>? Relations { get; init; }

    /// <summary>Those, and the tables that it inherits from.</summary>
    public IReadOnlyList<long>? Around { get; init; }

    /// <summary>How rows tell their tenant: tenants of claims with another way can't be compared.</summary>
    public string? Tenancy { get; init; }
}

/// <summary>The database of a rotation's claim.</summary>
public sealed record ClaimedDatabase
{
    /// <summary>The rotation.</summary>
    public Guid RotationId { get; init; }

    /// <summary>As its map names the database.</summary>
    public string Database { get; init; } = "";

    /// <summary>Which one it is.</summary>
    public string Identity { get; init; } = "";
}
