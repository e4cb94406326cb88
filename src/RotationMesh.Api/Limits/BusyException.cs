using RotationMesh.Core.Faults;

namespace RotationMesh.Api.Limits;

/// <summary>Too many requests of a kind wait at once; the message says which. A later retry helps.</summary>
internal sealed class BusyException(string message) : Exception(message), IFault
{
    /// <summary>Time before the next try, in seconds: most answers take less.</summary>
    public const int AskAgainAfter = 5;

    /// <inheritdoc/>
    public FaultKind Kind => FaultKind.Busy;
}
