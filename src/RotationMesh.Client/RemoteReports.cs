using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>Gets reports from a coordinator.</summary>
public sealed class RemoteReports(Coordinator coordinator) : IReports
{
    /// <inheritdoc/>
    public Task<ReportDocument> ReportAsync(Guid? rotationId, CancellationToken cancellationToken) =>
        coordinator.GetAsync<ReportDocument>(
            $"{RemoteRotations.Route(rotationId)}/{ApiRoutes.Report}",
            cancellationToken
        );
}
