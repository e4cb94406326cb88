using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Postgres;

namespace RotationMesh.Bus;

/// <summary>
/// Reports which step of a rotation failed, and why, when a coordinator gives up the step's command. The next nudge
/// sends the command again.
/// </summary>
internal sealed class StepFaults<T>(ILogger<StepFaults<T>> log) : IFilter<ConsumeContext<T>>
    where T : class
{
    /// <inheritdoc/>
    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        try
        {
            await next.Send(context);
        }
        catch (Exception fault)
            when (Step.Of(context.Message) is not null && !context.CancellationToken.IsCancellationRequested)
        {
            var (rotationId, step) = Step.Of(context.Message)!;
            var cause = DatabaseFaults.Describe(fault);
            MeshLog.StepFailed(log, rotationId, step, cause);
            await context.PublishAsync(
                new RotationStalled(rotationId, $"{Reasons.StepFailed} '{step}': {cause}; it is tried again")
            );
            throw;
        }
    }

    /// <inheritdoc/>
    public void Probe(ProbeContext context) => context.CreateFilterScope("step-faults");
}
