using RotationMesh.LocalOperations;
using RotationMesh.LocalOperations.Records;

namespace RotationMesh.Cli.Output;

/// <summary>What the program can report at once of a rotation that it leaves without waiting for its end.</summary>
internal sealed record LeftRotation(Guid RotationId, string State)
{
    /// <summary>Returns the rotation that this process runs; null before it has begun.</summary>
    public static LeftRotation? Of(RotationProgress now) =>
        now.RotationId is { } id ? new LeftRotation(id, now.Phase) : null;

    /// <summary>
    /// Returns whether the rotation will end by itself, once the current batches and then the totals are written. False
    /// before it has begun, since nothing is in hand, and while a session waits for others, as a commit does for a standby:
    /// such a wait may never end.
    /// </summary>
    public static async Task<bool> IsEndingAsync(
        RotationProgress now,
        Standstill standstill,
        CancellationToken timeout
    ) => now.RotationId is not null && !await standstill.IsForOthersAsync(timeout);
}
