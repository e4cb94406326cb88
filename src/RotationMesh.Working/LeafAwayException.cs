using RotationMesh.Core.Map;

namespace RotationMesh.Working;

/// <summary>A leaf was to be read by its name, and had another one. Nothing of it counts as read.</summary>
internal sealed class LeafAwayException(SqlName leaf)
    : Exception($"partition {leaf} had another name when it was to be read");
