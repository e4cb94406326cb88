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

    /// <summary>What was found, with its table.</summary>
    public static IEnumerable<(TableLook Table, FoundEnvelopes Envelopes)> Found(this DatabaseScan scan) =>
        scan.Tables.SelectMany(table => table.Found.Select(found => (table, found)));
}
