using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Shows rows that claim a version which is out of service.</summary>
internal static class RetiredView
{
    /// <summary>One line for each table and version; nothing where there is none.</summary>
    public static void Show(IAnsiConsole console, IReadOnlyList<RetiredUseDocument> uses)
    {
        foreach (var use in uses)
            console.Warn(
                $"{use.Table}: {TableView.Number(use.Rows)} rows claim version {use.Version}, which is retired: something still writes with its key"
            );
    }
}
