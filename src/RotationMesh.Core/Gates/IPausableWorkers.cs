namespace RotationMesh.Core.Gates;

/// <summary>A gate whose workers can be paused and resumed from outside.</summary>
public interface IPausableWorkers : IGate
{
    /// <summary>
    /// The queues and what they do at this moment. Throws <see cref="GateUnreadableException"/> where they can't be read.
    /// </summary>
    Task<IReadOnlyList<QueueState>> LookAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Pauses a queue: no job of it starts any more, those that run go on. False where it was paused already. Throws
    /// <see cref="GateUnreadableException"/>.
    /// </summary>
    Task<bool> PauseAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Resumes a queue. False where it was not paused. Throws <see cref="GateUnreadableException"/>.</summary>
    Task<bool> ResumeAsync(string queue, CancellationToken cancellationToken);
}

/// <summary>
/// A queue of the application. <paramref name="Active"/> jobs run; <paramref name="Waiting"/> ones would, if it were not
/// paused; <paramref name="Delayed"/> ones later.
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
    /// <summary>Whether it answered that it won't: what was asked for was not done, and nothing of it is under way.</summary>
    public bool IsRefusal { get; init; }
}
