using RotationMesh.Postgres.Control;

namespace RotationMesh.Engine.Operating;

/// <summary>
/// The process that runs an embedded rotation. As long as it lives it holds the rotation, so one that nobody holds has nobody
/// to go on with it.
/// </summary>
internal sealed class EmbeddedProcess(ControlDatabase control)
{
    /// <summary>Said to the operator of a rotation that nobody runs any more.</summary>
    public const string Gone =
        "nobody runs it any more: the process that did is gone. Give the same 'rotate' again to go on with it, or cancel it";

    /// <summary>Whether a rotation that has not ended, and is not paused, has lost its process.</summary>
    public async Task<bool> IsGoneAsync(RunningRotation rotation, CancellationToken cancellationToken) =>
        rotation is { Embedded: true, EndedAt: null, State: not "Paused" }
        && await new RotationGuard(control.Source).FindHolderAsync(
            RotationGuard.Run,
            rotation.RotationId,
            cancellationToken
        )
            is null;
}
