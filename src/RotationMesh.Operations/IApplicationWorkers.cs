using RotationMesh.Operations.Documents;

namespace RotationMesh.Operations;

/// <summary>
/// What an operator does with the application's own queues, as the map's gates name them. All methods throw
/// <c>UsageException</c> where the map has no queues that can be paused, and <c>GateClosedException</c> where the queues
/// can't be read.
/// </summary>
public interface IApplicationWorkers
{
    /// <summary>Reads the queues as they are now.</summary>
    Task<WorkersDocument> LookAsync(CancellationToken cancellationToken);

    /// <summary>Pauses the queues that are not paused, and records which.</summary>
    Task<WorkersDocument> PauseAsync(string requestedBy, CancellationToken cancellationToken);

    /// <summary>Resumes all queues that this program paused, for whatever reason, and no others.</summary>
    Task<WorkersDocument> ResumeAsync(CancellationToken cancellationToken);
}
