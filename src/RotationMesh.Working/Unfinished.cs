using RotationMesh.Contracts;

namespace RotationMesh.Working;

/// <summary>
/// A partition that ended before its last row: what was done of it, and whether it had too little time to write. For a
/// verification: whether it was reading when it was stopped, and which pages are left if those before are done.
/// </summary>
internal sealed record Unfinished(
    RowCounts Counts,
    bool OutOfTime = false,
    bool WasReading = false,
    PageRange? Rest = null
);
