namespace RotationMesh.Core.Gates;

/// <summary>A gate whose workers can be paused and resumed from outside.</summary>
public interface IPausableWorkers : IGate
{
    /// <summary>
    /// Reads the queues and their current state. Throws <see cref="GateUnreadableException"/> where they can't be read.
    /// </summary>
    Task<IReadOnlyList<QueueState>> LookAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Pauses a queue: no more of its jobs start, and running jobs go on. Returns false where it was paused already.
    /// Throws <see cref="GateUnreadableException"/>.
    /// </summary>
    Task<bool> PauseAsync(string queue, CancellationToken cancellationToken);

    /// <summary>
    /// Resumes a queue. Returns false where it was not paused. Throws <see cref="GateUnreadableException"/>.
    /// </summary>
    Task<bool> ResumeAsync(string queue, CancellationToken cancellationToken);
}

/// <summary>
/// A queue of the application: <paramref name="Active"/> jobs run, <paramref name="Waiting"/> jobs would run if the queue
/// were not paused, and <paramref name="Delayed"/> jobs run later.
/// </summary>
public sealed record QueueState(
    string Name,
    bool Exists,
    bool Paused,
    long Active,
    long Waiting,
    long Delayed
);

/// <summary>Why a gate could not be read: one line without secrets.</summary>
public sealed class GateUnreadableException(string reason, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>
    /// Whether the other side refused the request: it was not carried out, and no part of it is still running.
    /// </summary>
    public bool IsRefusal { get; init; }
}
