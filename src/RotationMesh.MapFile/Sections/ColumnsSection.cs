using RotationMesh.Core.Map;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads <c>columns</c> of a table: the encrypted columns by name.</summary>
internal static class ColumnsSection
{
    internal static readonly KeySet Keys = new(
        Required: ["format", "context"],
        Optional: ["path", "mostlyEmpty"]
    );

    /// <summary>
    /// Reads the columns in the order of the file, at least one. <paramref name="mostlyEmpty"/> is the table's setting,
    /// for columns without one of their own.
    /// </summary>
    public static IReadOnlyList<ColumnEntry> Read(MapNode node, DeclaredNames declared, bool mostlyEmpty)
    {
        ColumnEntry[] columns = [.. node.Entries().Select(entry => Read(entry, declared, mostlyEmpty))];
        return columns.Length > 0
            ? columns
            : throw node.Fault($"{node.Name} is empty: name at least one encrypted column");
    }

    private static ColumnEntry Read(MapEntry entry, DeclaredNames declared, bool mostlyEmpty)
    {
        var fields = entry.Value.Fields(Keys);
        return new ColumnEntry(
            SqlNames.Column(entry),
            declared.Format(fields.Required("format")),
            fields.Required("context").Text().Value,
            fields.Optional("path") is { } path ? JsonPathText.Read(path) : null,
            entry.Value.Line
        )
        {
            WrittenPath =
                fields.Optional("path") is { IsEmptyText: false } written
                && written.Text() is { IsFromVariable: true } variable
                    ? Quotation.Part(variable.Written)
                    : null,
            MostlyEmpty = fields.Optional("mostlyEmpty") is { } own ? Flags.Read(own) : mostlyEmpty,
        };
    }
}
