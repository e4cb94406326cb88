using RotationMesh.Operations.Documents;

namespace RotationMesh.Operations;

/// <summary>
/// What an operator does with rotations. One implementation works on the control database, one talks to a coordinator;
/// both throw <c>UsageException</c> for what the operator can mend (an unknown rotation, scope, tenant or version).
/// </summary>
public interface IRotations
{
    /// <summary>Asks for a rotation and returns its id at once; a coordinator takes it from there.</summary>
    Task<Guid> StartAsync(RotationOrder order, CancellationToken cancellationToken);

    /// <summary>One rotation as it is now, or the latest where <paramref name="rotationId"/> is null.</summary>
    Task<RotationDocument> FindAsync(Guid? rotationId, CancellationToken cancellationToken);

    /// <summary>
    /// The rotation as it is, again whenever it may have changed, until it has ended or is paused. The last one is of that
    /// moment. A control database or coordinator that is away for a while is waited for.
    /// </summary>
    IAsyncEnumerable<RotationDocument> FollowAsync(Guid rotationId, CancellationToken cancellationToken);

    /// <summary>All rotations, the latest first.</summary>
    Task<RotationListDocument> ListAsync(CancellationToken cancellationToken);

    /// <summary>The rows that a rotation, or the latest, left as they are, by cause.</summary>
    Task<FailuresDocument> ListFailuresAsync(Guid? rotationId, CancellationToken cancellationToken);

    /// <summary>
    /// Asks a rotation, or the latest, to pause, resume, end, or try again what failed; returns it as it is once it has
    /// heard. Throws where its state does not allow that.
    /// </summary>
    Task<RotationDocument> ControlAsync(
        Guid? rotationId,
        ControlOrder order,
        CancellationToken cancellationToken
    );
}
