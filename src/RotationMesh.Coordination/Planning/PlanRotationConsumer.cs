using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Checking;
using RotationMesh.Coordination.Saga;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Probing;

namespace RotationMesh.Coordination.Planning;

/// <summary>
/// Plans a sweep over the tables with rows that are not at the target version and that no recorded failures explain. A
/// database that can't be counted is left out; the census after the sweep finds what it holds.
/// </summary>
internal sealed class PlanRotationConsumer(
    GoalCheck goals,
    KeyRing ring,
    ApplicationDatabases databases,
    Surveyor surveyor,
    TableClaims claims,
    ControlDatabase control,
    LedgerSignal signal,
    WorkGuards guards,
    TimeProvider clock,
    ILogger<PlanRotationConsumer> log
) : IConsumer<PlanRotation>
{
    /// <summary>Handles the command of the state Planning.</summary>
    public async Task Consume(ConsumeContext<PlanRotation> context)
    {
        var command = context.Message;
        if (goals.Explain(command.Goal) is { } difference)
        {
            await context.PublishAsync(new RotationStalled(command.RotationId, difference));
            return;
        }

        await using var alone = await guards.TryHoldAsync(context, "plan", command.RotationId);
        if (alone is null)
            return; // another coordinator does this and will answer
        var sweep = new SweepKey(command.RotationId, command.Sweep, SweepPhase.Rotate);
        var plan = new PartitionPlan(control, alone);
        if (!await plan.IsPlannedAsync(sweep, context.CancellationToken))
        {
            await PauseAsync(command, context.CancellationToken);
            if (
                await claims.RenewAsync(alone, command.RotationId, command.Goal, context.CancellationToken) is
                { } obstacle
            )
            {
                await context.PublishAsync(new RotationStalled(command.RotationId, obstacle));
                return; // the next nudge asks again
            }

            await PlanAsync(alone, plan, command, sweep, context.CancellationToken);
            signal.Notify();
        }

        await context.PublishAsync(new RotationPlanned(command.RotationId, command.Sweep));
    }

    // Another session holds the rows that the previous sweep could not get. If that sweep rotated any, a pause would
    // only let an application that writes the old version get further ahead.
    private async Task PauseAsync(PlanRotation command, CancellationToken cancellationToken)
    {
        var before = new SweepKey(command.RotationId, command.Sweep - 1, SweepPhase.Rotate);
        var sweeps = await new LedgerSummary(control).ReadAsync(command.RotationId, cancellationToken);
        if (sweeps.Any(sweep => sweep.Key == before && sweep.Counts.Rotated > 0))
            return;
        await Task.Delay(Sweeps.PauseBefore(command.IdleSweeps), clock, cancellationToken);
    }

    private async Task PlanAsync(
        HeldWork alone,
        PartitionPlan plan,
        PlanRotation command,
        SweepKey sweep,
        CancellationToken cancellationToken
    )
    {
        var goal = command.Goal;
        var survey = await surveyor.RecentAsync(goal, cancellationToken);
        if (survey.Gaps is { } gaps)
            MeshLog.DatabaseLeftOut(log, command.RotationId, gaps);
        var failures = await new RowFailureStore(control).ByTableAsync(
            command.RotationId,
            goal.TargetVersion,
            cancellationToken
        );
        var explained = failures.ToDictionary(
            row => new PlannedTable(row.Scope, row.DatabaseName, row.TableName),
            row => row.Pending
        );
        var retried = await RetriedAsync(command, cancellationToken);
        var chosen = survey
            .Tables.Where(table => table.Pending(goal.TargetVersion) > 0)
            .Select(table =>
                table.Pending(goal.TargetVersion) != explained.GetValueOrDefault(table.Name)
                    ? new PlannedRows(table, Surveyor.Tenants(goal))
                : retried.GetValueOrDefault(table.Name) is { } failed
                    ? new PlannedRows(table, failed.Tenants ?? Surveyor.Tenants(goal))
                : null
            )
            .OfType<PlannedRows>();
        await SomeAtOnce.ForEachAsync(
            chosen.GroupBy(rows => rows.Table.Name.Database),
            SomeAtOnce.Databases,
            database => PlanAsync(alone, plan, command, sweep, [.. database], cancellationToken),
            cancellationToken
        );
        await plan.FinishPlanningAsync(sweep, cancellationToken);
    }

    // Plans each database separately: a fault of one does not keep the others from being planned.
    private async Task PlanAsync(
        HeldWork alone,
        PartitionPlan plan,
        PlanRotation command,
        SweepKey sweep,
        IReadOnlyList<PlannedRows> chosen,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await EnsureClaimedAsync(command.RotationId, chosen[0].Table.Name.Database, cancellationToken);
            await OpenAsync(alone, command, [.. chosen.Select(rows => rows.Table)], cancellationToken);
            var planner = new SweepPlanner(plan, signal);
            foreach (var (table, tenants) in chosen)
            {
                await RetriedFailures.ClearAsync(
                    alone,
                    command.RotationId,
                    new RetriedTable
                    {
                        Scope = table.Name.Scope,
                        DatabaseName = table.Name.Database,
                        TableName = table.Name.Table,
                        Tenants = tenants?.ToArray(),
                    },
                    cancellationToken
                );
                var ranges = new PartitionPlanner(databases).PlanAsync(
                    table.Target,
                    table.Stored,
                    tenants,
                    cancellationToken
                );
                await planner.AddAsync(sweep, table, ranges, cancellationToken);
            }
        }
        catch (Exception fault) when (fault is UsageException || Faults.IsOfDatabase(fault))
        {
            MeshLog.DatabaseLeftOut(
                log,
                command.RotationId,
                $"database {chosen[0].Table.Name.Database}: {fault.Message}"
            );
        }
    }

    // A database that did not answer when its tables were claimed again has no identity to send to workers.
    private async Task EnsureClaimedAsync(
        Guid rotationId,
        string database,
        CancellationToken cancellationToken
    )
    {
        var claimed = await new RotationLocks(control).ListDatabasesAsync([rotationId], cancellationToken);
        if (claimed.All(one => one.Database != database))
            throw new UsageException("it did not answer when its tables were claimed");
    }

    // A database that did not answer when the rotation was checked is checked now, before anything of it is written.
    private async Task OpenAsync(
        HeldWork alone,
        PlanRotation command,
        IReadOnlyList<SurveyedTable> tables,
        CancellationToken cancellationToken
    )
    {
        var store = new RotationTableStore(control);
        var known = (await store.ListAsync(command.RotationId, cancellationToken))
            .Select(table => new PlannedTable(table.Scope, table.Database, table.Table))
            .ToHashSet();
        var late = tables.Where(table => !known.Contains(table.Name)).ToList();
        var (tried, wrong) = await WrongKeys.FindAsync(
            new KeyProbe(databases, ring),
            new KnownFailures(control),
            late,
            command.Goal,
            cancellationToken
        );
        if (wrong.Count > 0)
            throw new UsageException(wrong[0].Explain());
        await HeldValues.EnsureAsync(new ColumnLook(databases), late, command.Goal, cancellationToken);
        await MetKeyStore.RecordAsync(alone, command.RotationId, tried, cancellationToken);
        await RotationTableStore.RecordAsync(
            alone,
            command.RotationId,
            [.. late.Select(table => table.Counted(command.Goal))],
            cancellationToken
        );
    }

    // The tables with the failures that an operator's retry covers.
    private async Task<IReadOnlyDictionary<PlannedTable, RetriedTable>> RetriedAsync(
        PlanRotation command,
        CancellationToken cancellationToken
    )
    {
        if (command.Retrying is not { } retry)
            return new Dictionary<PlannedTable, RetriedTable>();
        var found = await new RetriedFailures(control).FindAsync(
            command.RotationId,
            retry.Scopes,
            retry.Tenants,
            retry.Errors,
            cancellationToken
        );
        return found.ToDictionary(table => new PlannedTable(
            table.Scope,
            table.DatabaseName,
            table.TableName
        ));
    }

    /// <summary>Rows of a table to plan; tenants null for all.</summary>
    private sealed record PlannedRows(SurveyedTable Table, IReadOnlyList<string>? Tenants);
}
