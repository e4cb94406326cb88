namespace RotationMesh.Operations;

/// <summary>What an order may ask for, whoever asks and by which way.</summary>
public static class OrderBounds
{
    /// <summary>Most partitions at a time; each has connections of its own to a database. The fewest is one.</summary>
    public const int MaxWorkers = 256;
}
