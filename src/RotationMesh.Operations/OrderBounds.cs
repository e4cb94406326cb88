namespace RotationMesh.Operations;

/// <summary>Bounds of an order, for the command line and the API alike.</summary>
public static class OrderBounds
{
    /// <summary>Most partitions at a time; each has connections of its own to a database. The minimum is one.</summary>
    public const int MaxWorkers = 256;
}
