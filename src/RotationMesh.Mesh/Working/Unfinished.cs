using RotationMesh.Contracts;

namespace RotationMesh.Mesh.Working;

/// <summary>
/// A partition that ended before its last row: what was done of it, whether it had too little time, and of one that was read
/// the pages that are left, where those before are done.
/// </summary>
internal sealed record Unfinished(RowCounts Counts, bool OutOfTime = false, PageRange? Rest = null);
