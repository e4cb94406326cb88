using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Planning;

namespace RotationMesh.Coordination.Planning;

/// <summary>Plans which rows are decrypted again after a rotation: all of small tables, a part of large ones.</summary>
internal sealed class PlanVerificationConsumer(
    GoalCheck goals,
    ApplicationDatabases databases,
    Surveyor surveyor,
    ControlDatabase control,
    RotationDatabases places,
    LedgerSignal signal,
    WorkGuards guards
) : IConsumer<PlanVerification>
{
    /// <summary>Handles the command of the state Verifying, until its sweep is settled.</summary>
    public async Task Consume(ConsumeContext<PlanVerification> context)
    {
        var command = context.Message;
        if (goals.Explain(command.Goal) is { } difference)
        {
            await context.PublishAsync(new RotationStalled(command.RotationId, difference));
            return; // rows that another map leaves out would go unnoticed
        }

        await using var alone = await guards.TryHoldAsync(context, "verify", command.RotationId);
        if (alone is null)
            return; // another coordinator does this and will answer
        var sweep = new SweepKey(command.RotationId, command.Sweep, SweepPhase.Verify);
        var plan = new PartitionPlan(control, alone);
        if (await plan.IsPlannedAsync(sweep, context.CancellationToken))
            return;
        if (await places.ExplainOtherAsync(command.RotationId, context.CancellationToken) is { } elsewhere)
        {
            await context.PublishAsync(new RotationStalled(command.RotationId, elsewhere));
            return; // another coordinator may have the rotation's database
        }

        // The census after the sweep has just counted; before the end everything is counted once more.
        var survey = await surveyor.RecentAsync(command.Goal, context.CancellationToken);
        if (survey.Gaps is { } gaps)
        {
            // Not everything can be verified now; the next nudge asks again.
            await context.PublishAsync(new RotationStalled(command.RotationId, gaps));
            return;
        }

        await PlanAsync(alone, plan, command, sweep, survey, context.CancellationToken);
        signal.Notify();
    }

    private async Task PlanAsync(
        HeldWork alone,
        PartitionPlan plan,
        PlanVerification command,
        SweepKey sweep,
        Survey survey,
        CancellationToken cancellationToken
    )
    {
        await plan.DropUnfinishedAsync(sweep, cancellationToken);
        await RowFailureStore.ClearUnreadableAsync(
            alone,
            command.RotationId,
            command.Goal.TargetVersion,
            cancellationToken
        );
        await RotationTableStore.RecordAsync(
            alone,
            command.RotationId,
            survey.Counted(command.Goal),
            cancellationToken
        );
        var planner = new SweepPlanner(plan, signal);
        var verify = VerificationShare.TryParse(command.Goal.Verify) ?? VerificationShare.Default;
        foreach (var table in survey.Tables)
        {
            var share = verify.Of(table.Counted(command.Goal).Holding);
            if (share == 0)
                continue;
            var ranges = new VerificationPlan(databases).PlanAsync(
                table.Target,
                table.Stored,
                Surveyor.Tenants(command.Goal),
                share < 1 ? share : null,
                cancellationToken
            );
            await planner.AddAsync(sweep, table, ranges, cancellationToken);
        }

        await plan.FinishPlanningAsync(sweep, cancellationToken);
    }
}
