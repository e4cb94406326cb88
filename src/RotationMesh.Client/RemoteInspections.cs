using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>Runs inspections through a coordinator, on the databases of its map.</summary>
public sealed class RemoteInspections(Coordinator coordinator) : IInspections
{
    /// <inheritdoc/>
    public Task<RotationDocument> DryRunAsync(
        RotationOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    ) => coordinator.ResultAsync<RotationDocument>(ApiRoutes.DryRun, order, progress, cancellationToken);

    /// <inheritdoc/>
    public Task<VerificationDocument> VerifyAsync(
        VerificationOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    ) =>
        coordinator.ResultAsync<VerificationDocument>(
            ApiRoutes.Verification,
            order,
            progress,
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<CensusDocument> CountAsync(RowSelection selection, CancellationToken cancellationToken) =>
        coordinator.PostAsync<CensusDocument>(ApiRoutes.Census, selection, cancellationToken);

    /// <inheritdoc/>
    public Task<KeysDocument> ListKeysAsync(CancellationToken cancellationToken) =>
        coordinator.GetAsync<KeysDocument>(ApiRoutes.Keys, cancellationToken);

    /// <inheritdoc/>
    public Task<DoctorDocument> ExamineAsync(bool scan, CancellationToken cancellationToken) =>
        coordinator.GetAsync<DoctorDocument>(
            $"{ApiRoutes.Doctor}?scan={(scan ? "true" : "false")}",
            cancellationToken
        );
}
