using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Contracts;

namespace RotationMesh.Coordination.Gating;

/// <summary>Reports whether all gates hold or which is lost; before the first row it may pause the workers.</summary>
internal sealed class CheckGatesConsumer(GoalCheck goals, GateLook gates) : IConsumer<CheckGates>
{
    /// <summary>Handles the command of the state AwaitingGates.</summary>
    public async Task Consume(ConsumeContext<CheckGates> context)
    {
        var rotationId = context.Message.RotationId;
        if (goals.Explain(context.Message.Goal) is { } difference)
            await context.PublishAsync(new RotationStalled(rotationId, difference)); // another map has other gates
        else
            await gates.CheckAsync(
                rotationId,
                lost =>
                    lost is null
                        ? context.PublishAsync(new GatesHold(rotationId))
                        : context.PublishAsync(new GateLost(rotationId, lost.ToString())),
                context.CancellationToken
            );
    }
}
