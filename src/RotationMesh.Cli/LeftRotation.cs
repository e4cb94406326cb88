using RotationMesh.Engine;

namespace RotationMesh.Cli;

/// <summary>What is known at once of a rotation whose process ends without waiting for it.</summary>
internal sealed record LeftRotation(Guid RotationId, string State)
{
    /// <summary>The rotation that this process runs; null before it has begun.</summary>
    public static LeftRotation? Of(RotationProgress now) =>
        now.RotationId is { } id ? new LeftRotation(id, now.Phase) : null;
}
