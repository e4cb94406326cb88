using RotationMesh.Core;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>The databases and formats that the map declares, for tables and columns to refer to.</summary>
internal sealed record DeclaredNames(IReadOnlyList<string> Databases, IReadOnlyList<string> Formats)
{
    /// <summary>
    /// Returns the database that a table names in <paramref name="node"/>; where it names none, the map's only one.
    /// <paramref name="table"/> is the node of the table. Throws a fault for a name that is not declared, or where the
    /// map has several databases.
    /// </summary>
    public string Database(MapNode? node, MapNode table) =>
        node is not null ? Declared(node, "database", Databases)
        : Databases is [var only] ? only
        : throw table.Fault(
            $"the key 'database' is missing in {table.Name}: with several databases a table names its own ({Listed(Databases)})"
        );

    /// <summary>Returns the format that a column names. Throws a fault for a name that is not declared.</summary>
    public string Format(MapNode node) => Declared(node, "format", Formats);

    private static string Declared(MapNode node, string what, IReadOnlyList<string> declared)
    {
        var text = node.Text();
        if (declared.Contains(text.Value))
            return text.Value;
        var hint = text.MayBeShown ? NearNames.Hint(text.Value, declared.Where(Quotation.MayBeShown)) : "";
        throw node.Fault($"the {what} {text.Quoted} is not declared.{hint} Declared: {Listed(declared)}");
    }

    private static string Listed(IReadOnlyList<string> names) =>
        string.Join(", ", names.Select(Quotation.Part));
}
