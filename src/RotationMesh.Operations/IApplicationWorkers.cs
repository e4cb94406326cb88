using RotationMesh.Operations.Documents;

namespace RotationMesh.Operations;

/// <summary>
/// What an operator does with the application's own queues, those of the map's gates. All throw <c>UsageException</c>
/// where the map has none, and <c>GateClosedException</c> where they can't be read.
/// </summary>
public interface IApplicationWorkers
{
    /// <summary>The queues as they are now.</summary>
    Task<WorkersDocument> LookAsync(CancellationToken cancellationToken);

    /// <summary>Pauses the queues that are not paused, and remembers which.</summary>
    Task<WorkersDocument> PauseAsync(string requestedBy, CancellationToken cancellationToken);

    /// <summary>Resumes the queues that were paused by this program, for whatever reason, and no others.</summary>
    Task<WorkersDocument> ResumeAsync(CancellationToken cancellationToken);
}
