using RotationMesh.Embedding;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Writers;

/// <summary>A rotation of a stage with a patience of its own for open transactions.</summary>
internal static class PatientRotation
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    public static Task<RotationReport> RotatePatientlyAsync(this Stage stage, TimeSpan? patience = null) =>
        new EmbeddedMesh(
            new MeshParts(stage.Map, stage.Ring, stage.Databases, stage.Schema, stage.Control),
            stage.Progress
        )
        {
            WriterPatience = patience ?? Deadline,
            Nudge = TimeSpan.FromMilliseconds(500),
        }.RunAsync(stage.Order() with { BatchSize = 200 }, workers: 2, CancellationToken.None);

    /// <summary>Returns once the rotation says that it waits for the transaction; fails where it ends before.</summary>
    public static async Task WaitsForAsync(this Stage stage, Task<RotationReport> rotation, string name)
    {
        await Eventually.Holds(
            () =>
                Task.FromResult(
                    rotation.IsCompleted
                        || stage.Progress.Reason?.Contains(name, StringComparison.Ordinal) == true
                ),
            Deadline,
            $"the rotation waits for {name}"
        );
        Assert.That(rotation.IsCompleted, Is.False, "the rotation is over before the transaction");
    }
}
