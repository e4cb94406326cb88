using System.Globalization;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Builds tables with one look for all verbs.</summary>
internal static class TableView
{
    /// <summary>Creates a table whose first columns are names, and whose other columns are numbers.</summary>
    public static Table Of(IEnumerable<string> names, IEnumerable<string> numbers)
    {
        var table = new Table().Border(TableBorder.Simple); // side borders would exceed 80 columns
        foreach (var name in names)
            table.AddColumn(new TableColumn(name).Padding(0, 1));
        foreach (var number in numbers)
            table.AddColumn(new TableColumn(number).RightAligned().NoWrap().Padding(0, 1));
        return table;
    }

    /// <summary>Adds a row; its text is escaped, and not read as markup.</summary>
    public static void Add(this Table table, params object?[] cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        table.AddRow([.. cells.Select(cell => Printable.Markup(Text(cell)))]);
    }

    /// <summary>Formats a number with separators between thousands.</summary>
    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(object? cell) =>
        cell switch
        {
            null => "none",
            long number => Number(number),
            int number => Number(number),
            _ => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "",
        };
}
