using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;
using RotationMesh.Gates.BullMq;
using RotationMesh.Gates.Commands;
using RotationMesh.Gates.Http;
using RotationMesh.Gates.Snapshots;

namespace RotationMesh.Gates;

/// <summary>Makes the gates that need only Redis, HTTP, programs and files.</summary>
public sealed class GateKinds(TimeProvider clock) : IGateKind
{
    /// <inheritdoc/>
    public IGate? Make(GateEntry entry) =>
        entry switch
        {
            BullMqEntry bullMq => new BullMqGate(bullMq),
            RabbitMqEntry rabbitMq => new RabbitMqGate(rabbitMq),
            HttpEntry http => new HttpGate(http),
            CommandEntry command => new CommandGate(command),
            SnapshotEntry snapshot => new SnapshotGate(snapshot, clock),
            _ => null,
        };
}
