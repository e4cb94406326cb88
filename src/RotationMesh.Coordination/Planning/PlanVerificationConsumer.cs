using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Checking;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Preflight;
using RotationMesh.Tables;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Rows;

namespace RotationMesh.Coordination.Planning;

/// <summary>Plans which rows are decrypted again after a rotation: all of small tables, a part of large ones.</summary>
internal sealed class PlanVerificationConsumer(
    GoalCheck goals,
    RotationPreflight preflight,
    ApplicationDatabases databases,
    Surveyor surveyor,
    ControlDatabase control,
    RotationDatabases places,
    TableClaims claims,
    LedgerSignal signal,
    WorkGuards guards
) : GuardedCommand<PlanVerification>(guards)
{
    /// <summary>Another map or key than the rotation's: rows that the map leaves out would go unnoticed.</summary>
    protected override string? ExplainUnfit(PlanVerification command) => goals.Explain(command.Goal);

    /// <summary>Handles the command of the state Verifying, until its sweep is settled.</summary>
    protected override async Task<string?> RunAsync(ConsumeContext<PlanVerification> context, HeldWork alone)
    {
        var command = context.Message;
        var sweep = new SweepKey(command.RotationId, command.Sweep, SweepPhase.Verify);
        var plan = new PartitionPlan(control, alone);
        if (await plan.IsPlannedAsync(sweep, context.CancellationToken))
            return null;
        if (await places.ExplainOtherAsync(command.RotationId, context.CancellationToken) is { } elsewhere)
            return elsewhere; // another coordinator may have the rotation's database
        if (
            await claims.RecordAsync(alone, command.RotationId, command.Goal, context.CancellationToken) is
            { } unrecorded
        )
            return await ExplainUnfitAsync(command, context.CancellationToken) ?? unrecorded;
        if (
            await preflight.ExplainLeftColumnsAsync(
                command.RotationId,
                command.Goal.Scopes,
                mustAnswer: false,
                context.CancellationToken
            ) is
            { } left
        )
            return left; // values of a column that was replaced are under no version of their rows
        // The census after the sweep has just counted; before the end everything is counted once more.
        var survey = await surveyor.RecentAsync(command.Goal, context.CancellationToken);
        if (survey.Gaps is { } gaps)
            return gaps; // not everything can be verified now
        await plan.DropUnfinishedAsync(sweep, context.CancellationToken);
        var planner = new SweepPlanner(plan, sweep, signal);
        await PlanAsync(alone, planner, command, survey, context.CancellationToken);
        return null;
    }

    // Workers could not compare a database that is silent with the rotation's; a table that is gone is told as such.
    private Task<string?> ExplainUnfitAsync(PlanVerification command, CancellationToken cancellationToken) =>
        surveyor.ExplainUnfitAsync(command.Goal.Scopes, command.Goal.TargetVersion, cancellationToken);

    private async Task PlanAsync(
        HeldWork alone,
        SweepPlanner planner,
        PlanVerification command,
        Survey survey,
        CancellationToken cancellationToken
    )
    {
        // Before failures are forgotten.
        await SuspectTables.MarkAsync(
            alone,
            command.RotationId,
            command.Goal.TargetVersion,
            SurveyedTable.InStores(survey.Tables),
            cancellationToken
        );
        await RowFailureStore.ReadUnreadableAgainAsync(
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
        // Again, for tables that were counted for the first time now.
        await SuspectTables.MarkAsync(
            alone,
            command.RotationId,
            command.Goal.TargetVersion,
            SurveyedTable.InStores(survey.Tables),
            cancellationToken
        );
        var counted = (
            await new RotationTableStore(control).ListAsync(command.RotationId, cancellationToken)
        ).ToDictionary(table => table.FullName);
        var verify = VerificationShare.TryParse(command.Goal.Verify) ?? VerificationShare.Default;
        foreach (var table in survey.Tables)
        {
            var share = counted[table.Name].Share(verify);
            if (share == 0)
                continue;
            // Nothing is planned of an empty table: the end reads what is in it then.
            var start =
                table.Stored > 0
                    ? await ReadingStart.TakeAsync(databases, table.Target.Entry.Database, cancellationToken)
                    : null;
            await RotationTableStore.RecordLeavesAsync(
                alone,
                command.RotationId,
                table.Name,
                await LeafList.ReadAsync(databases, table.Target, cancellationToken),
                start,
                cancellationToken
            );
            var ranges = new VerificationPlan(databases).PlanAsync(
                table.Target,
                table.Stored,
                Surveyor.Tenants(command.Goal),
                share < 1 ? share : null,
                cancellationToken
            );
            await planner.AddAsync(table, ranges, cancellationToken);
        }

        await planner.FinishAsync(cancellationToken);
    }
}
