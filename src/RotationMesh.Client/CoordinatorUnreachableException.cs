using RotationMesh.Core.Faults;

namespace RotationMesh.Client;

/// <summary>The coordinator does not answer, is too busy, or a proxy can't reach it.</summary>
public sealed class CoordinatorUnreachableException(string message, Exception? inner = null)
    : Exception(message, inner),
        IFault
{
    /// <inheritdoc/>
    public FaultKind Kind => FaultKind.Unreachable;
}
