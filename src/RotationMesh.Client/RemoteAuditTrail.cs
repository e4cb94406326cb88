using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>The audit log of a coordinator's control database.</summary>
public sealed class RemoteAuditTrail(Coordinator coordinator) : IAuditTrail
{
    /// <inheritdoc/>
    public Task<AuditDocument> ListAsync(Guid? rotationId, CancellationToken cancellationToken) =>
        coordinator.GetAsync<AuditDocument>(
            Asked(ApiRoutes.Audit, ApiRoutes.AuditRotation, rotationId?.ToString()),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<AuditVerdictDocument> VerifyAsync(string? expected, CancellationToken cancellationToken) =>
        coordinator.GetAsync<AuditVerdictDocument>(
            Asked(ApiRoutes.AuditVerification, ApiRoutes.AuditExpect, expected),
            cancellationToken
        );

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ExportAsync(CancellationToken cancellationToken) =>
        coordinator.LinesAsync(ApiRoutes.AuditExport, cancellationToken);

    private static string Asked(string route, string name, string? value) =>
        value is null ? route : $"{route}?{name}={Uri.EscapeDataString(value)}";
}
