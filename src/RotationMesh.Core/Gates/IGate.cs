using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Core.Gates;

/// <summary>A precondition that must hold before and while rows are written.</summary>
public interface IGate
{
    /// <summary>The gate of the map.</summary>
    GateEntry Entry { get; }

    /// <summary>
    /// Looks once. Called before the start and again and again while rows are written, also twice at the same time. What
    /// can't be read does not hold, and the verdict says why; nothing is thrown but a cancellation and
    /// <see cref="UsageException"/> for a map that lacks a value.
    /// </summary>
    Task<GateVerdict> CheckAsync(GateOccasion occasion, CancellationToken cancellationToken);
}

/// <summary>What a rotation tells its gates.</summary>
public sealed record GateOccasion
{
    /// <summary>When the operator says that the newest snapshot was taken; null where the gate finds out by itself.</summary>
    public DateTimeOffset? SnapshotTakenAt { get; init; }
}
