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
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Preflight;
using RotationMesh.Tables;

namespace RotationMesh.Coordination.Counting;

/// <summary>
/// Takes the census after a sweep: the database, and not the counters, shows what is left. A database that can't be
/// counted makes the answer incomplete, and the saga waits for it.
/// </summary>
internal sealed class CountRowsConsumer(
    GoalCheck goals,
    Surveyor surveyor,
    SettledCensuses censuses,
    ApplicationDatabases databases,
    ControlDatabase control,
    KeyRing ring,
    FailureArrival arrival,
    LateWrites lateWrites,
    RotationDatabases places,
    DetachedParts detached,
    RotationPreflight preflight,
    TableClaims claims,
    WorkGuards guards
) : GuardedCommand<CountRows>(guards)
{
    /// <summary>Another map or key than the rotation's: rows that the map leaves out would go unnoticed.</summary>
    protected override string? ExplainUnfit(CountRows command) => goals.Explain(command.Goal);

    /// <summary>Handles the command of the state Rotating, once its sweep is settled.</summary>
    protected override async Task<string?> RunAsync(ConsumeContext<CountRows> context, HeldWork alone)
    {
        var (rotationId, sweep, goal) = (
            context.Message.RotationId,
            context.Message.Sweep,
            context.Message.Goal
        );
        if (!await IsWantedAsync(rotationId, sweep, context.CancellationToken))
            return null; // late: a count would read whole tables, and change the counts of what has ended
        var key = new SweepKey(rotationId, sweep, SweepPhase.Rotate);
        var ledger = await new LedgerSummary(control).ReadAsync(rotationId, context.CancellationToken);
        if (ledger.SingleOrDefault(one => one.Key == key) is not { IsSettled: true } settled)
            return null; // the ledger does not confirm that the sweep is settled
        var writes = await lateWrites.FindAsync(rotationId, ledger, context.CancellationToken);
        if (writes.Awaited is { } awaited)
            return awaited; // the counts might still change
        if (await places.ExplainOtherAsync(rotationId, context.CancellationToken) is { } elsewhere)
            return elsewhere; // another coordinator may have the rotation's database
        await claims.RecordAsync(alone, rotationId, goal, context.CancellationToken);
        if (
            await preflight.ExplainLeftColumnsAsync(
                rotationId,
                goal.Scopes,
                mustAnswer: false,
                context.CancellationToken
            ) is
            { } former
        )
            return former; // failures of a column that was replaced are not gone
        await arrival.WaitAsync(key, goal.TargetVersion, context.CancellationToken);
        var survey = await surveyor.CountAsync(
            goal,
            censuses.Of(rotationId, sweep),
            context.CancellationToken
        );
        var givenUp = await GivenUpRows.CountAsync(
            databases,
            control,
            key,
            survey,
            goal.TargetVersion,
            context.CancellationToken
        );
        if (survey is { Waiting: null, OpenWriters: null } && writes.Unknown is null)
            await RowFailureStore.ClearGoneAsync(
                alone,
                rotationId,
                goal.TargetVersion,
                await ClearableAsync(rotationId, goal, survey, context.CancellationToken),
                context.CancellationToken
            );
        var unexplained = await UnexplainedAsync(alone, rotationId, goal, survey, context.CancellationToken);
        var late = LateRows.Explain(
            unexplained
                .Where(table => table.Rows > 0)
                .Select(table => (table.Table, givenUp.LeaveOf(table.Table.Name, table.Rows))),
            settled,
            goal.TargetVersion
        );
        var left = unexplained.Sum(table => givenUp.LeaveOf(table.Table.Name, table.Rows));
        // Remaining rows need a sweep, or end the rotation with failures: neither depends on rows of open transactions.
        var waiting = left > 0 ? null : survey.Waiting;
        var census = new ClosingCensus
        {
            Sweep = sweep,
            PendingRows = left,
            BelowTarget = survey.BelowTarget(goal.TargetVersion),
            Stored =
            [
                .. survey.Tables.Select(table => new StoredRows(
                    table.Name.Scope,
                    table.Name.Database,
                    table.Name.Table,
                    table.Stored
                )),
            ],
            Uncounted = survey.Gaps ?? writes.Unknown ?? waiting,
            Notes = survey.Notes,
            OpenWriters = survey.OpenWriters ?? (left > 0 ? survey.Waiting : null),
            GivenUp = string.Join("; ", new[] { givenUp.Reason, late }.OfType<string>())
                is { Length: > 0 } reasons
                ? reasons
                : null,
        };
        if (census is { PendingRows: <= 0, Uncounted: null })
            censuses.Forget(rotationId);
        if (await census.WriteAsync(alone, ring, rotationId, context.CancellationToken))
            await context.PublishAsync(new RowsCounted(rotationId));
        return null;
    }

    private async Task<bool> IsWantedAsync(Guid rotationId, int sweep, CancellationToken cancellationToken) =>
        await new RunningRotations(control).FindAsync(rotationId, cancellationToken)
            is { State: RotationState.Rotating } rotation
        && (rotation.Sweep, rotation.SettledSweep) == (sweep, sweep);

    // Tables without pending rows. Where tenants left the list, or rows went with a table that was detached, nobody knows what
    // became of their failed rows.
    private async Task<IReadOnlyList<TableName>> ClearableAsync(
        Guid rotationId,
        RotationGoal goal,
        Survey survey,
        CancellationToken cancellationToken
    )
    {
        var left = new LeftTenants(databases, control, rotationId);
        var lost = await detached.FindAsync(
            rotationId,
            [.. survey.Tables.Select(table => table.Target.Entry)],
            cancellationToken
        );
        var clearable = new List<TableName>();
        foreach (
            var table in survey.Tables.Where(table =>
                table.Pending(goal.TargetVersion) == 0 && !lost.Any(one => one.IsOf(table.Name))
            )
        )
            if (await left.ExplainAsync(goal, table.Target, cancellationToken) is null)
                clearable.Add(table.Name);
        return clearable;
    }

    // Pending rows that no recorded failure explains. Below zero, failures of rows that are no longer pending, which a
    // sweep finds anew.
    private async Task<IReadOnlyList<(SurveyedTable Table, long Rows)>> UnexplainedAsync(
        HeldWork alone,
        Guid rotationId,
        RotationGoal goal,
        Survey survey,
        CancellationToken cancellationToken
    )
    {
        var failures = await new RowFailureStore(control).ByTableAsync(
            rotationId,
            goal.TargetVersion,
            cancellationToken
        );
        var explained = failures.ToDictionary(row => row.FullName, row => row.Pending);
        await RecordAsync(alone, rotationId, survey.Counted(goal), cancellationToken);
        return
        [
            .. survey
                .Tables.Where(table => table.Pending(goal.TargetVersion) > 0)
                .Select(table =>
                    (table, table.Pending(goal.TargetVersion) - explained.GetValueOrDefault(table.Name))
                ),
        ];
    }

    // A table with pending rows that was never counted before is left to the planner, which tries its keys first.
    private async Task RecordAsync(
        HeldWork alone,
        Guid rotationId,
        IReadOnlyList<TableCount> tables,
        CancellationToken cancellationToken
    )
    {
        var store = new RotationTableStore(control);
        var known = (await store.ListAsync(rotationId, cancellationToken))
            .Select(table => table.FullName)
            .ToHashSet();
        await RotationTableStore.RecordAsync(
            alone,
            rotationId,
            [.. tables.Where(table => table.Pending == 0 || known.Contains(table.FullName))],
            cancellationToken
        );
    }
}
