using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Ends embedded rotations that were cancelled, or are asked to be, and whose process is gone: nobody else hears the
/// request or writes the totals. The process's lock is held meanwhile, so that no run goes on with the rotation. Several
/// coordinators may run this.
/// </summary>
internal sealed class AbandonedCancels(
    IBus bus,
    ControlDatabase control,
    PassedRequests passed,
    GoalCheck goals,
    RotationDatabases places,
    KeyRing ring,
    CoordinatorOptions options,
    TimeProvider clock,
    ILogger<AbandonedCancels> log
) : PollingService(Poll, clock)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for one to end; if it takes longer, the next round tries again.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly RotationGuard guard = new(control);
    private readonly RunningRotations rotations = new(control);
    private readonly RequestStore requests = new(control);
    private readonly PartitionLeases leases = new(control);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        options.Only is null ? base.ExecuteAsync(stoppingToken) : Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken stopping)
    {
        foreach (var rotation in await rotations.ListCancelledEmbeddedAsync(stopping))
            try
            {
                await EndAsync(rotation, stopping);
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                MeshLog.PostFailed(log, Poll, fault); // the next one may end all the same
            }

        return false;
    }

    /// <inheritdoc/>
    protected override void OnFault(Exception fault, TimeSpan pause) => MeshLog.PostFailed(log, pause, fault);

    // Its writes are looked for in this process's databases, which have to be those of the rotation.
    private async Task EndAsync(RunningRotation rotation, CancellationToken stopping)
    {
        var id = rotation.RotationId;
        if (!goals.IsOfMap(rotation.MapHash) || await places.ExplainUnknownAsync(id, stopping) is not null)
            return;
        await using var held = await guard.TryHoldAsync(RotationGuard.Run, id, stopping);
        if (held is null)
            return; // its process lives, or another coordinator is at it
        if (await requests.TakeAsync(id, SendAsync, stopping) == 0 && !IsToEnd(rotation))
            return;
        var begun = Clock.GetTimestamp();
        while (
            Clock.GetElapsedTime(begun) < Longest
            && await rotations.FindAsync(id, stopping) is { IsOver: false } now
        )
        {
            if (IsToEnd(now))
            {
                await leases.ExpireAsync(id, stopping); // its workers have gone with the process
                await bus.PublishAsync(new NudgeRotation(id), stopping);
            }

            await Task.Delay(Pause, Clock, stopping);
        }
    }

    private bool IsToEnd(RunningRotation now) =>
        now.State == RotationState.Cancelled && RotationSeals.IsSound(ring, now);

    // What else was asked needs a process that runs the rotation.
    private Task<string?> SendAsync(RotationDemand demand) =>
        demand.Kind == nameof(CancelRotation)
            ? passed.SendAsync(demand)
            : Task.FromResult<string?>(Reasons.Abandoned);
}
