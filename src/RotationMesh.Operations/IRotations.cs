using RotationMesh.Operations.Documents;

namespace RotationMesh.Operations;

/// <summary>
/// What an operator does with rotations. One implementation works on the control database, one calls a coordinator; both
/// throw <c>UsageException</c> for what the operator can correct (an unknown rotation, scope, tenant or version).
/// </summary>
public interface IRotations
{
    /// <summary>Asks for a rotation and returns its id at once; a coordinator starts it.</summary>
    Task<Guid> StartAsync(RotationOrder order, CancellationToken cancellationToken);

    /// <summary>Returns one rotation as it is now, or the latest where <paramref name="rotationId"/> is null.</summary>
    Task<RotationDocument> FindAsync(Guid? rotationId, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the rotation as it is, and again whenever it may have changed, until it has ended or is paused. The last
    /// document is from that moment. Where the control database or the coordinator is away for a while, it waits.
    /// </summary>
    IAsyncEnumerable<RotationDocument> FollowAsync(Guid rotationId, CancellationToken cancellationToken);

    /// <summary>Lists all rotations, the latest first, with starts that no coordinator has begun.</summary>
    Task<RotationListDocument> ListAsync(CancellationToken cancellationToken);

    /// <summary>Lists, by cause, the rows that a rotation, or the latest, left as they are.</summary>
    Task<FailuresDocument> ListFailuresAsync(Guid? rotationId, CancellationToken cancellationToken);

    /// <summary>
    /// Asks a rotation, or the latest, to pause, resume, end, or try again what failed. Returns the rotation once the
    /// request has taken effect, or, marked as unheard, after a wait. Throws where the rotation's state does not allow
    /// the request.
    /// </summary>
    Task<RotationDocument> ControlAsync(
        Guid? rotationId,
        ControlOrder order,
        CancellationToken cancellationToken
    );
}
