using RotationMesh.Core.Faults;

namespace RotationMesh.Core;

/// <summary>There is no rotation with that id.</summary>
public sealed class UnknownRotationException(string message) : UsageException(message)
{
    /// <inheritdoc/>
    public override FaultKind Kind => FaultKind.UnknownRotation;
}
