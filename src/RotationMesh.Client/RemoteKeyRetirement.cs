using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>Retires key versions through a coordinator, in the databases of its map.</summary>
public sealed class RemoteKeyRetirement(Coordinator coordinator) : IKeyRetirement
{
    /// <inheritdoc/>
    public Task<RetirementDocument> RetireAsync(
        RetirementOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    ) =>
        coordinator.ResultAsync<RetirementDocument>(ApiRoutes.Retirement, order, progress, cancellationToken);
}
