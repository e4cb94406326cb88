using MassTransit;
using RotationMesh.Contracts;
using RotationMesh.Mesh.Telemetry;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Workers;

namespace RotationMesh.Mesh.Coordination;

/// <summary>Keeps the list of workers.</summary>
internal sealed class WorkerSeenConsumer(ControlDatabase control, DroppedMessages dropped)
    : IConsumer<WorkerSeen>
{
    /// <summary>Handles what a worker says of itself.</summary>
    public Task Consume(ConsumeContext<WorkerSeen> context)
    {
        var seen = context.Message;
        if (SightingCheck.Fault(seen) is { } fault)
        {
            dropped.Drop(Queues.WorkerSeen, fault);
            return Task.CompletedTask;
        }

        return new WorkerRegistry(control.Source).RecordAsync(
            new WorkerSighting
            {
                Worker = seen.Worker,
                Host = seen.Host,
                ProgramVersion = seen.Version,
                MapHash = seen.MapHash,
                Keys = seen.Keys.ToDictionary(key => key.Version, key => key.Fingerprint),
                Concurrency = seen.Concurrency,
                Leaving = seen.Leaving,
            },
            context.CancellationToken
        );
    }
}
