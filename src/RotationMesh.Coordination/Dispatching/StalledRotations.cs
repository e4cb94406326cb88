using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.Core;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Sends the partitions of a stalled rotation again: the broker lost its queues, say, or no worker runs. Waiting for
/// the leases to end would take a minute, and would count against partitions that no worker has seen.
/// </summary>
internal sealed class StalledRotations(
    IBus bus,
    PartitionLeases leases,
    LedgerRules rules,
    TimeProvider clock,
    ILogger log
)
{
    /// <summary>Longest wait for an answer; without workers, each wait adds a window of messages.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Guid, Heard> heard = [];

    /// <summary>Rotations whose partitions were sent again, and that have had no answer since.</summary>
    public IReadOnlyCollection<Guid> Unanswered =>
        [.. heard.Where(entry => entry.Value.Strikes > 0).Select(entry => entry.Key)];

    /// <summary>Releases a running rotation's partitions if it is stalled. True where they are pending again.</summary>
    public async Task<bool> ReleaseAsync(
        Guid rotationId,
        IReadOnlyList<SweepSummary> sweeps,
        CancellationToken cancellationToken
    )
    {
        var settled = sweeps.Sum(sweep => sweep.Done + sweep.Failed);
        var held = sweeps.Sum(sweep => sweep.Tables.Sum(table => table.Dispatched));
        var last = heard.GetValueOrDefault(rotationId);
        if (last is null || last.Settled != settled || (held == 0 && last.Strikes == 0))
        {
            heard[rotationId] = new Heard(settled, clock.GetTimestamp(), 0);
            return false;
        }

        var wait = rules.StallTimeout * Math.Pow(2, last.Strikes);
        wait = wait < Longest ? wait : Longest;
        if (held == 0 || clock.GetElapsedTime(last.At) < wait)
            return false;
        // A heartbeat extends the lease, so nothing is released while a worker runs one of them.
        var released = await leases.ReleaseAsync(rotationId, rules.StallTimeout, rules, cancellationToken);
        if (released.Partitions == 0)
        {
            heard[rotationId] = last with { Strikes = 0 };
            return false;
        }

        // A begun partition shows that workers run. The vanished one counts against that partition, not here.
        var strikes = released.Begun > 0 ? 0 : last.Strikes + 1;
        heard[rotationId] = new Heard(settled, clock.GetTimestamp(), strikes);
        MeshLog.SentAgain(log, rotationId, released.Partitions, wait);
        if (strikes > 1)
            await bus.PublishAsync(
                new RotationStalled(rotationId, $"{Reasons.NoWorkers}: are any running, with this broker?"),
                cancellationToken
            );
        return true;
    }

    /// <summary>Forgets all observations: while the broker or the database was away, no answer could arrive.</summary>
    public void Forget() => heard.Clear();

    /// <summary>Drops the entries of rotations that no longer run.</summary>
    public void KeepOnly(IEnumerable<Guid> running)
    {
        foreach (var gone in heard.Keys.Except(running).ToList())
            heard.Remove(gone);
    }

    private sealed record Heard(long Settled, long At, int Strikes);
}
