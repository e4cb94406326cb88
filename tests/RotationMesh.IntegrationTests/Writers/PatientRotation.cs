using RotationMesh.Embedding;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Writers;

/// <summary>A rotation of a fixture with a timeout of its own for the wait for open transactions.</summary>
internal static class PatientRotation
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    public static Task<RotationReport> RotatePatientlyAsync(this Fixture fixture, TimeSpan? timeout = null) =>
        new EmbeddedMesh(
            new MeshParts(fixture.Map, fixture.Ring, fixture.Databases, fixture.Schema, fixture.Control),
            fixture.Progress
        )
        {
            WriterTimeout = timeout ?? Deadline,
            Nudge = TimeSpan.FromMilliseconds(500),
        }.RunAsync(fixture.Order() with { BatchSize = 200 }, workers: 2, CancellationToken.None);

    /// <summary>Returns once the rotation says that it waits for the transaction; fails where it ends before.</summary>
    public static async Task WaitsForAsync(this Fixture fixture, Task<RotationReport> rotation, string name)
    {
        await Eventually.Holds(
            () =>
                Task.FromResult(
                    rotation.IsCompleted
                        || fixture.Progress.Reason?.Contains(name, StringComparison.Ordinal) == true
                ),
            Deadline,
            $"the rotation waits for {name}"
        );
        Assert.That(rotation.IsCompleted, Is.False, "the rotation is over before the transaction");
    }
}
