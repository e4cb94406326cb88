using RotationMesh.Operations.Documents;

namespace RotationMesh.Operations;

/// <summary>
/// What an operator asks of the databases themselves; nothing is written. Methods that may take long report their
/// progress. All methods throw <c>UsageException</c> where map, keys, scopes or tenants do not fit.
/// </summary>
public interface IInspections
{
    /// <summary>Decrypts and re-encrypts every row for real, and writes nothing.</summary>
    Task<RotationDocument> DryRunAsync(
        RotationOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    );

    /// <summary>Decrypts every row, or a sample, under the version that it claims.</summary>
    Task<VerificationDocument> VerifyAsync(
        VerificationOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    );

    /// <summary>Counts rows by scope, table, tenant and key version.</summary>
    Task<CensusDocument> CountAsync(RowSelection selection, CancellationToken cancellationToken);

    /// <summary>Lists key versions, fingerprints, and the rows that use each.</summary>
    Task<KeysDocument> ListKeysAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Checks every precondition, and gives the fix for each fault; with <paramref name="scan"/>, also scans columns that
    /// the map does not name.
    /// </summary>
    Task<DoctorDocument> ExamineAsync(bool scan, CancellationToken cancellationToken);
}
