using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Dispatching;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Keeps the workers' queues filled: takes pending partitions, sends them, and marks them dispatched when the broker
/// has confirmed all of them. Any number of coordinators may run a dispatcher; each sends only for rotations of its own
/// map.
/// </summary>
internal sealed class Dispatcher(
    IBus bus,
    ControlDatabase control,
    DatabaseClocks clocks,
    SoundRotations rotations,
    GoalCheck goals,
    VersionHolds holds,
    LedgerRules rules,
    LedgerSignal signal,
    CoordinatorOptions options,
    AskedTraces traces,
    RotationMap map,
    TimeProvider clock,
    ILogger<Dispatcher> log
) : PollingService(Poll, clock)
{
    /// <summary>Longest time until other processes' plans, or partitions due for a retry, are seen.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    private IReadOnlyDictionary<Guid, RunningRotation> open = new Dictionary<Guid, RunningRotation>();
    private readonly RetiredTargets retired = new(bus, control);
    private readonly PartitionCommands commands = new(bus, control, traces, map);

    private PartitionDispatch? dispatch;
    private long? told;
    private long? unsent;

    private PartitionDispatch Dispatch =>
        dispatch ??= new(
            control,
            rules,
            Clock,
            clocks.NowAsync,
            (rotation, database) =>
                open.TryGetValue(rotation, out var found)
                && holds.IsHeld(rotation, database, found.TargetVersion)
        );

    // Runs after a successful take too: one database may be blocked while the rotation's others proceed.
    private async Task TellUnsentAsync(
        IReadOnlyCollection<RunningRotation> dispatching,
        CancellationToken stopping
    )
    {
        if (unsent is { } last && Clock.GetElapsedTime(last) < options.Nudge)
            return;
        unsent = Clock.GetTimestamp();
        foreach (var rotation in dispatching.Where(rotation => !goals.IsOfMap(rotation.MapHash)))
            await bus.PublishAsync(
                new RotationStalled(rotation.RotationId, GoalCheck.ExplainOtherMap()),
                stopping
            );
        foreach (var rotation in open.Values)
            if (holds.ExplainClosed(rotation) is { } closed)
                await bus.PublishAsync(new TargetVersionClosed(rotation.RotationId, closed), stopping);
            else if (holds.Explain(rotation) is { } reason)
                await bus.PublishAsync(new RotationStalled(rotation.RotationId, reason), stopping);
    }

    /// <summary>Takes and sends partitions once. False where nothing was due or the window is full.</summary>
    protected override async Task<bool> RunOnceAsync(CancellationToken stopping)
    {
        var running = await rotations.ListAsync(stopping);
        holds.Keep(running);
        var dispatching = running.Where(rotation => RotationState.MayDispatch(rotation.State)).ToList();
        open = dispatching
            .Where(rotation => goals.IsOfMap(rotation.MapHash))
            .ToDictionary(rotation => rotation.RotationId);
        if (open.Count == 0)
        {
            if (dispatching.Count > 0)
                await TellUnsentAsync(dispatching, stopping);
            return false;
        }

        var window = new DispatchWindow
        {
            PerRotation = options.Window,
            PerDatabase = options.WindowOfDatabase,
        };
        var taken = await Dispatch.TakeAsync(
            [.. open.Keys],
            window,
            partitions => commands.SendAsync(partitions, open, stopping),
            stopping
        );
        if (taken.Count == 0 && (told is null || Clock.GetElapsedTime(told.Value) >= options.Nudge))
        {
            told = Clock.GetTimestamp();
            await retired.TellAsync(open.Values, stopping);
        }

        await TellUnsentAsync(dispatching, stopping);

        return taken.Count > 0;
    }

    /// <inheritdoc/>
    protected override Task WaitAsync(TimeSpan longest, CancellationToken stopping) =>
        signal.Dispatch.WaitAsync(longest, stopping);

    /// <inheritdoc/>
    protected override void OnFault(Exception fault, TimeSpan pause) =>
        // What was taken is pending again.
        MeshLog.DispatchFailed(log, pause, fault);
}
