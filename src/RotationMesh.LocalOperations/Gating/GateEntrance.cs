using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Rotations;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map;
using RotationMesh.Gates;

namespace RotationMesh.LocalOperations.Gating;

/// <summary>Checks the gates before a rotation starts: nothing is written before all of them hold.</summary>
public sealed class GateEntrance(RotationMap map, GateSet gates, ControlDatabase control)
{
    /// <summary>Receives each gate that is waited for.</summary>
    public Action<GateVerdict> Waiting { get; init; } = _ => { };

    /// <summary>
    /// Returns once the gates hold; waits for jobs that still run. Throws <see cref="GateClosedException"/> where a
    /// gate does not hold and waiting can't help.
    /// </summary>
    public async Task EnsureOpenAsync(StartRotation order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        var ignored = GateNames.Of(map.Gates, order.IgnoredGates.Select(gate => gate.Gate));
        var occasion = new GateOccasion { SnapshotTakenAt = order.SnapshotTakenAt };
        var verdicts = await gates.AwaitAsync(occasion, ignored, Waiting, cancellationToken);
        GateVerdict[] lost =
        [
            .. verdicts.Where(verdict => !verdict.Holds && !ignored.Contains(verdict.Gate)),
        ];
        if (lost.Length > 0)
            throw new GateClosedException(lost);
    }

    /// <summary>Ensures that every gate holds, and before that pauses the application's workers where the order says so.</summary>
    public Task EnterAsync(StartRotation order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        return order.PauseWorkers
            ? PauseAndEnsureOpenAsync(order, cancellationToken)
            : EnsureOpenAsync(order, cancellationToken);
    }

    /// <summary>
    /// Pauses the application's workers for a rotation, and then ensures that every gate holds. Where a gate does not hold,
    /// paused queues stay paused: the operator decides.
    /// </summary>
    public async Task PauseAndEnsureOpenAsync(StartRotation order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        var id = order.RotationId;
        try
        {
            await new QueuePauses(gates, control).PauseAsync(id, order.RequestedBy, cancellationToken);
            await EnsureOpenAsync(order, cancellationToken);
        }
        catch (GateClosedException closed)
        {
            var paused = await new PausedQueueStore(control).ListAsync(id, cancellationToken);
            throw new GateClosedException(closed.Lost, await RemarkAsync(paused, cancellationToken));
        }
    }

    // A queue whose pause got no answer in time may be paused all the same. It is noted, so it can be resumed.
    private async Task<string?> RemarkAsync(
        IReadOnlyList<PausedQueueNote> noted,
        CancellationToken cancellationToken
    )
    {
        var states = await StatesAsync(cancellationToken);
        var paused = noted.Where(note => states.GetValueOrDefault((note.Gate, note.Queue)) == true);
        var unknown = noted.Where(note => !states.ContainsKey((note.Gate, note.Queue)));
        string[] parts =
        [
            .. Listed("these queues stay paused", paused),
            .. Listed("these queues may be paused, they can't be asked", unknown),
        ];
        return parts.Length == 0
            ? null
            : $"{string.Join("; ", parts)}; resume them with 'rotationmesh workers resume'";
    }

    private async Task<Dictionary<(string, string), bool?>> StatesAsync(CancellationToken cancellationToken)
    {
        var states = new Dictionary<(string, string), bool?>();
        foreach (var gate in gates.Pausable)
            try
            {
                foreach (var queue in await gate.LookAsync(cancellationToken))
                    states[(gate.Entry.Name, queue.Name)] = queue.Paused;
            }
            catch (GateUnreadableException)
            {
                // Nothing is known of its queues.
            }

        return states;
    }

    private static IEnumerable<string> Listed(string what, IEnumerable<PausedQueueNote> notes)
    {
        var queues = string.Join(", ", notes.Select(note => note.Queue));
        return queues.Length == 0 ? [] : [$"{what}: {queues}"];
    }
}
