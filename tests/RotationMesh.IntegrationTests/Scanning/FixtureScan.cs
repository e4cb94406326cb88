using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.IntegrationTests.Scanning;

/// <summary>Scans a fixture's database.</summary>
internal static class FixtureScan
{
    public static Task<DatabaseScan> ScanAsync(this Fixture fixture, ScanDepth? depth = null) =>
        new ColumnScan(
            fixture.Databases,
            fixture.Ring,
            fixture.Formats,
            fixture.Map,
            depth ?? ScanDepth.Look
        ).ScanAsync(Fixture.App, CancellationToken.None);
}
