using RotationMesh.Core.Faults;

namespace RotationMesh.Client;

/// <summary>
/// The coordinator answers, but one of its databases fails. The message is the one that an embedded verb would give.
/// </summary>
public sealed class DatabaseFaultException(string message) : Exception(message), IFault
{
    /// <inheritdoc/>
    public FaultKind Kind => FaultKind.Database;
}
