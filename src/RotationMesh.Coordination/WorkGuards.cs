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
    private readonly ConcurrentDictionary<(string Work, Guid RotationId), (long First, long Last)> refused =
    [];

    /// <summary>Locks the work of that name until disposed of; null where another coordinator holds it.</summary>
    public async Task<HeldWork?> TryHoldAsync(ConsumeContext context, string work, Guid rotationId)
    {
        var held = await guard.TryHoldAsync(work, rotationId, context.CancellationToken);
        if (held is not null)
            refused.TryRemove((work, rotationId), out _);
        else if (IsLong(work, rotationId))
            await LookAsync(context, work, rotationId);
        return held;
    }

    // Each nudge asks, perhaps by another coordinator in between; an old refusal belongs to an earlier holder.
    private bool IsLong(string work, Guid rotationId)
    {
        var now = clock.GetTimestamp();
        var (first, _) = refused.AddOrUpdate(
            (work, rotationId),
            (now, now),
            (_, seen) => (clock.GetElapsedTime(seen.Last, now) > Timeout ? now : seen.First, now)
        );
        return clock.GetElapsedTime(first, now) >= Timeout;
    }

    private async Task LookAsync(ConsumeContext context, string work, Guid rotationId)
    {
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
