using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Mesh.Dispatching;

/// <summary>
/// Breaks the silence of rotations of which everything that was sent is lost: the broker lost its queues, say, or nobody
/// works. Waiting for leases would cost a minute, and would be held against partitions that no worker has seen.
/// </summary>
internal sealed class Silence(
    IBus bus,
    PartitionLeases leases,
    LedgerRules rules,
    TimeProvider clock,
    ILogger log
)
{
    /// <summary>Where nobody works for hours, messages to nobody pile up by one window in this time.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Guid, Heard> heard = [];

    /// <summary>Rotations that were sent again and still say nothing.</summary>
    public IReadOnlyCollection<Guid> Silent =>
        [.. heard.Where(entry => entry.Value.Strikes > 0).Select(entry => entry.Key)];

    /// <summary>Called with the ledger of a running rotation; true where its partitions are to be dispatched again.</summary>
    public async Task<bool> BreakAsync(
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

        var wait = rules.Silence * Math.Pow(2, last.Strikes);
        wait = wait < Longest ? wait : Longest;
        if (held == 0 || clock.GetElapsedTime(last.At) < wait)
            return false;
        // A sign of life extends a lease; then the newest one is younger than the silence, and nothing is released.
        var released = await leases.ReleaseAsync(rotationId, rules.Silence, rules, cancellationToken);
        if (released.Partitions == 0)
        {
            heard[rotationId] = last with { Strikes = 0 };
            return false;
        }

        // Somebody works where a worker had begun one of them: that it vanished is counted against the partition.
        var strikes = released.Begun > 0 ? 0 : last.Strikes + 1;
        heard[rotationId] = new Heard(settled, clock.GetTimestamp(), strikes);
        MeshLog.SilenceBroken(log, rotationId, released.Partitions, wait);
        if (strikes > 1)
            await bus.PublishAsync(
                new RotationHeldUp(rotationId, $"{Reasons.NoWorkers}: are any running, with this broker?"),
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
