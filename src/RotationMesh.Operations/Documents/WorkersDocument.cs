namespace RotationMesh.Operations.Documents;

/// <summary>
/// The application's queues; <paramref name="Changed"/> lists those that were just paused or resumed, as gate/queue.
/// </summary>
public sealed record WorkersDocument(IReadOnlyList<QueueDocument> Queues, IReadOnlyList<string> Changed);

/// <summary>One of the application's queues.</summary>
public sealed record QueueDocument
{
    /// <summary>The gate that it belongs to.</summary>
    public required string Gate { get; init; }

    /// <summary>Its name.</summary>
    public required string Queue { get; init; }

    /// <summary>Whether it exists; where it does not, the other members mean nothing.</summary>
    public required bool Exists { get; init; }

    /// <summary>Whether it is paused: none of its jobs starts.</summary>
    public required bool Paused { get; init; }

    /// <summary>Jobs that run.</summary>
    public required long Active { get; init; }

    /// <summary>Jobs that run as soon as the queue and a worker allow.</summary>
    public required long Waiting { get; init; }

    /// <summary>Jobs that run later.</summary>
    public required long Delayed { get; init; }

    /// <summary>
    /// Who paused it through this program, and for which rotation; null where this program did not pause it.
    /// </summary>
    public QueuePauseDocument? PausedByUs { get; init; }
}

/// <summary>A pause by this program; the rotation is null where an operator paused by hand.</summary>
public sealed record QueuePauseDocument(string RequestedBy, DateTimeOffset At, Guid? RotationId);
