using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.IntegrationTests.Scanning;

/// <summary>Scans a stage's database.</summary>
internal static class StageScan
{
    public static Task<DatabaseScan> ScanAsync(this Stage stage, ScanDepth? depth = null) =>
        new ColumnScan(
            stage.Databases,
            stage.Ring,
            stage.Formats,
            stage.Map,
            depth ?? ScanDepth.Look
        ).ScanAsync(Stage.App, CancellationToken.None);
}
