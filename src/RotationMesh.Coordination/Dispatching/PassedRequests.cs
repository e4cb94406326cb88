using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Saga;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Tracing;
using RotationMesh.LocalOperations.Requests;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>Sends operators' requests to the sagas, if somebody with the keys made them and not too long ago.</summary>
internal sealed class PassedRequests(
    IBus bus,
    ControlDatabase control,
    KeyRing ring,
    TimeProvider clock,
    ILogger<PassedRequests> log
)
{
    private const string TooOld =
        $"{Reasons.AskedTooLongAgo}, before others that were heard meanwhile: ask again";

    private readonly RunningRotations rotations = new(control);

    /// <summary>Sends a request. Returns why it must not be sent; null where it was.</summary>
    public async Task<string?> SendAsync(RotationDemand demand)
    {
        if (TryRead(demand) is not { } message)
            return Refused(demand, "it can't be read");
        if (RequestSeals.Fault(ring, demand, message, clock.GetUtcNow()) is { } fault)
            return Refused(demand, fault);
        if (await HasBegunAndGoneAsync(message))
            return Refused(demand, BegunRotations.Fault);
        if (await IsTooOldAsync(demand.RotationId, message))
            return Refused(demand, TooOld);
        var asked = AskedTraces.Read(demand.TraceParent);
        using var span = Spans.Step("request", demand.RotationId, asked);
        await bus.SendAsync(Queues.Rotation, message, CancellationToken.None);
        MeshLog.Posted(log, demand.RotationId, demand.Kind);
        return null;
    }

    // A lost start has left no audit event, so it is sent again. The saga makes the same check of each start.
    private async Task<bool> HasBegunAndGoneAsync(object message) =>
        message is StartRotation start
        && await BegunRotations.IsGoneAsync(control, start.RotationId, CancellationToken.None);

    // The saga would ignore it, and nobody would be told. Of a record that is not sound, only the saga knows what it hears.
    private async Task<bool> IsTooOldAsync(Guid rotationId, object message) =>
        HandledControls.Asked(message) is { } asked
        && await rotations.FindAsync(rotationId, CancellationToken.None) is { } rotation
        && RotationSeals.IsSound(ring, rotation)
        && HandledControls.IsTooOld(rotation.Steerings, asked);

    // Logs once: the refused request is marked, and is not taken again.
    private string Refused(RotationDemand demand, string fault)
    {
        MeshLog.RequestRefused(log, demand.RequestId, demand.RotationId, fault);
        return fault;
    }

    private static object? TryRead(RotationDemand demand)
    {
        try
        {
            return Read(demand);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static object Read(RotationDemand demand) =>
        demand.Kind switch
        {
            nameof(StartRotation) => Read<StartRotation>(demand),
            nameof(PauseRotation) => Read<PauseRotation>(demand),
            nameof(ResumeRotation) => Read<ResumeRotation>(demand),
            nameof(CancelRotation) => Read<CancelRotation>(demand),
            nameof(RetryRotation) => Read<RetryRotation>(demand),
            _ => throw new InvalidOperationException($"request {demand.RequestId} is of no known kind"),
        };

    private static T Read<T>(RotationDemand demand)
        where T : class => JsonSerializer.Deserialize<T>(demand.Message)!;
}
