using System.Diagnostics;
using RotationMesh.Control;
using RotationMesh.Control.Guards;
using RotationMesh.Core.Gates;

namespace RotationMesh.LocalOperations.Gating;

/// <summary>
/// Lets one process at a time look at a queue, note it, and pause or resume it. Two processes at once would each take
/// the other's note for its own, and leave a paused queue that nobody resumes.
/// </summary>
internal sealed class QueueTurns(ControlDatabase control)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Longest wait for a turn. It is longer than the silence after which a frozen process loses its turn.
    /// </summary>
    private static readonly TimeSpan Longest = RotationGuard.Longest + TimeSpan.FromSeconds(30);

    private readonly RotationGuard guard = new(control);

    /// <summary>
    /// Waits for the turn at a queue; the turn lasts until it is disposed of. Throws
    /// <see cref="GateClosedException"/> where it does not come in time.
    /// </summary>
    public async Task<HeldWork> TakeAsync(string gate, string queue, CancellationToken cancellationToken)
    {
        var work = $"queue/{gate}/{queue}";
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await guard.TryHoldAsync(work, Guid.Empty, cancellationToken) is { } turn)
                return turn;
            if (Stopwatch.GetElapsedTime(start) >= Longest)
                throw new GateClosedException([Busy(gate, queue)]);
            _ = await guard.TryEndSilentAsync(work, Guid.Empty, RotationGuard.Longest, cancellationToken);
            await Task.Delay(Interval, cancellationToken);
        }
    }

    private static GateVerdict Busy(string gate, string queue) =>
        new(
            gate,
            Holds: false,
            $"another process pauses or resumes queue {queue} and does not come to an end",
            "try again, and end the process of RotationMesh that hangs"
        );
}
