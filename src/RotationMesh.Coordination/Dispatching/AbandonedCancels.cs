using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
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
            await EndAsync(rotation.RotationId, stopping);
        return false;
    }

    /// <inheritdoc/>
    protected override void OnFault(Exception fault, TimeSpan pause) => MeshLog.PostFailed(log, pause, fault);

    private async Task EndAsync(Guid id, CancellationToken stopping)
    {
        await using var held = await guard.TryHoldAsync(RotationGuard.Run, id, stopping);
        if (held is null)
            return; // its process lives, or another coordinator is at it
        await requests.TakeAsync(id, SendAsync, stopping);
        var begun = Clock.GetTimestamp();
        while (
            Clock.GetElapsedTime(begun) < Longest
            && await rotations.FindAsync(id, stopping) is { IsOver: false } now
        )
        {
            if (now.State == RotationState.Cancelled && RotationSeals.IsSound(ring, now))
            {
                await leases.ExpireAsync(id, stopping); // its workers have gone with the process
                await bus.PublishAsync(new NudgeRotation(id), stopping);
            }

            await Task.Delay(Pause, Clock, stopping);
        }
    }

    // What else was asked needs a process that runs the rotation.
    private Task<string?> SendAsync(RotationDemand demand) =>
        demand.Kind == nameof(CancelRotation)
            ? passed.SendAsync(demand)
            : Task.FromResult<string?>(Reasons.Abandoned);
}
