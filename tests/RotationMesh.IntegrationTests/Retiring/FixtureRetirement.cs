using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>Retires the old version of a fixture, and lists its keys.</summary>
internal static class FixtureRetirement
{
    public static Task<RetirementDocument> RetireAsync(
        this Fixture fixture,
        int version = 1,
        params IReadOnlyList<string> gone
    ) => fixture.RetireAsync(version, gone, "it is not what the test is about");

    /// <summary>With the look at what the map does not name.</summary>
    public static Task<RetirementDocument> ScanAndRetireAsync(this Fixture fixture, int version = 1) =>
        fixture.RetireAsync(version, [], null);

    /// <summary>With that look, as deep as the test has it, and without some places.</summary>
    public static Task<RetirementDocument> ScanAndRetireAsync(
        this Fixture fixture,
        ScanDepth depth,
        params IReadOnlyList<string> without
    ) => fixture.RetireAsync(1, [], null, depth, without);

    /// <summary>Without that look, and with an operator's word for some places.</summary>
    public static Task<RetirementDocument> RetireWithoutAsync(
        this Fixture fixture,
        params IReadOnlyList<string> places
    ) => fixture.RetireAsync(1, [], "it is not what the test is about", null, places);

    private static Task<RetirementDocument> RetireAsync(
        this Fixture fixture,
        int version,
        IReadOnlyList<string> gone,
        string? skipScanReason,
        ScanDepth? depth = null,
        IReadOnlyList<string>? without = null
    ) =>
        new LocalKeyRetirement(
            fixture.Map,
            () => fixture.Ring,
            fixture.Databases,
            fixture.Schema,
            fixture.Control
        )
        {
            Depth = depth ?? ScanDepth.Retirement,
        }.RetireAsync(
            new RetirementOrder
            {
                Version = version,
                RequestedBy = "test",
                Gone = gone,
                SkipScanReason = skipScanReason,
                SkippedScans =
                [
                    .. (without ?? []).Select(place => new SkippedScan(place, "trimmed at night")),
                ],
            },
            new Progress<ProgressDocument>(),
            CancellationToken.None
        );

    public static LocalInspections Inspections(this Fixture fixture) =>
        new(
            fixture.Map,
            () => fixture.Ring,
            fixture.Databases,
            fixture.Formats,
            fixture.Control,
            fixture.Stores
        );

    public static async Task<KeyDocument> KeyAsync(this Fixture fixture, int version = 1) =>
        (await fixture.Inspections().ListKeysAsync(CancellationToken.None)).Keys.Single(key =>
            key.Version == version
        );
}
