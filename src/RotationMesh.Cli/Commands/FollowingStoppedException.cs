namespace RotationMesh.Cli.Commands;

/// <summary>The operator stopped following a rotation that other processes run.</summary>
internal sealed class FollowingStoppedException(Guid rotationId)
    : Exception(
        $"stopped following; rotation {rotationId} goes on. rotationmesh watch {rotationId} follows it again, "
            + $"rotationmesh cancel {rotationId} ends it"
    ),
        IFault
{
    /// <inheritdoc/>
    public FaultKind Kind => FaultKind.Interrupted;
}
