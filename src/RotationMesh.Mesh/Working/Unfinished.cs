using RotationMesh.Contracts;

namespace RotationMesh.Mesh.Working;

/// <summary>
/// A partition that ended before its last row: what was done of it, and whether it had too little time to write. Of one that was
/// only read: whether it was reading when it was stopped, and the pages that are left where those before are done.
/// </summary>
internal sealed record Unfinished(
    RowCounts Counts,
    bool OutOfTime = false,
    bool WasReading = false,
    PageRange? Rest = null
);
