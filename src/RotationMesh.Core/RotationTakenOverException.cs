namespace RotationMesh.Core;

/// <summary>
/// Another process goes on with a rotation that this one ran: it lost its lock, and the other one has it. Hosts end with exit
/// code 5: the rotation is not done here, and goes on elsewhere.
/// </summary>
public sealed class RotationTakenOverException(Guid rotationId)
    : Exception(
        $"rotation {rotationId}: this process lost its lock in the control database, and another one goes on with it: "
            + "follow that with 'rotationmesh watch'"
    );
