using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Contracts;
using RotationMesh.Core.Map;

namespace RotationMesh.Mesh.Coordination;

/// <summary>
/// Answers that the gates hold. This version enforces none: where the map asks for some, it says so instead of pretending
/// that they were looked at.
/// </summary>
internal sealed class CheckGatesConsumer(RotationMap map, ILogger<CheckGatesConsumer> log)
    : IConsumer<CheckGates>
{
    /// <summary>Handles the command of the state AwaitingGates.</summary>
    public Task Consume(ConsumeContext<CheckGates> context)
    {
        if (map.Gates.Count > 0)
            MeshLog.GatesNotEnforced(
                log,
                context.Message.RotationId,
                string.Join(", ", map.Gates.Select(gate => gate.Name))
            );
        return context.Publish(new GatesHold(context.Message.RotationId));
    }
}
