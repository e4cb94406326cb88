using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>Retires the old version of a stage, and lists its keys.</summary>
internal static class StageRetirement
{
    public static Task<RetirementDocument> RetireAsync(
        this Stage stage,
        int version = 1,
        params IReadOnlyList<string> gone
    ) => stage.RetireAsync(version, gone, "it is not what the test is about");

    /// <summary>With the look at what the map does not name.</summary>
    public static Task<RetirementDocument> ScanAndRetireAsync(this Stage stage, int version = 1) =>
        stage.RetireAsync(version, [], null);

    /// <summary>With that look, as deep as the test has it, and without some places.</summary>
    public static Task<RetirementDocument> ScanAndRetireAsync(
        this Stage stage,
        ScanDepth depth,
        params IReadOnlyList<string> without
    ) => stage.RetireAsync(1, [], null, depth, without);

    private static Task<RetirementDocument> RetireAsync(
        this Stage stage,
        int version,
        IReadOnlyList<string> gone,
        string? skipScanReason,
        ScanDepth? depth = null,
        IReadOnlyList<string>? without = null
    ) =>
        new LocalKeyRetirement(stage.Map, () => stage.Ring, stage.Databases, stage.Schema, stage.Control)
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

    public static LocalInspections Inspections(this Stage stage) =>
        new(stage.Map, () => stage.Ring, stage.Databases, stage.Formats, stage.Control);

    public static async Task<KeyDocument> KeyAsync(this Stage stage, int version = 1) =>
        (await stage.Inspections().ListKeysAsync(CancellationToken.None)).Keys.Single(key =>
            key.Version == version
        );
}
