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
    ) =>
        new LocalKeyRetirement(
            stage.Map,
            StageKeys.Ring,
            stage.Databases,
            stage.Schema,
            stage.Control
        ).RetireAsync(
            new RetirementOrder
            {
                Version = version,
                RequestedBy = "test",
                Gone = gone,
                SkipScanReason = "it is not what the test is about",
            },
            new Progress<ProgressDocument>(),
            CancellationToken.None
        );

    public static LocalInspections Inspections(this Stage stage) =>
        new(stage.Map, StageKeys.Ring, stage.Databases, stage.Formats, stage.Control);

    public static async Task<KeyDocument> KeyAsync(this Stage stage, int version = 1) =>
        (await stage.Inspections().ListKeysAsync(CancellationToken.None)).Keys.Single(key =>
            key.Version == version
        );
}
