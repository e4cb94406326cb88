using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Mesh.Dispatching;

/// <summary>
/// Sends the partitions of a stalled rotation again: the broker lost its queues, say, or no worker runs. To wait for the leases
/// would cost a minute, and would count against partitions that no worker has seen.
/// </summary>
internal sealed class StalledRotations(
    IBus bus,
    PartitionLeases leases,
    LedgerRules rules,
    TimeProvider clock,
    ILogger log
)
{
    /// <summary>While no worker runs, one window of messages piles up in this time.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Guid, Heard> heard = [];

    /// <summary>Rotations whose partitions were sent again, without an answer.</summary>
    public IReadOnlyCollection<Guid> Unanswered =>
        [.. heard.Where(entry => entry.Value.Strikes > 0).Select(entry => entry.Key)];

    /// <summary>Called with the ledger of a running rotation. True where its partitions are pending again, to be dispatched.</summary>
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
        // A heartbeat extends the lease, so nothing is released while a worker is at one of them.
        var released = await leases.ReleaseAsync(rotationId, rules.StallTimeout, rules, cancellationToken);
        if (released.Partitions == 0)
        {
            heard[rotationId] = last with { Strikes = 0 };
            return false;
        }

        // Somebody works where a worker had begun one of them: that it vanished is counted against the partition.
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

    /// <summary>Nothing could be heard while the broker or the database was away: listen anew.</summary>
    public void Forget() => heard.Clear();

    /// <summary>Drops what is known of rotations that run no more.</summary>
    public void KeepOnly(IEnumerable<Guid> running)
    {
        foreach (var gone in heard.Keys.Except(running).ToList())
            heard.Remove(gone);
    }

    private sealed record Heard(long Settled, long At, int Strikes);
}
