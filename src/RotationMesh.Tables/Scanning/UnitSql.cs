using System.Globalization;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Scanning;

/// <summary>The query that reads a unit: the whole of it, or its first and last pages and a sample of those between.</summary>
internal sealed class UnitSql
{
    /// <summary>Largest stored value that is read, in bytes; rows with a larger one are counted.</summary>
    public const int LargestValue = 4 << 20;

    /// <summary>Pages that are read at either end of a sampled table: the last written rows are at the end as a rule.</summary>
    private const int EndPages = 32;

    /// <summary>First version of PostgreSQL that reads a range of pages without reading all others.</summary>
    private static readonly Version PageRanges = new(14, 0);

    private readonly ScanUnit unit;
    private readonly double share;

    public UnitSql(ScanUnit unit, ScanDepth depth, Version server)
    {
        this.unit = unit;
        Columns = [.. unit.Read];
        IsWhole = unit.Bytes <= depth.TableBytes || unit.Rows <= depth.WholeRows;
        share = depth.TableBytes / (double)Math.Max(unit.Bytes, 1);
        Text = IsWhole ? Select("") : Sample(server);
    }

    /// <summary>
    /// Indexes of the selected columns in the relation. In the result, a column that tells of left-out values stands before
    /// them.
    /// </summary>
    public IReadOnlyList<int> Columns { get; }

    public bool IsWhole { get; }

    public string Text { get; }

    private string Sample(Version server)
    {
        var percent = Math.Clamp(share * 100, 0.0001, 100).ToString("0.######", CultureInfo.InvariantCulture);
        var tablesample = $" TABLESAMPLE pg_catalog.system ({percent})";
        if (unit.IsTree || server < PageRanges || unit.Pages <= 2 * EndPages)
            return Select(tablesample);
        var first = $"'({EndPages},0)'::pg_catalog.tid";
        var last = $"'({unit.Pages - EndPages},0)'::pg_catalog.tid";
        const string atLeast = "t.ctid OPERATOR(pg_catalog.>=)";
        const string below = "t.ctid OPERATOR(pg_catalog.<)";
        return $"""
            {Select("")} WHERE {atLeast} {last}
            UNION ALL {Select("")} WHERE {below} {first}
            UNION ALL {Select(tablesample)} WHERE {atLeast} {first} AND {below} {last}
            """;
    }

    private string Select(string sample)
    {
        var only = unit.Relation.Kind == "r" ? "ONLY " : "";
        var large = string.Join(" OR ", Judged.Select(column => IsLarge(column)));
        var values = string.Join(", ", Columns.Select(at => Value(Name(at), unit.Relation.MayHold[at])));
        return $"SELECT coalesce({large}, false), {values} FROM {only}{unit.Relation.Table.Quoted} AS t{sample}";
    }

    private IEnumerable<string> Judged => unit.Judged.Select(Name);

    private string Name(int at) => $"t.{new SqlIdentifier(unit.Relation.Names[at]).Quoted}";

    private static string IsLarge(string column) =>
        $"pg_catalog.pg_column_size({column}) OPERATOR(pg_catalog.>) {LargestValue}";

    private static string Value(string column, bool mayBeLarge) =>
        mayBeLarge ? $"CASE WHEN {IsLarge(column)} THEN NULL ELSE {column} END" : column;
}
