using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Warns of declared columns with a value in few rows: the map may name the wrong column.</summary>
internal static class SparseView
{
    /// <summary>Writes a line for each such column.</summary>
    public static void Show(IAnsiConsole console, IEnumerable<TableDocument> tables)
    {
        foreach (var table in tables)
        foreach (var column in table.Sparse)
            console.Warn(
                $"{table.Table}: only {TableView.Number(column.Values)} of {TableView.Number(column.Rows)} rows hold a value in column {column.Column}; "
                    + "check that the map names the right one, or let it say mostlyEmpty: true"
            );
    }
}
