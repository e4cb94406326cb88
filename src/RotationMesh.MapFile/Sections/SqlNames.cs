using RotationMesh.Core.Map;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads names of the database; a fault names its place in the map.</summary>
internal static class SqlNames
{
    private const string TableFix = "write name, schema.name or \"Odd Name\" in double quotes";
    private const string ColumnFix = "write the column's name as the database holds it";

    /// <summary>Reads the name of a table, written as in SQL.</summary>
    public static SqlName Table(MapNode node)
    {
        var text = node.Text();
        try
        {
            return SqlName.Parse(text.Value);
        }
        catch (FormatException reason)
        {
            throw node.Fault($"{Reason(text.MayBeShown, "a table", reason)}: {TableFix}");
        }
    }

    /// <summary>Reads the name of a column from a value.</summary>
    public static SqlIdentifier Column(MapNode node)
    {
        var text = node.Text();
        return Column(text.Value, text.MayBeShown, node, text.Variable);
    }

    /// <summary>Reads the name of a column from a key of the map.</summary>
    public static SqlIdentifier Column(MapEntry entry) =>
        Column(entry.Key, Quotation.MayBeShown(entry.Key), entry.Value);

    private static SqlIdentifier Column(string name, bool mayBeShown, MapNode node, string? written = null)
    {
        try
        {
            return new SqlIdentifier(name, written);
        }
        catch (FormatException reason)
        {
            throw node.Fault($"{Reason(mayBeShown, "a column", reason)}: {ColumnFix}");
        }
    }

    // The reason quotes the name, so it is left out where the name must not be shown.
    private static string Reason(bool mayBeShown, string what, FormatException reason) =>
        mayBeShown ? $"not the name of {what}, {reason.Message}" : $"not the name of {what}";
}
