using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Core.Gates;

/// <summary>Makes the gates of one or more kinds. What a kind depends on stays in the project that implements it.</summary>
public interface IGateKind
{
    /// <summary>
    /// Returns the gate of that entry, or null where the entry is of another kind. Connects to nothing yet.
    /// </summary>
    IGate? Make(GateEntry entry);
}
