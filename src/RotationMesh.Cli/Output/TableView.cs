using System.Globalization;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Tables alike for all verbs.</summary>
internal static class TableView
{
    /// <summary>A table whose first columns are names, and whose others are numbers.</summary>
    public static Table Of(IEnumerable<string> names, IEnumerable<string> numbers)
    {
        var table = new Table().Border(TableBorder.Simple); // lines at the sides would not fit into 80 columns
        foreach (var name in names)
            table.AddColumn(new TableColumn(name).Padding(0, 1));
        foreach (var number in numbers)
            table.AddColumn(new TableColumn(number).RightAligned().NoWrap().Padding(0, 1));
        return table;
    }

    /// <summary>Adds a row; text is shown as it is.</summary>
    public static void Add(this Table table, params object?[] cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        table.AddRow([.. cells.Select(cell => Printable.Markup(Text(cell)))]);
    }

    /// <summary>A number with thousands separated.</summary>
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
