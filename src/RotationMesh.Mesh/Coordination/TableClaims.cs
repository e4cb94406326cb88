using MassTransit;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Mesh.Coordination;

/// <summary>Claims the tables and tenants of a rotation, so that no two that run cover the same rows.</summary>
internal sealed class TableClaims(
    RotationMap map,
    TargetDatabases databases,
    ControlDatabase control,
    RotationPlaces places,
    IBus bus,
    TimeProvider clock
)
{
    /// <summary>Longest wait for another to be over; what takes longer is asked for again at a nudge.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly RunningRotations rotations = new(control.Source);

    /// <summary>
    /// Claims, and returns null. Where a rotation that was cancelled has some of the rows until nobody writes for it any
    /// more, that is the answer: to be asked again. Throws <see cref="UsageException"/> with the id of any other that has
    /// them. An embedded one whose process is gone has nobody to go on with it, and is cancelled: all it has done stays done.
    /// </summary>
    public async Task<string?> ClaimAsync(
        HeldWork alone,
        Guid rotationId,
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        var tables = await TablesAsync(goal, cancellationToken);
        var locks = new RotationLocks(control.Source);
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
    /// Claims again what the tables of the databases are now, before partitions of them are planned: a database may have
    /// answered at last, and a leaf may have come. Returns why none may be planned; null where they may.
    /// </summary>
    public async Task<string?> RenewAsync(
        HeldWork alone,
        Guid rotationId,
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        var tables = await TablesAsync(goal, cancellationToken);
        if (await places.ExplainOtherAsync(rotationId, cancellationToken) is { } elsewhere)
            return elsewhere;
        var other = await new RotationLocks(control.Source).TryClaimAsync(
            alone,
            rotationId,
            tables,
            Surveyor.Tenants(goal),
            cancellationToken,
            renewing: true
        );
        return other is null ? null : $"rotation {other} {Reasons.OtherRotation} one of the two";
    }

    private async Task<IReadOnlyList<ClaimedTable>> TablesAsync(
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        var found = await SomeAtOnce.SelectAsync(
            map.Tables.Where(entry => goal.Scopes.Contains(entry.Scope)).GroupBy(entry => entry.Database),
            SomeAtOnce.Databases,
            database => TablesAsync([.. database], cancellationToken),
            cancellationToken
        );
        return [.. found.SelectMany(tables => tables)];
    }

    private async Task<IReadOnlyList<ClaimedTable>> TablesAsync(
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var found = await RotationPlaces.AskAsync(
            token => new TableTrees(databases).FindAsync(entries, token),
            cancellationToken
        );
        return
        [
            .. entries.Select(
                (entry, place) =>
                    new ClaimedTable(entry.Database, entry.Name)
                    {
                        Tenancy = $"{entry.Tenant.Name}\n{entry.TenantWhenNull}",
                        Identity = found?.Identity.ToString(),
                        Relations = Known(found?.Tables[place].Below),
                        Around = Known(found?.Tables[place].Around),
                    }
            ),
        ];
    }

    private static IReadOnlyList<long>? Known(IReadOnlyList<long>? relations) =>
        relations is { Count: > 0 } ? relations : null;

    // True where it is over, or was after a moment.
    private async Task<bool> TryEndAsync(Guid other, Guid successor, CancellationToken cancellationToken)
    {
        if (await rotations.FindAsync(other, cancellationToken) is not { } found)
            return true;
        await using var held = found.Embedded
            ? await new RotationGuard(control.Source).TryHoldAsync(
                RotationGuard.Run,
                other,
                cancellationToken
            )
            : null;
        if (held is not null)
        {
            // Its process is gone, and with it whoever would tell what became of its partitions. One that was cancelled
            // writes its totals when it is told so again.
            await new PartitionLeases(control.Source).ExpireAsync(other, cancellationToken);
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
