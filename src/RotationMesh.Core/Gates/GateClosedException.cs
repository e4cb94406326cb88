namespace RotationMesh.Core.Gates;

/// <summary>A rotation can't start since gates don't hold; nothing was written. Hosts end with exit code 4.</summary>
public sealed class GateClosedException(IReadOnlyList<GateVerdict> lost)
    : Exception(string.Join(Environment.NewLine, lost))
{
    /// <summary>The gates that don't hold.</summary>
    public IReadOnlyList<GateVerdict> Lost => lost;
}
