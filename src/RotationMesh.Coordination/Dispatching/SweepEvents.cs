using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Finds what the ledger knows and a saga does not know yet. It remembers the last message sent to each rotation, and permits
/// a repeat only when the saga should have acted on it: a saga with a backlog would get a longer one at each check.
/// </summary>
internal sealed class SweepEvents(TimeSpan again, TimeProvider clock)
{
    private readonly Dictionary<Guid, (object News, long At)> last = [];

    /// <summary>
    /// Message that too much of the current sweep fails, that it or its verification is settled, or that a cancelled rotation
    /// may write its totals; null where nothing is so, or the saga knows it already. <see cref="Breaker"/> explains
    /// <paramref name="replanned"/>.
    /// </summary>
    public static object? Find(
        RunningRotation rotation,
        IReadOnlyList<SweepSummary> sweeps,
        long replanned = 0
    ) => Breaker.Of(rotation, sweeps, replanned) ?? Settled(rotation, sweeps);

    /// <summary>True, and recorded as sent, where the message is new or old enough to have been lost.</summary>
    public bool IsDue(Guid rotationId, object news)
    {
        if (
            last.TryGetValue(rotationId, out var before)
            && before.News.Equals(news)
            && clock.GetElapsedTime(before.At) < again
        )
            return false;
        last[rotationId] = (news, clock.GetTimestamp());
        return true;
    }

    /// <summary>Drops the entries of rotations that no longer run.</summary>
    public void KeepOnly(IEnumerable<Guid> running)
    {
        foreach (var gone in last.Keys.Except(running).ToList())
            last.Remove(gone);
    }

    private static object? Settled(RunningRotation rotation, IReadOnlyList<SweepSummary> sweeps)
    {
        if (IsIdle(rotation, sweeps))
            return new NudgeRotation(rotation.RotationId);
        var phase = rotation.State switch
        {
            RotationState.Planning or RotationState.Rotating when rotation.SettledSweep < rotation.Sweep =>
                SweepPhase.Rotate,
            RotationState.Verifying when rotation.VerifiedSweep < rotation.Sweep => SweepPhase.Verify,
            _ => (SweepPhase?)null,
        };
        var key = new SweepKey(rotation.RotationId, rotation.Sweep, phase ?? SweepPhase.Rotate);
        if (phase is null || sweeps.SingleOrDefault(sweep => sweep.Key == key) is not { IsSettled: true })
            return null;
        return phase == SweepPhase.Rotate
            ? new SweepSettled(key.RotationId, key.Sweep)
            : new VerificationSettled(key.RotationId, key.Sweep);
    }

    // A cancelled rotation writes its totals once no partition is dispatched any more.
    private static bool IsIdle(RunningRotation rotation, IReadOnlyList<SweepSummary> sweeps) =>
        rotation is { State: RotationState.Cancelled, Concluded: false }
        && sweeps.All(sweep => sweep.Tables.All(table => table.Dispatched == 0));
}
