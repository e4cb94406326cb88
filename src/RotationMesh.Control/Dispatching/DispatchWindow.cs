namespace RotationMesh.Control.Dispatching;

/// <summary>How many partitions may be with the workers at a time.</summary>
public sealed record DispatchWindow
{
    /// <summary>Partitions of one rotation.</summary>
    public required int PerRotation { get; init; }

    /// <summary>
    /// Partitions of one database of a rotation: less than <see cref="PerRotation"/> where there are several databases, so
    /// that one that hangs leaves room for the others.
    /// </summary>
    public required int PerDatabase { get; init; }

    /// <summary>Partitions taken in one transaction, and published after it. The default value is 500.</summary>
    public int PerTake { get; init; } = 500;
}
