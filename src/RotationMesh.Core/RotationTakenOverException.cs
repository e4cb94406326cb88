using RotationMesh.Core.Faults;

namespace RotationMesh.Core;

/// <summary>
/// This process lost the lock of a rotation that it ran, and another process holds it and continues the rotation: the
/// rotation is not done here, and goes on elsewhere.
/// </summary>
public sealed class RotationTakenOverException(Guid rotationId)
    : Exception(
        $"rotation {rotationId}: this process lost its lock in the control database, and another one goes on with it: "
            + "follow that with 'rotationmesh watch'"
    ),
        IFault
{
    /// <inheritdoc/>
    public FaultKind Kind => FaultKind.Interrupted;
}
