using RotationMesh.Operations.Documents;

namespace RotationMesh.Operations;

/// <summary>Puts together what a security logbook or an incident wants to know of a rotation; nothing is written.</summary>
public interface IReports
{
    /// <summary>
    /// One rotation, or the latest where <paramref name="rotationId"/> is null. Its rows are counted anew, by tenant; a
    /// database that does not answer is told in the report. Throws <c>UsageException</c> where there is no such rotation.
    /// </summary>
    Task<ReportDocument> ReportAsync(Guid? rotationId, CancellationToken cancellationToken);
}
