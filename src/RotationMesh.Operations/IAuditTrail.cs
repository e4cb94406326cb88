using RotationMesh.Operations.Documents;

namespace RotationMesh.Operations;

/// <summary>
/// What an operator asks of the audit log; nothing is written. All methods throw <c>UsageException</c> where there is no
/// log, or no such rotation.
/// </summary>
public interface IAuditTrail
{
    /// <summary>
    /// Reads the events of a rotation, or the newest of all where <paramref name="rotationId"/> is null; in their order. Of
    /// a rotation with too many, those in the middle are left out.
    /// </summary>
    Task<AuditDocument> ListAsync(Guid? rotationId, CancellationToken cancellationToken);

    /// <summary>
    /// Verifies the whole chain, and compares it with what was recorded about it elsewhere. With
    /// <paramref name="expected"/>, the hash of an event in hex, that event must be there.
    /// </summary>
    Task<AuditVerdictDocument> VerifyAsync(string? expected, CancellationToken cancellationToken);

    /// <summary>Returns every event as a line of JSON, without its line end, in the order of the chain.</summary>
    IAsyncEnumerable<string> ExportAsync(CancellationToken cancellationToken);
}
