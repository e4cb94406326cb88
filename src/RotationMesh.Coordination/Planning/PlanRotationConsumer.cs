using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Checking;
using RotationMesh.Coordination.Saga;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.LocalOperations;
using RotationMesh.LocalOperations.Preflight;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Planning;

namespace RotationMesh.Coordination.Planning;

/// <summary>
/// Plans a sweep over the tables with rows that are not at the target version and that no recorded failures explain. A
/// database that can't be counted is left out; the census after the sweep finds what it holds.
/// </summary>
internal sealed class PlanRotationConsumer(
    GoalCheck goals,
    RotationPreflight preflight,
    ApplicationDatabases databases,
    Surveyor surveyor,
    TableClaims claims,
    ControlDatabase control,
    LedgerSignal signal,
    WorkGuards guards,
    TimeProvider clock,
    ILogger<PlanRotationConsumer> log
) : GuardedCommand<PlanRotation>(guards)
{
    /// <summary>Another map or key than the rotation's.</summary>
    protected override string? ExplainUnfit(PlanRotation command) => goals.Explain(command.Goal);

    /// <summary>Handles the command of the state Planning.</summary>
    protected override async Task<string?> RunAsync(ConsumeContext<PlanRotation> context, HeldWork alone)
    {
        var command = context.Message;
        var sweep = new SweepKey(command.RotationId, command.Sweep, SweepPhase.Rotate);
        var plan = new PartitionPlan(control, alone);
        if (!await plan.IsPlannedAsync(sweep, context.CancellationToken))
        {
            await PauseAsync(command, context.CancellationToken);
            var claim = await claims.RenewAsync(
                alone,
                command.RotationId,
                command.Goal,
                context.CancellationToken
            );
            if (claim.Obstacle is { } obstacle)
                return obstacle;
            if (
                await preflight.ExplainLeftColumnsAsync(
                    command.RotationId,
                    command.Goal.Scopes,
                    mustAnswer: false,
                    context.CancellationToken
                ) is
                { } left
            )
                return left;
            var planner = new SweepPlanner(plan, sweep, signal);
            await PlanAsync(alone, planner, command, claim, context.CancellationToken);
        }

        await context.PublishAsync(new RotationPlanned(command.RotationId, command.Sweep));
        return null;
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
        SweepPlanner planner,
        PlanRotation command,
        RenewedClaim claim,
        CancellationToken cancellationToken
    )
    {
        var survey = await surveyor.RecentAsync(command.Goal, cancellationToken);
        if (survey.Gaps is { } gaps)
            MeshLog.DatabaseLeftOut(log, command.RotationId, gaps);
        var chosen = await new PendingTables(control).ChooseAsync(survey, command, cancellationToken);
        await SomeAtOnce.ForEachAsync(
            chosen.GroupBy(rows => rows.Table.Name.Database),
            SomeAtOnce.Databases,
            database => PlanAsync(alone, planner, command, claim, [.. database], cancellationToken),
            cancellationToken
        );
        await planner.FinishAsync(cancellationToken);
    }

    // Plans each database separately: a fault of one does not keep the others from being planned.
    private async Task PlanAsync(
        HeldWork alone,
        SweepPlanner planner,
        PlanRotation command,
        RenewedClaim claim,
        IReadOnlyList<PlannedRows> chosen,
        CancellationToken cancellationToken
    )
    {
        try
        {
            claim.EnsureRecorded(chosen[0].Table.Name.Database);
            // Again, and without exception: when the rotation was checked, the database may have answered only in part.
            await preflight.EnsureColumnsKeptAsync(
                command.RotationId,
                [.. chosen.Select(rows => rows.Table)],
                cancellationToken
            );
            await OpenAsync(alone, command, [.. chosen.Select(rows => rows.Table)], cancellationToken);
            await SuspectTables.MarkAsync(
                alone,
                command.RotationId,
                command.Goal.TargetVersion,
                SurveyedTable.InStores(chosen.Select(rows => rows.Table)),
                cancellationToken
            );
            foreach (var (table, tenants) in chosen)
            {
                await RetriedFailures.ReadAgainAsync(
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
                await planner.AddAsync(table, claim.Claimed(table.Target.Entry, ranges), cancellationToken);
            }
        }
        catch (Exception fault) when (fault is UsageException || Faults.IsOfDatabase(fault))
        {
            MeshLog.DatabaseLeftOut(
                log,
                command.RotationId,
                $"database {chosen[0].Table.Name.Database}: {fault.Message.ReplaceLineEndings("; ")}"
            );
        }
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
            .Select(table => table.FullName)
            .ToHashSet();
        var late = tables.Where(table => !known.Contains(table.Name)).ToList();
        var probed = await preflight.EnsureValuesAsync(
            late,
            Surveyor.Tenants(command.Goal),
            cancellationToken
        );
        var tried = probed.SelectMany(table => table).ToList();
        await MetKeyStore.RecordAsync(alone, command.RotationId, tried, cancellationToken);
        await RotationTableStore.RecordAsync(
            alone,
            command.RotationId,
            [.. late.Select(table => table.Counted(command.Goal))],
            cancellationToken
        );
    }
}
