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
                Reason = Gone,
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
                Reason = Gone,
                Partitions = document.Partitions is { } partitions
                    ? partitions with
                    {
                        WithWorkers = 0,
                    }
                    : null,
            }
            : document;

    // A rotation that has ended or is paused needs no process.
    private async Task<bool> IsGoneAsync(RunningRotation rotation, CancellationToken cancellationToken) =>
        rotation is { Embedded: true, EndedAt: null, State: not RotationState.Paused }
        && await new RotationGuard(control).FindHolderAsync(
            RotationGuard.Run,
            rotation.RotationId,
            cancellationToken
        )
            is null;
}
