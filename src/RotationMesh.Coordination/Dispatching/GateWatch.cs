using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Coordination.Gating;
using RotationMesh.Core;
using RotationMesh.Gates;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Checks the gates while rotations run: a lost gate stops dispatching, and the rotation continues when the gate holds
/// again. One that has not begun is left to the nudges, by which all its gates are checked. Several coordinators may run
/// this: the saga acts once on a duplicate message.
/// </summary>
internal sealed class GateWatch(
    IBus bus,
    GateSet gates,
    GateLook look,
    SoundRotations rotations,
    GoalCheck goals,
    TimeProvider clock,
    ILogger<GateWatch> log
) : PollingService(Interval, clock, onlyAtTicks: true)
{
    /// <summary>
    /// Time between two checks. The loss of a gate that answers within two seconds stops dispatching within five, whatever
    /// the others do.
    /// </summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly WatchedGates watched = new(gates, clock);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        gates.All.Count == 0 ? Task.CompletedTask : base.ExecuteAsync(stoppingToken);

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken stopping)
    {
        var running = (await rotations.ListAsync(stopping))
            .Where(one => one.Sweep > 0 && IsWatched(one.State) && goals.IsOfMap(one.MapHash))
            .ToList();
        if (running.Count == 0)
        {
            watched.Forget();
            return false;
        }

        var round = await watched.LookAsync(stopping);
        foreach (var rotation in running)
        {
            var lost = await look.FindLostAsync(rotation.RotationId, round.Verdicts, stopping);
            if (lost is not null)
            {
                if (rotation.State != RotationState.AwaitingGates)
                    MeshLog.GateLost(log, rotation.RotationId, lost.Gate, lost.Reason);
                await bus.PublishAsync(new GateLost(rotation.RotationId, lost.ToString()), stopping);
            }
            else if (rotation.State == RotationState.AwaitingGates && round.IsWhole)
                await bus.PublishAsync(new GatesHold(rotation.RotationId), stopping);
        }

        return false;
    }

    /// <inheritdoc/>
    protected override void OnFault(Exception fault, TimeSpan pause) =>
        // Nothing is dispatched meanwhile either.
        MeshLog.GateWatchFailed(log, pause, fault);

    private static bool IsWatched(string state) =>
        state == RotationState.AwaitingGates || RotationState.MayDispatch(state);
}
