using RotationMesh.Core.Faults;

namespace RotationMesh.Core;

/// <summary>
/// Wrong usage, map or keys. The message is one line for the operator: it names the thing and the fix, never a value.
/// </summary>
public class UsageException(string message, Exception? inner = null) : Exception(message, inner), IFault
{
    /// <inheritdoc/>
    public virtual FaultKind Kind => FaultKind.Usage;
}
