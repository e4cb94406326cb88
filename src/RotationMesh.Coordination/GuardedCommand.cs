using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control.Guards;

namespace RotationMesh.Coordination;

/// <summary>
/// Handles a command of the saga where this process is fit for it, and while no other coordinator is at the same step. What
/// keeps it from the step is told to the operator, and the next nudge sends the command again.
/// </summary>
internal abstract class GuardedCommand<T>(WorkGuards guards) : IConsumer<T>
    where T : class
{
    /// <summary>Handles the command.</summary>
    public async Task Consume(ConsumeContext<T> context)
    {
        var step =
            Step.Of(context.Message)
            ?? throw new InvalidOperationException($"{typeof(T).Name} commands no step of a rotation");
        if (ExplainUnfit(context.Message) is { } difference)
        {
            await context.PublishAsync(new RotationStalled(step.RotationId, difference));
            return;
        }

        await using var alone = await guards.TryHoldAsync(context, step);
        if (alone is null)
            return; // another coordinator does this and will answer
        if (await RunAsync(context, alone) is { } awaited)
            await context.PublishAsync(new RotationStalled(step.RotationId, awaited));
    }

    /// <summary>Explains to the operator why this process may not even try; null where it may.</summary>
    protected abstract string? ExplainUnfit(T command);

    /// <summary>
    /// Does the step and answers the saga. Returns, for the operator, what it waits for; null where it has answered, or where
    /// the command came too late or too early for an answer.
    /// </summary>
    protected abstract Task<string?> RunAsync(ConsumeContext<T> context, HeldWork alone);
}
