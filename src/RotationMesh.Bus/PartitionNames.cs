using RotationMesh.Contracts;
using RotationMesh.Core.Map;

namespace RotationMesh.Bus;

/// <summary>Names of the messages in the terms of the map.</summary>
internal static class PartitionNames
{
    /// <summary>The partition's table.</summary>
    public static TableName Table(this PartitionRef partition) =>
        new(partition.Scope, partition.Database, partition.Table);
}
