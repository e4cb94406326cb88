using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Warns of rows that claim a retired version.</summary>
internal static class RetiredView
{
    /// <summary>Writes a line for each table and version.</summary>
    public static void Show(IAnsiConsole console, IReadOnlyList<RetiredUseDocument> uses)
    {
        foreach (var use in uses)
            console.Warn(
                $"{use.Table}: {TableView.Number(use.Rows)} rows claim version {use.Version}, which is retired: something still writes with its key"
            );
    }
}
