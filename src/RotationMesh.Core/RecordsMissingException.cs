using RotationMesh.Core.Faults;

namespace RotationMesh.Core;

/// <summary>Somebody dropped a table of the control database, with what it held.</summary>
public sealed class RecordsMissingException(string message) : Exception(message), IFault
{
    /// <inheritdoc/>
    public FaultKind Kind => FaultKind.RecordsMissing;
}
