using RotationMesh.Contracts;

namespace RotationMesh.Working;

/// <summary>What a command asks of a worker: the partition, and the map and key that it was planned with.</summary>
internal sealed record PartitionTask(
    Guid RotationId,
    PartitionRef Partition,
    string MapHash,
    int Version,
    string Fingerprint
);
