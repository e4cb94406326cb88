using RotationMesh.Contracts;
using RotationMesh.Core;

namespace RotationMesh.Working;

/// <summary>What a command asks of a worker: the partition, and the map and key that it was planned with.</summary>
internal sealed record PartitionTask(
    Guid RotationId,
    PartitionRef Partition,
    string MapHash,
    int Version,
    string Fingerprint
);

/// <summary>
/// A partition that ended before its last row: what was done of it, whether it had too little time to write, whether it was at
/// its rows when it was stopped, and which pages are left if those before are done.
/// </summary>
internal sealed record Unfinished(
    RowCounts Counts,
    bool OutOfTime = false,
    bool WasWorking = false,
    PageRange? Rest = null
);
