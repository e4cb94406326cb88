using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Control;
using RotationMesh.Control.Rotations;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Relays operators' requests from the control database to the sagas. Several coordinators may run a relay: each
/// request is taken by one of them.
/// </summary>
internal sealed class RequestRelay(
    ControlDatabase control,
    PassedRequests passed,
    CoordinatorOptions options,
    TimeProvider clock,
    ILogger<RequestRelay> log
) : PollingService(Poll, clock)
{
    /// <summary>Longest time until a request is seen; short for an operator who waits for it.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    private readonly RequestStore requests = new(control);

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken stopping) =>
        await requests.TakeAsync(options.Only, passed.SendAsync, stopping) > 0;

    /// <inheritdoc/>
    protected override void OnFault(Exception fault, TimeSpan pause) =>
        // The taken requests are still there.
        MeshLog.PostFailed(log, pause, fault);
}
