using System.Globalization;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Scanning;

/// <summary>Says what a scan looked at and found, and never more.</summary>
internal static class ScanWords
{
    /// <summary>Most names in a line; the document has all of them.</summary>
    private const int Listed = 5;

    /// <summary>Says how much of a table was looked at.</summary>
    public static string LookedAt(ScannedTable table)
    {
        var rows = table switch
        {
            { Whole: true } => $"looked at {Number(table.RowsLookedAt)} of {Number(table.RowsLookedAt)} rows",
            { Rows: { } all } =>
                $"looked at a sample of {Number(table.RowsLookedAt)} of about {Number(all)} rows",
            _ => $"looked at {Number(table.RowsLookedAt)} rows, of a number that is not known",
        };
        if (table.CutShort)
            rows += ", until its time was used up";
        if (table.RowsWithLargeValues > 0)
            rows +=
                $"; {Number(table.RowsWithLargeValues)} of them have a value that is too large to be read";
        if (table.RowSecurity)
            rows += "; row-level security may hide others";
        return $"{rows}: {List([.. table.Columns.Select(column => column.Column)])}";
    }

    /// <summary>Names the place of envelopes: schema, table, column and path.</summary>
    public static string Place(ScannedTable table, FoundDocument found) =>
        Place(table, found.Column, found.Path);

    /// <summary>Names a place in a table.</summary>
    public static string Place(ScannedTable table, string column, string? path) =>
        $"{table.Table}.{column}{(path is null ? "" : $" at path {path}")}";

    /// <summary>Says how many values look like envelopes or decrypt, among those that were looked at.</summary>
    public static string What(ScannedTable table, FoundDocument found)
    {
        var among = table.Whole
            ? $"in {Number(table.RowsLookedAt)} rows"
            : $"in the {Number(table.RowsLookedAt)} rows that were looked at";
        if (found.Opened.Count == 0)
            return $"{Number(found.LookLikeEnvelopes)} of {Number(found.Values)} values look like envelopes {among}, and no key that was tried opens them";
        var opened = found.Opened.Select(opened =>
            $"{Number(opened.Values)} under context {opened.Context} with key version {opened.Version}"
        );
        return $"of {Number(found.Values)} values {among}, {string.Join(" and ", opened)} {(found.Opened is [{ Values: 1 }] ? "decrypts" : "decrypt")}";
    }

    /// <summary>Names what was not looked at.</summary>
    public static string Name(UnscannedDocument left) =>
        left.Column is { } column ? $"{left.Table}.{column}" : left.Table;

    /// <summary>Lists the first names, and says how many more there are.</summary>
    public static string List(IReadOnlyList<string> names) => SomeNames.Of(names, Listed);

    /// <summary>Writes a number with thousands separators.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
