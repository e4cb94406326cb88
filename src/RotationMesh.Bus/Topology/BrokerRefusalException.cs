using RotationMesh.Core;
using RotationMesh.Core.Faults;

namespace RotationMesh.Bus.Topology;

/// <summary>
/// The broker refuses this program, or this program the broker. A certificate or a user that is put right elsewhere mends it: whoever
/// supervises the program may start it again.
/// </summary>
internal sealed class BrokerRefusalException(string message, Exception? inner = null)
    : UsageException(message, inner)
{
    /// <inheritdoc/>
    public override FaultKind Kind => FaultKind.Unreachable;
}
