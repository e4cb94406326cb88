using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Scanning;

/// <summary>
/// Schemas, tables and columns that a scan leaves out, each as <c>DATABASE.SCHEMA</c>, <c>DATABASE.SCHEMA.TABLE</c> or
/// <c>DATABASE.SCHEMA.TABLE.COLUMN</c>: the database as the map calls it, the others as findings show them.
/// </summary>
public sealed class SkippedLocations(IReadOnlyList<string> places)
{
    private readonly List<string> met = [];

    /// <summary>No places.</summary>
    public static SkippedLocations None => new([]);

    /// <summary>Places that scans met, in the order of the scans.</summary>
    public IReadOnlyList<string> Met => met;

    /// <summary>Places that no scan met.</summary>
    public IEnumerable<string> Unmet => places.Except(met);

    /// <summary>Returns the name by which a table, or a column of it, is left out.</summary>
    public static string Name(string database, string table, string? column) =>
        column is null ? $"{database}.{table}" : $"{database}.{table}.{column}";

    /// <summary>Returns the name by which all tables of a schema are left out.</summary>
    public static string Name(string database, SqlIdentifier schema) =>
        $"{database}.{new SqlName(null, schema)}";

    /// <summary>Whether a table, or a column of it, is left out; it counts as met then.</summary>
    public bool Has(string database, string table, string? column) => Has(Name(database, table, column));

    /// <summary>Whether all tables of a schema are left out; it counts as met then.</summary>
    public bool Has(string database, SqlIdentifier schema) => Has(Name(database, schema));

    private bool Has(string name)
    {
        if (!places.Contains(name))
            return false;
        if (!met.Contains(name))
            met.Add(name);
        return true;
    }
}
