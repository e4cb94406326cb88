using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Bus.Sealing;
using RotationMesh.Bus.Telemetry;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Workers;
using RotationMesh.Core.Keys;

namespace RotationMesh.Coordination.Workers;

/// <summary>Keeps the list of workers.</summary>
internal sealed class WorkerHeartbeatConsumer(ControlDatabase control, KeyRing ring, DroppedMessages dropped)
    : IConsumer<WorkerHeartbeat>
{
    /// <summary>Handles a worker's heartbeat.</summary>
    public Task Consume(ConsumeContext<WorkerHeartbeat> context)
    {
        var seen = context.Message;
        if (SightingCheck.Fault(seen) is { } fault)
        {
            dropped.Drop(Queues.WorkerHeartbeat, fault);
            return Task.CompletedTask;
        }

        return new WorkerRegistry(control).RecordAsync(
            new WorkerSighting
            {
                Worker = seen.Worker,
                Host = seen.Host,
                ProgramVersion = seen.Version,
                MapHash = seen.MapHash,
                Keys = Shown(context).ToDictionary(key => key.Version, key => key.Fingerprint),
                Concurrency = seen.Concurrency,
                Leaving = seen.Leaving,
                Databases = seen.Databases.ToDictionary(one => one.Name, one => one.Identity),
            },
            context.CancellationToken
        );
    }

    // Fingerprints are public, so a key that is known here counts only if it has sealed the message. An unknown key
    // satisfies no gate, and shows operators what differs.
    private IEnumerable<WorkerKey> Shown(ConsumeContext<WorkerHeartbeat> context)
    {
        if (!context.TryGetPayload<SealExamination>(out var seal))
            return context.Message.Keys; // in memory, where no other process can send
        var known = ring.Keys.Select(key => key.Fingerprint).ToHashSet();
        return context.Message.Keys.Where(key =>
            !known.Contains(key.Fingerprint) || seal.Proven.Contains(key.Fingerprint)
        );
    }
}
