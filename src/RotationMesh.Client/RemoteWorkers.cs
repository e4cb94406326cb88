using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>Reads, pauses and resumes the application's queues through a coordinator.</summary>
public sealed class RemoteWorkers(Coordinator coordinator) : IApplicationWorkers
{
    /// <inheritdoc/>
    public Task<WorkersDocument> LookAsync(CancellationToken cancellationToken) =>
        coordinator.GetAsync<WorkersDocument>(ApiRoutes.Workers, cancellationToken);

    /// <inheritdoc/>
    public Task<WorkersDocument> PauseAsync(string requestedBy, CancellationToken cancellationToken) =>
        coordinator.PostOnceAsync<WorkersDocument>(
            $"{ApiRoutes.Workers}/{ApiRoutes.Pause}",
            new WorkersOrder { RequestedBy = requestedBy },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<WorkersDocument> ResumeAsync(CancellationToken cancellationToken) =>
        coordinator.PostOnceAsync<WorkersDocument>(
            $"{ApiRoutes.Workers}/{ApiRoutes.Resume}",
            new WorkersOrder(),
            cancellationToken
        );
}
