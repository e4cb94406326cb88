using RotationMesh.Contracts;

namespace RotationMesh.Mesh.Working;

/// <summary>A partition that ended before its last row: what was done of it, and whether it had too little time.</summary>
internal sealed record Unfinished(RowCounts Counts, bool OutOfTime = false);
