using System.Runtime.CompilerServices;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>Rotations of a coordinator.</summary>
public sealed class RemoteRotations(Coordinator coordinator) : IRotations
{
    /// <summary>Receives the cause whenever the coordinator goes away while a rotation is followed.</summary>
    public Action<string> Lost { get; init; } = _ => { };

    /// <inheritdoc/>
    public async Task<Guid> StartAsync(RotationOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        // The client chooses the id, so that a retry after a lost answer starts no second rotation.
        var asked = order with
        {
            RotationId = order.RotationId ?? Guid.CreateVersion7(),
        };
        var started = await coordinator.PostAsync<StartedRotation>(
            ApiRoutes.Rotations,
            asked,
            cancellationToken
        );
        return started.RotationId;
    }

    /// <inheritdoc/>
    public Task<RotationDocument> FindAsync(Guid? rotationId, CancellationToken cancellationToken) =>
        coordinator.GetAsync<RotationDocument>(Route(rotationId), cancellationToken);

    /// <inheritdoc/>
    public Task<RotationListDocument> ListAsync(CancellationToken cancellationToken) =>
        coordinator.GetAsync<RotationListDocument>(ApiRoutes.Rotations, cancellationToken);

    /// <inheritdoc/>
    public Task<FailuresDocument> ListFailuresAsync(Guid? rotationId, CancellationToken cancellationToken) =>
        coordinator.GetAsync<FailuresDocument>(
            $"{Route(rotationId)}/{ApiRoutes.Failures}",
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<RotationDocument> ControlAsync(
        Guid? rotationId,
        ControlOrder order,
        CancellationToken cancellationToken
    ) =>
        coordinator.PostOnceAsync<RotationDocument>(
            $"{Route(rotationId)}/{ApiRoutes.Control}",
            order,
            cancellationToken
        );

    /// <inheritdoc/>
    public async IAsyncEnumerable<RotationDocument> FollowAsync(
        Guid rotationId,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var route = $"{Route(rotationId)}/{ApiRoutes.Events}";
        await using var events = new ReconnectingStream(coordinator, route, Lost);
        while (await events.NextAsync(cancellationToken) is { Name: not ApiEvents.End } next)
        {
            if (next.Name == ApiEvents.Rotation)
                yield return next.Document<RotationDocument>(coordinator.Server);
        }
    }

    /// <summary>Returns the route of a rotation, or of the latest.</summary>
    internal static string Route(Guid? rotationId) =>
        $"{ApiRoutes.Rotations}/{(rotationId is { } id ? $"{id}" : ApiRoutes.Latest)}";
}
