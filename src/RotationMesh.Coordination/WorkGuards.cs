using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Guards;
using RotationMesh.Core;

namespace RotationMesh.Coordination;

/// <summary>
/// Locks a coordinator's work for the consumer of its command. If another coordinator holds the work, that one answers.
/// If the holder gives no sign of life, the operator is informed; then its session is ended, and the next nudge finds
/// the work free.
/// </summary>
internal sealed class WorkGuards(ControlDatabase control, TimeProvider clock, ILogger<WorkGuards> log)
{
    /// <summary>Time without the work and a sign of its holder after which the operator is informed.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly RotationGuard guard = new(control);
    private readonly ConcurrentDictionary<Step, (long First, long Last)> refused = [];

    /// <summary>Locks the step until disposed of; null where another coordinator holds it.</summary>
    public async Task<HeldWork?> TryHoldAsync(ConsumeContext context, Step step)
    {
        var held = await guard.TryHoldAsync(step.Name, step.RotationId, context.CancellationToken);
        if (held is not null)
            refused.TryRemove(step, out _);
        else if (IsLong(step))
            await LookAsync(context, step);
        return held;
    }

    // Each nudge asks, perhaps by another coordinator in between; an old refusal belongs to an earlier holder.
    private bool IsLong(Step step)
    {
        var now = clock.GetTimestamp();
        var (first, _) = refused.AddOrUpdate(
            step,
            (now, now),
            (_, seen) => (clock.GetElapsedTime(seen.Last, now) > Timeout ? now : seen.First, now)
        );
        return clock.GetElapsedTime(first, now) >= Timeout;
    }

    private async Task LookAsync(ConsumeContext context, Step step)
    {
        var (rotationId, work) = step;
        if (
            await guard.FindHolderAsync(work, rotationId, context.CancellationToken) is not { } holder
            || holder.Silent < Timeout
        )
            return;
        var ended = await guard.TryEndSilentAsync(
            work,
            rotationId,
            RotationGuard.Longest,
            context.CancellationToken
        );
        if (ended)
            MeshLog.SilentHolderEnded(log, rotationId, work, holder.ToString());
        else
            await context.PublishAsync(new RotationStalled(rotationId, Explain(work, holder)));
    }

    private static string Explain(string work, WorkHolder holder) =>
        holder.Silent is null
            ? $"{Reasons.StepHeld} '{work}', which may be at it or not: {holder}, which this role may not see. Let "
                + "all coordinators have one role of the control database"
            : $"{Reasons.StepHeld} '{work}' and gives no sign of life: {holder}. A coordinator that is frozen is ended "
                + $"after a minute where this role may do so; else end it, or run SELECT pg_terminate_backend({holder.Pid})";
}
