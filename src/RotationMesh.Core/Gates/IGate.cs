using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Core.Gates;

/// <summary>A precondition that must hold before and while rows are written.</summary>
public interface IGate
{
    /// <summary>The gate's entry in the map.</summary>
    GateEntry Entry { get; }

    /// <summary>
    /// Checks once whether the gate holds. It is called before the start and repeatedly while rows are written; two calls
    /// may run at the same time. Where the state can't be read, the gate does not hold, and the verdict says why. Throws
    /// only when cancelled, and <see cref="UsageException"/> for a map that lacks a value.
    /// </summary>
    Task<GateVerdict> CheckAsync(GateOccasion occasion, CancellationToken cancellationToken);
}

/// <summary>What a rotation tells its gates.</summary>
public sealed record GateOccasion
{
    /// <summary>When the newest snapshot was taken, as the operator says; null where the gate finds out by itself.</summary>
    public DateTimeOffset? SnapshotTakenAt { get; init; }
}
