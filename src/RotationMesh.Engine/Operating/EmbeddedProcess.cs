using RotationMesh.Control;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Engine.Operating;

/// <summary>
/// The process that runs an embedded rotation. As long as it lives it holds the rotation, so one that nobody holds has nobody
/// to go on with it.
/// </summary>
internal sealed class EmbeddedProcess(ControlDatabase control)
{
    private const string Gone =
        $"{Reasons.Abandoned}. Give the same 'rotate' again to go on with it, or cancel it";

    /// <summary>The listing of a rotation, which says so where its process is gone.</summary>
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

    /// <summary>The document of a rotation, which says so where its process is gone.</summary>
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

    // One that has not ended and is not paused.
    private async Task<bool> IsGoneAsync(RunningRotation rotation, CancellationToken cancellationToken) =>
        rotation is { Embedded: true, EndedAt: null, State: not RotationState.Paused }
        && await new RotationGuard(control.Source).FindHolderAsync(
            RotationGuard.Run,
            rotation.RotationId,
            cancellationToken
        )
            is null;
}
