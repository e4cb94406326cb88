namespace RotationMesh.Core.Tracing;

/// <summary>Attributes of spans; metrics use the same names.</summary>
public static class SpanTags
{
    /// <summary>Id of the rotation.</summary>
    public const string Rotation = "rotationmesh.rotation";

    /// <summary>Number of the partition.</summary>
    public const string Partition = "rotationmesh.partition";

    /// <summary>Partitions that are sent together.</summary>
    public const string Partitions = "rotationmesh.partitions";

    /// <summary>Scope of the map.</summary>
    public const string Scope = "rotationmesh.scope";

    /// <summary>Table as the map names it.</summary>
    public const string Table = "rotationmesh.table";

    /// <summary>Which dispatch of the partition it is, from 1.</summary>
    public const string Attempt = "rotationmesh.attempt";

    /// <summary>Rows of a batch.</summary>
    public const string Rows = "rotationmesh.rows";

    /// <summary>How a partition or a rotation ended.</summary>
    public const string Outcome = "rotationmesh.outcome";
}
