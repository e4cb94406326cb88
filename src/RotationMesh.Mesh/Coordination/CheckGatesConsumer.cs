using MassTransit;
using RotationMesh.Contracts;

namespace RotationMesh.Mesh.Coordination;

/// <summary>Says whether the gates hold, and which does not; before the first row is written it pauses the workers where asked to.</summary>
internal sealed class CheckGatesConsumer(GoalCheck goals, GateLook gates) : IConsumer<CheckGates>
{
    /// <summary>Handles the command of the state AwaitingGates.</summary>
    public async Task Consume(ConsumeContext<CheckGates> context)
    {
        var rotationId = context.Message.RotationId;
        if (goals.Explain(context.Message.Goal) is { } difference)
            await context.PublishAsync(new RotationStalled(rotationId, difference)); // another map has other gates
        else if (await gates.FindLostAsync(rotationId, mayPause: true, context.CancellationToken) is { } lost)
            await context.PublishAsync(new GateLost(rotationId, lost.Gate, lost.ToString()));
        else
            await context.PublishAsync(new GatesHold(rotationId));
    }
}
