using RotationMesh.Control;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Gates;
using RotationMesh.Gates;
using RotationMesh.LocalOperations.Gating;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Operating;

/// <summary>Shows, pauses and resumes the application's queues that the map of this process names.</summary>
public sealed class LocalWorkers(GateSet gates, ControlDatabase control) : IApplicationWorkers
{
    private readonly QueuePauses pauses = new(gates, control);

    /// <inheritdoc/>
    public async Task<WorkersDocument> LookAsync(CancellationToken cancellationToken)
    {
        EnsurePausable();
        return await ReadAsync([], cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<WorkersDocument> PauseAsync(string requestedBy, CancellationToken cancellationToken)
    {
        EnsurePausable();
        await control.MigrateAsync(cancellationToken);
        try
        {
            var paused = await pauses.PauseAsync(rotationId: null, requestedBy, cancellationToken);
            return await ReadAsync(paused, cancellationToken);
        }
        catch (GateClosedException closed)
        {
            var noted = await new PausedQueueStore(control).ListAsync(rotationId: null, cancellationToken);
            if (noted.Count == 0)
                throw;
            throw new GateClosedException(
                closed.Lost,
                $"these queues are paused: {string.Join(", ", noted.Select(note => $"{note.Gate}/{note.Queue}"))}; resume them with "
                    + "'rotationmesh workers resume'"
            );
        }
    }

    /// <inheritdoc/>
    public async Task<WorkersDocument> ResumeAsync(CancellationToken cancellationToken)
    {
        EnsurePausable();
        await control.MigrateAsync(cancellationToken);
        var resumed = await pauses.ResumeAsync(rotationId: null, cancellationToken);
        return await ReadAsync(resumed, cancellationToken);
    }

    private void EnsurePausable()
    {
        if (!gates.Pausable.Any())
            throw new UsageException(
                "the map has no queues that can be paused: declare them under gates.workers as bullmq"
            );
    }

    private async Task<WorkersDocument> ReadAsync(
        IReadOnlyList<PausedQueueNote> changed,
        CancellationToken cancellationToken
    )
    {
        var notes = await control.HasCurrentRecordsAsync(cancellationToken)
            ? await new PausedQueueStore(control).ListAsync(rotationId: null, cancellationToken)
            : [];
        var queues = new List<QueueDocument>();
        foreach (var gate in gates.Pausable)
            queues.AddRange(
                (await ReadAsync(gate, cancellationToken)).Select(queue => Document(gate, queue, notes))
            );
        return new WorkersDocument(queues, [.. changed.Select(note => $"{note.Gate}/{note.Queue}")]);
    }

    private static async Task<IReadOnlyList<QueueState>> ReadAsync(
        IPausableWorkers gate,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await gate.LookAsync(cancellationToken);
        }
        catch (GateUnreadableException fault)
        {
            throw new GateClosedException([QueuePauses.Unreadable(gate, fault)]);
        }
    }

    private static QueueDocument Document(
        IPausableWorkers gate,
        QueueState queue,
        IReadOnlyList<PausedQueueNote> notes
    )
    {
        var note = notes.FirstOrDefault(note =>
            queue.Paused && note.Gate == gate.Entry.Name && note.Queue == queue.Name
        );
        return new QueueDocument
        {
            Gate = gate.Entry.Name,
            Queue = queue.Name,
            Exists = queue.Exists,
            Paused = queue.Paused,
            Active = queue.Active,
            Waiting = queue.Waiting,
            Delayed = queue.Delayed,
            PausedByUs = note is null
                ? null
                : new QueuePauseDocument(note.PausedBy, note.PausedAt, note.RotationId),
        };
    }
}
