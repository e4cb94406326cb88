using RotationMesh.Engine.Operating;
using RotationMesh.IntegrationTests.Stages;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;

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

    private static Task<RetirementDocument> RetireAsync(
        this Stage stage,
        int version,
        IReadOnlyList<string> gone,
        string? skipScanReason
    ) =>
        new LocalKeyRetirement(
            stage.Map,
            () => stage.Ring,
            stage.Databases,
            stage.Schema,
            stage.Control
        ).RetireAsync(
            new RetirementOrder
            {
                Version = version,
                RequestedBy = "test",
                Gone = gone,
                SkipScanReason = skipScanReason,
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
