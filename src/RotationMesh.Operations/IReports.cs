using RotationMesh.Operations.Documents;

namespace RotationMesh.Operations;

/// <summary>Collects what a security logbook or an incident report needs about a rotation; nothing is written.</summary>
public interface IReports
{
    /// <summary>
    /// Reports on one rotation, or on the latest where <paramref name="rotationId"/> is null. It counts the rotation's
    /// rows anew, by tenant; the report says so where a database does not answer. Throws <c>UsageException</c> where
    /// there is no such rotation.
    /// </summary>
    Task<ReportDocument> ReportAsync(Guid? rotationId, CancellationToken cancellationToken);
}
