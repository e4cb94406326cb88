using RotationMesh.Core.Faults;

namespace RotationMesh.Core.Gates;

/// <summary>
/// A rotation can't start because gates don't hold; nothing was written. The remark is one more line for the operator.
/// </summary>
public sealed class GateClosedException(IReadOnlyList<GateVerdict> lost, string? remark = null)
    : Exception(
        string.Join(Environment.NewLine, [.. lost, .. remark is null ? [] : new object[] { remark }])
    ),
        IFault
{
    /// <summary>Takes the message of another process.</summary>
    public GateClosedException(string message)
        : this([], message) { }

    /// <inheritdoc/>
    public FaultKind Kind => FaultKind.GateClosed;

    /// <summary>The gates that don't hold; empty where the message came from another process.</summary>
    public IReadOnlyList<GateVerdict> Lost => lost;
}
