using System.Diagnostics;
using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Control.Schema;
using RotationMesh.Core;
using RotationMesh.LocalOperations;

namespace RotationMesh.Embedding;

/// <summary>
/// Waits for the end of a rotation and shows its progress meanwhile. It asks the control database, which outlives every bus.
/// </summary>
internal sealed class RotationFollower(ControlDatabase control, RotationProgress progress)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(40);

    /// <summary>Longest time that the control database may be away: a restart or a failover takes less.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for batches in hand to end and be counted.</summary>
    private static readonly TimeSpan Handing = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Longest wait for a cancelled rotation to be over. Then the operator gets an answer, and the next rotation on the same
    /// rows, or another cancel, writes its totals.
    /// </summary>
    private static readonly TimeSpan Concluding = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Longest wait for a cancelled rotation to be over where it awaits writes of others and this process was told to stop:
    /// nothing is in hand here.
    /// </summary>
    private static readonly TimeSpan Awaiting = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Time between two checks that the control schema is whole; if a table were dropped, the wait would never end.
    /// </summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Returns when the rotation has ended and its totals are written, or is paused. If it was paused
    /// <paramref name="before"/>, it must first run again. On <paramref name="stopping"/>, calls <paramref name="cancel"/> and
    /// waits for the end. Once the rotation is cancelled or paused, by anyone, <paramref name="halt"/> ends partitions with
    /// the batch in hand. Throws <see cref="RotationTakenOverException"/> where another process has taken it over, and
    /// <see cref="RecordsMissingException"/> where a table of the control schema is gone.
    /// </summary>
    public async Task<RunningRotation> FollowAsync(
        RunningRotation before,
        Func<Task> cancel,
        Func<Task> halt,
        Func<bool> isTaken,
        CancellationToken stopping
    )
    {
        var mayPause = before.State != RotationState.Paused;
        var running = new RunningRotations(control);
        var answered = Stopwatch.GetTimestamp();
        var looked = answered;
        long? asked = null;
        long? cancelled = null;
        while (true)
        {
            if (isTaken())
                throw new RotationTakenOverException(before.RotationId);
            // It cancels again and again: the first message may come before the rotation's start, and find nothing to cancel.
            if (
                stopping.IsCancellationRequested
                && (asked is null || Stopwatch.GetElapsedTime(asked.Value) > AskAgain)
            )
            {
                asked = Stopwatch.GetTimestamp();
                await cancel();
            }

            try
            {
                if (Stopwatch.GetElapsedTime(looked) > LookAgain)
                {
                    looked = Stopwatch.GetTimestamp();
                    await EnsureWholeAsync();
                }

                if (await running.FindAsync(before.RotationId, CancellationToken.None) is { } rotation)
                {
                    answered = Stopwatch.GetTimestamp();
                    await ShowAsync(rotation);
                    mayPause |= rotation.State != RotationState.Paused;
                    var paused = rotation.State == RotationState.Paused && mayPause;
                    if (paused || (rotation.State == RotationState.Cancelled && IsNew(rotation, before)))
                        await halt();
                    if (paused)
                        await HandBackAsync(before.RotationId);
                    if (paused || (rotation.IsOver && IsNew(rotation, before)))
                        return rotation;
                    if (rotation.State == RotationState.Cancelled)
                        cancelled ??= Stopwatch.GetTimestamp();
                    var longest =
                        stopping.IsCancellationRequested && rotation.AwaitsOthers ? Awaiting : Concluding;
                    if (cancelled is { } at && Stopwatch.GetElapsedTime(at) > longest)
                        return rotation;
                }
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(answered) < Timeout)
            {
                // The database will be back.
            }

            await PauseAsync(asked is null ? stopping : CancellationToken.None);
        }
    }

    // Nobody else waits for the partitions in hand of a paused rotation, and what they did would never be counted.
    private async Task HandBackAsync(Guid rotationId)
    {
        var ledger = new LedgerSummary(control);
        var asked = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(asked) < Handing)
        {
            var sweeps = await ledger.ReadAsync(rotationId, CancellationToken.None);
            if (sweeps.All(sweep => sweep.Tables.All(table => table.Dispatched == 0)))
                return;
            await Task.Delay(Interval);
        }
    }

    private async Task EnsureWholeAsync()
    {
        if (await new DroppedTables(control).FindAsync(CancellationToken.None) is { } dropped)
            throw new RecordsMissingException(dropped);
    }

    private async Task ShowAsync(RunningRotation rotation)
    {
        (progress.Phase, progress.Reason) = (rotation.State, rotation.Reason);
        if (progress.Pending > 0 || rotation.State is RotationState.Checking)
            return;
        var tables = await new RotationTableStore(control).ListAsync(
            rotation.RotationId,
            CancellationToken.None
        );
        progress.Pending = tables.Sum(table => table.OpeningPending);
    }

    // A rotation that is retried had an end before, which does not count.
    private static bool IsNew(RunningRotation rotation, RunningRotation before) =>
        before.EndedAt is null || !before.Concluded || rotation.EndedAt != before.EndedAt;

    private static async Task PauseAsync(CancellationToken stopping)
    {
        try
        {
            await Task.Delay(Interval, stopping);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }
}
