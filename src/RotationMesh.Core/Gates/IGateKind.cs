using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Core.Gates;

/// <summary>Makes the gates of one or more kinds; whatever a kind needs from outside comes in one project with it.</summary>
public interface IGateKind
{
    /// <summary>The gate of that entry, or null where the entry is of another kind. Connects to nothing yet.</summary>
    IGate? Make(GateEntry entry);
}
