using MassTransit;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Mesh.Coordination;

/// <summary>Claims the tables and tenants of a rotation, so that no two that run cover the same rows.</summary>
internal sealed class TableClaims(RotationMap map, ControlDatabase control, IBus bus, TimeProvider clock)
{
    /// <summary>Longest wait for the saga to end a rotation that was abandoned.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Claims, or throws <see cref="UsageException"/> with the id of the rotation that has some of the rows. An embedded
    /// one whose process is gone has nobody to go on with it, and is cancelled: all it has done stays done.
    /// </summary>
    public async Task ClaimAsync(Guid rotationId, RotationGoal goal, CancellationToken cancellationToken)
    {
        var tables = map
            .Tables.Where(entry => goal.Scopes.Contains(entry.Scope))
            .Select(entry => new PlannedTable(entry.Scope, entry.Database, entry.Name))
            .ToList();
        var locks = new RotationLocks(control.Source);
        var tenants = Surveyor.Tenants(goal);
        while (await locks.TryClaimAsync(rotationId, tables, tenants, cancellationToken) is { } other)
        {
            if (!await TryEndAsync(other, rotationId, cancellationToken))
                throw new UsageException(
                    $"rotation {other} runs on some of the same rows: wait for its end, or cancel it"
                );
        }
    }

    private async Task<bool> TryEndAsync(Guid other, Guid successor, CancellationToken cancellationToken)
    {
        var rotations = new RunningRotations(control.Source);
        if (await rotations.FindAsync(other, cancellationToken) is not { Embedded: true })
            return false;
        await using var held = await new RotationGuard(control.Source).TryHoldAsync(
            RotationGuard.Run,
            other,
            cancellationToken
        );
        if (held is null)
            return false;
        var saga = await bus.GetSendEndpoint(Queues.Address(Queues.Rotation));
        var reason = $"rotation {successor}, which found that its process was gone";
        await saga.Send(new CancelRotation(other, reason), cancellationToken);
        var asked = clock.GetTimestamp();
        while (clock.GetElapsedTime(asked) < Longest)
        {
            if (await rotations.FindAsync(other, cancellationToken) is not { EndedAt: null })
                return true;
            await Task.Delay(Pause, clock, cancellationToken);
        }

        return false;
    }
}
