using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables;

namespace RotationMesh.Coordination.Checking;

/// <summary>Claims the tables and tenants of a rotation, so that no two running ones cover the same rows.</summary>
internal sealed class TableClaims(
    RotationMap map,
    ApplicationDatabases databases,
    ControlDatabase control,
    RotationDatabases places,
    IBus bus,
    TimeProvider clock
)
{
    /// <summary>Longest wait for another rotation to end; if it takes longer, the next nudge tries again.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly RunningRotations rotations = new(control);
    private readonly TablePlaces mapped = new(map, databases);

    /// <summary>
    /// Claims the rows and returns null. If a cancelled rotation keeps some of the rows until nothing writes for it any
    /// more, returns that reason, and is to be called again. Throws <see cref="UsageException"/> with the id of any
    /// other rotation that has them. An embedded one whose process is gone can't continue, so it is cancelled: all it
    /// has done stays done.
    /// </summary>
    public async Task<string?> ClaimAsync(
        HeldWork alone,
        Guid rotationId,
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        var tables = await mapped.FindAsync(goal, cancellationToken);
        var locks = new RotationLocks(control);
        var tenants = Surveyor.Tenants(goal);
        while (await locks.TryClaimAsync(alone, rotationId, tables, tenants, cancellationToken) is { } other)
        {
            if (await TryEndAsync(other, rotationId, cancellationToken))
                continue;
            if (await rotations.FindAsync(other, cancellationToken) is { State: RotationState.Cancelled })
                return $"waits for rotation {other} {Reasons.CancelledBefore}";
            throw new UsageException($"rotation {other} {Reasons.OtherRotation} it");
        }

        return null;
    }

    /// <summary>
    /// Claims the current tables of the databases again, before their partitions are planned: a database may have
    /// answered at last, and a leaf may have been added. Records them and their columns for the retirement of keys.
    /// </summary>
    public async Task<RenewedClaim> RenewAsync(
        HeldWork alone,
        Guid rotationId,
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        var tables = await mapped.FindAsync(goal, cancellationToken);
        if (await places.ExplainOtherAsync(rotationId, cancellationToken) is { } elsewhere)
            return new RenewedClaim(elsewhere, tables);
        var other = await new RotationLocks(control).TryClaimAsync(
            alone,
            rotationId,
            tables,
            Surveyor.Tenants(goal),
            cancellationToken,
            renewing: true
        );
        return other is null
            ? new RenewedClaim(null, tables)
            : new RenewedClaim($"rotation {other} {Reasons.OtherRotation} one of the two", tables);
    }

    /// <summary>
    /// Records databases, tables and columns once more before rows are decrypted, and before the rotation ends: a database may
    /// have been silent whenever partitions were planned, and had no row to rotate, or a table was replaced since. It asks no other
    /// rotation's leave, as nothing is written any more. Returns why nothing may end; null where it may.
    /// </summary>
    public async Task<string?> RecordAsync(
        HeldWork alone,
        Guid rotationId,
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        var tables = await mapped.FindAsync(goal, cancellationToken);
        await new RotationLocks(control).RecordAsync(alone, rotationId, tables, cancellationToken);
        return TablePlaces.Unread(tables) is { Count: > 0 } unread
            ? $"on {Environment.MachineName}: database {string.Join(", ", unread)} {Reasons.UnknownDatabase} and where each "
                + "column of the map is: nothing ends before all of them are recorded"
            : null;
    }

    // True where the other rotation is over, or ends within the wait.
    private async Task<bool> TryEndAsync(Guid other, Guid successor, CancellationToken cancellationToken)
    {
        if (await rotations.FindAsync(other, cancellationToken) is not { } found)
            return true;
        await using var held = found.Embedded
            ? await new RotationGuard(control).TryHoldAsync(RotationGuard.Run, other, cancellationToken)
            : null;
        if (held is not null)
        {
            // Its process is gone, so nothing will report on its partitions. A rotation that was cancelled before
            // writes its totals on this repeated command.
            await new PartitionLeases(control).ExpireAsync(other, cancellationToken);
            var reason = $"rotation {successor}, {Reasons.PredecessorGone}";
            await bus.SendAsync(Queues.Rotation, new CancelRotation(other, reason), cancellationToken);
        }
        else if (found.State != RotationState.Cancelled)
            return false;

        var asked = clock.GetTimestamp();
        while (clock.GetElapsedTime(asked) < Longest)
        {
            if (await rotations.FindAsync(other, cancellationToken) is not { IsOver: false })
                return true;
            await Task.Delay(Pause, clock, cancellationToken);
        }

        return false;
    }
}
