using RotationMesh.Core.Faults;

namespace RotationMesh.Core;

/// <summary>The state of a rotation does not allow the request.</summary>
public sealed class RotationStateException(string message) : UsageException(message)
{
    /// <inheritdoc/>
    public override FaultKind Kind => FaultKind.RotationState;
}
