using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Tracing;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Sends the sagas what only the ledger knows: a sweep is settled, or too much of it fails. It also takes partitions
/// back from silent workers, and nudges the sagas. Several coordinators may run this: the saga acts once on a duplicate
/// message.
/// </summary>
internal sealed class LedgerWatch(
    IBus bus,
    ControlDatabase control,
    SoundRotations rotations,
    LedgerRules rules,
    LedgerSignal signal,
    CoordinatorOptions options,
    LedgerGauges gauges,
    AskedTraces traces,
    TimeProvider clock,
    ILogger<LedgerWatch> log
) : PollingService(Poll, clock)
{
    /// <summary>Longest time until this coordinator sees what another one settled.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    private readonly PartitionReclaim reclaim = new(control, rules);
    private readonly PartitionErrors errors = new(control);
    private readonly LedgerSummary ledger = new(control);
    private readonly StalledRotations stalled = new(bus, new PartitionLeases(control), rules, clock, log);
    private readonly SweepEvents events = new(options.Nudge, clock);
    private IReadOnlyList<RunningRotation> ended = [];
    private long? nudged;

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken stopping)
    {
        var tally = await reclaim.ReclaimAsync(stalled.Unanswered, stopping);
        if (tally.Requeued + tally.Failed > 0)
        {
            MeshLog.Reclaimed(log, tally.Requeued, tally.Failed);
            signal.Dispatch.Raise();
        }

        var (running, unsound) = await rotations.DivideAsync(stopping);
        var ids = running.Select(rotation => rotation.RotationId).ToList();
        stalled.KeepOnly(ids);
        events.KeepOnly(ids);
        traces.KeepOnly(ids);
        var ledgers = await ledger.ReadAsync(ids, stopping);
        var due = nudged is null || Clock.GetElapsedTime(nudged.Value) >= options.Nudge;
        var seen = new List<(RunningRotation, IReadOnlyList<SweepSummary>)>();
        foreach (var rotation in running)
        {
            IReadOnlyList<SweepSummary> sweeps = [.. ledgers[rotation.RotationId]];
            seen.Add((rotation, sweeps));
            if (await stalled.ReleaseAsync(rotation.RotationId, sweeps, stopping))
                signal.Dispatch.Raise();
            if (await FindNewsAsync(rotation, sweeps, stopping) is { } news)
            {
                if (events.IsDue(rotation.RotationId, news))
                    await TellAsync(rotation.RotationId, news, stopping);
            }
            else if (due)
                await bus.PublishAsync(new NudgeRotation(rotation.RotationId), stopping);
        }

        if (due)
        {
            ended = await rotations.EndedAsync(stopping);
            nudged = Clock.GetTimestamp();
        }

        gauges.See(seen, unsound, ended);
        return false;
    }

    /// <inheritdoc/>
    protected override Task WaitAsync(TimeSpan longest, CancellationToken stopping) =>
        signal.Watch.WaitAsync(longest, stopping);

    /// <inheritdoc/>
    protected override void OnFault(Exception fault, TimeSpan pause)
    {
        // A later check loses nothing.
        MeshLog.WatchFailed(log, pause, fault);
        stalled.Forget();
    }

    private async Task<object?> FindNewsAsync(
        RunningRotation rotation,
        IReadOnlyList<SweepSummary> sweeps,
        CancellationToken stopping
    )
    {
        if (SweepEvents.Find(rotation, sweeps) is var news and not BreakerTripped)
            return news;
        var replanned = await errors.CountAsync(
            rotation.RotationId,
            rotation.Sweep,
            Reasons.Replanned,
            stopping
        );
        return SweepEvents.Find(rotation, sweeps, replanned);
    }

    private async Task TellAsync(Guid rotationId, object news, CancellationToken stopping)
    {
        if (news is BreakerTripped tripped && await errors.OfFailedAsync(rotationId, stopping) is { } cause)
            news = tripped with { Reason = $"{tripped.Reason}; partitions failed because {cause}" };
        var asked = await traces.FindAsync(rotationId, stopping);
        using var span = Spans.Step("settled", rotationId, asked);
        await BoundedSends.WithinAsync(token => bus.Publish(news, news.GetType(), token), stopping);
    }
}
