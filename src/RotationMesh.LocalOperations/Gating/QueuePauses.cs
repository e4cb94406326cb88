using RotationMesh.Control;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Gates;
using RotationMesh.Gates;

namespace RotationMesh.LocalOperations.Gating;

/// <summary>
/// Pauses the application's queues, and resumes only the queues that this program paused: the control database has a
/// note of each. Several processes may do so at once; they take turns at each queue.
/// </summary>
public sealed class QueuePauses(GateSet gates, ControlDatabase control)
{
    private readonly PausedQueueStore store = new(control);
    private readonly QueueTurns turns = new(control);

    /// <summary>
    /// Pauses every queue of the map that is not paused yet, for a rotation or for an operator. Returns the queues that it
    /// paused. Throws <see cref="GateClosedException"/> where one can't be paused; those before it stay paused.
    /// </summary>
    public async Task<IReadOnlyList<PausedQueueNote>> PauseAsync(
        Guid? rotationId,
        string requestedBy,
        CancellationToken cancellationToken
    )
    {
        if (rotationId is { } id)
            await store.AdoptAsync(id, cancellationToken);
        var paused = new List<PausedQueueNote>();
        foreach (var gate in gates.Pausable)
        {
            try
            {
                foreach (var queue in await gate.LookAsync(cancellationToken))
                {
                    var note = new PausedQueueNote
                    {
                        Gate = gate.Entry.Name,
                        Queue = queue.Name,
                        RotationId = rotationId,
                        PausedBy = requestedBy,
                    };
                    if (!queue.Paused && await PauseAsync(gate, note, cancellationToken))
                        paused.Add(note);
                }
            }
            catch (GateUnreadableException e)
            {
                throw new GateClosedException([Unreadable(gate, e)]);
            }
        }

        return paused;
    }

    /// <summary>
    /// Resumes the queues that a rotation paused and no other rotation needs, or all that this program paused where
    /// <paramref name="rotationId"/> is null. Returns the queues that it resumed. Throws
    /// <see cref="GateClosedException"/> where a queue can't be resumed, and <see cref="UsageException"/> where the
    /// map has no gate for it any more; the queue's note stays.
    /// </summary>
    public async Task<IReadOnlyList<PausedQueueNote>> ResumeAsync(
        Guid? rotationId,
        CancellationToken cancellationToken
    )
    {
        if (rotationId is { } id)
            await store.HandOverAsync(id, cancellationToken);
        var resumed = new List<PausedQueueNote>();
        foreach (var note in await store.ListAsync(rotationId, cancellationToken))
        {
            var gate = gates.Pausable.FirstOrDefault(gate => gate.Entry.Name == note.Gate);
            if (gate is null)
                throw new UsageException(
                    $"the map has no gate {note.Gate} any more, and its queue {note.Queue} is still paused: give it back to the map, or resume the queue by hand"
                );
            await using var turn = await turns.TakeAsync(note.Gate, note.Queue, cancellationToken);
            if (!await IsNotedAsync(note, rotationId, cancellationToken))
                continue; // another process resumed it meanwhile, or another rotation has it now
            try
            {
                if (await gate.ResumeAsync(note.Queue, cancellationToken))
                    resumed.Add(note);
            }
            catch (GateUnreadableException e)
            {
                throw new GateClosedException([Unreadable(gate, e)]);
            }

            await PausedQueueStore.RemoveAsync(turn, note.Gate, note.Queue, cancellationToken);
        }

        return resumed;
    }

    // Notes the queue before it pauses it. After a crash in between, the note is of a queue that runs, and resuming
    // that does nothing.
    private async Task<bool> PauseAsync(
        IPausableWorkers gate,
        PausedQueueNote note,
        CancellationToken cancellationToken
    )
    {
        await using var turn = await turns.TakeAsync(note.Gate, note.Queue, cancellationToken);
        var now = (await gate.LookAsync(cancellationToken)).FirstOrDefault(queue => queue.Name == note.Queue);
        if (now is not { Paused: false })
            return false; // paused meanwhile, or gone
        var wasNoted = await PausedQueueStore.RemoveAsync(turn, note.Gate, note.Queue, cancellationToken);
        await PausedQueueStore.AddAsync(turn, note, cancellationToken);
        try
        {
            if (await gate.PauseAsync(note.Queue, cancellationToken))
                return true;
        }
        catch (GateUnreadableException fault) when (fault.IsRefusal && !wasNoted)
        {
            await PausedQueueStore.RemoveAsync(turn, note.Gate, note.Queue, cancellationToken);
            throw;
        }

        // Somebody else paused it first. That may have been an earlier try of this program that got no answer: then
        // the queue stays noted.
        if (!wasNoted)
            await PausedQueueStore.RemoveAsync(turn, note.Gate, note.Queue, cancellationToken);
        return wasNoted;
    }

    private async Task<bool> IsNotedAsync(
        PausedQueueNote note,
        Guid? rotationId,
        CancellationToken cancellationToken
    ) =>
        (await store.ListAsync(rotationId, cancellationToken)).Any(now =>
            (now.Gate, now.Queue) == (note.Gate, note.Queue)
        );

    internal static GateVerdict Unreadable(IPausableWorkers gate, GateUnreadableException fault) =>
        new(
            gate.Entry.Name,
            Holds: false,
            fault.Message,
            $"check the server and the queues that line {gate.Entry.Line} of the map names"
        );
}
