using RotationMesh.Control;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Requests;

/// <summary>
/// Tells whether the process of an embedded rotation is gone. The process holds a lock of its rotation as long as it
/// lives, so a rotation whose lock is free has no process to continue it.
/// </summary>
internal sealed class EmbeddedProcess(ControlDatabase control)
{
    private const string Gone =
        $"{Reasons.Abandoned}. Give the same 'rotate' again to go on with it, or cancel it";

    private const string GoneAtItsEnd =
        $"cancelled, and {Reasons.Abandoned}. Cancel it again, which writes its totals";

    /// <summary>Returns the listing of a rotation, marked as abandoned where its process is gone.</summary>
    public async Task<RotationListing> TellAsync(
        RunningRotation rotation,
        RotationListing listing,
        CancellationToken cancellationToken
    ) =>
        await IsGoneAsync(rotation, cancellationToken)
            ? listing with
            {
                Abandoned = true,
                Reason = Why(rotation),
            }
            : listing;

    /// <summary>Returns the document of a rotation, marked as abandoned where its process is gone.</summary>
    public async Task<RotationDocument> TellAsync(
        RunningRotation rotation,
        RotationDocument document,
        CancellationToken cancellationToken
    ) =>
        await IsGoneAsync(rotation, cancellationToken)
            ? document with
            {
                Abandoned = true,
                Reason = Why(rotation),
                Partitions = document.Partitions is { } partitions
                    ? partitions with
                    {
                        WithWorkers = 0,
                    }
                    : null,
            }
            : document;

    private static string Why(RunningRotation rotation) =>
        rotation.State == RotationState.Cancelled ? GoneAtItsEnd : Gone;

    // A rotation that has ended or is paused needs no process. A cancelled one has ended once its totals are written.
    private async Task<bool> IsGoneAsync(RunningRotation rotation, CancellationToken cancellationToken) =>
        NeedsProcess(rotation)
        && await new RotationGuard(control).FindHolderAsync(
            RotationGuard.Run,
            rotation.RotationId,
            cancellationToken
        )
            is null
        // It may have ended, and so let go of its lock, since it was read.
        && await new RunningRotations(control).FindAsync(rotation.RotationId, cancellationToken) is { } now
        && NeedsProcess(now);

    private static bool NeedsProcess(RunningRotation rotation) =>
        rotation
            is { Embedded: true, EndedAt: null, State: not RotationState.Paused }
                or { Embedded: true, State: RotationState.Cancelled, Concluded: false };
}
