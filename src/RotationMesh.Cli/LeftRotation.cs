using RotationMesh.Engine;

namespace RotationMesh.Cli;

/// <summary>What is known at once of a rotation whose process ends without waiting for it.</summary>
internal sealed record LeftRotation(Guid RotationId, string State)
{
    /// <summary>The rotation that this process runs; null before it has begun.</summary>
    public static LeftRotation? Of(RotationProgress now) =>
        now.RotationId is { } id ? new LeftRotation(id, now.Phase) : null;

    /// <summary>
    /// Whether it ends by itself: batches in hand do, and the totals after them. Before it has begun there is nothing in hand;
    /// a session that waits for others, such as a commit for a standby, may do so for ever.
    /// </summary>
    public static async Task<bool> IsEndingAsync(
        RotationProgress now,
        Session session,
        CancellationToken patience
    ) => now.RotationId is not null && !await session.Standstill.IsForOthersAsync(patience);
}
