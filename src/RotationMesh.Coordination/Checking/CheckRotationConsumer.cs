using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.LocalOperations.Preflight;

namespace RotationMesh.Coordination.Checking;

/// <summary>
/// Checks everything that must hold before a row is written: map, keys, no other rotation on the same rows, schema,
/// tenants, and the opening census. A database that does not answer is skipped: the planner checks it when it is back.
/// </summary>
internal sealed class CheckRotationConsumer(
    RotationPreflight preflight,
    GoalCheck goals,
    Surveyor surveyor,
    RotationDatabases places,
    TableClaims claims,
    ControlDatabase control,
    WorkGuards guards
) : GuardedCommand<CheckRotation>(guards)
{
    /// <summary>Nothing: the check itself looks for another map or key, and rejects the rotation for it.</summary>
    protected override string? ExplainUnfit(CheckRotation command) => null;

    /// <summary>Handles the command of the state Checking.</summary>
    protected override async Task<string?> RunAsync(ConsumeContext<CheckRotation> context, HeldWork alone)
    {
        var (rotationId, goal) = (context.Message.RotationId, context.Message.Goal);
        var rotations = new RunningRotations(control);
        if (
            await rotations.FindAsync(rotationId, context.CancellationToken)
            is not { State: RotationState.Checking }
        )
            return null; // late: it has been checked already, and a check reads whole tables
        try
        {
            if (await CheckAsync(alone, rotationId, goal, context.CancellationToken) is { } awaited)
                return awaited;
            await context.PublishAsync(new RotationChecked(rotationId));
        }
        catch (UsageException fault)
        {
            await context.PublishAsync(new RotationRejected(rotationId, fault.Message));
        }

        return null;
    }

    // Returns what the check waits for; null where everything holds.
    private async Task<string?> CheckAsync(
        HeldWork alone,
        Guid rotationId,
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        if (goals.Explain(goal) is { } difference)
            throw new UsageException(difference);
        preflight.EnsureGoalKnown(goal.Scopes, goal.TargetVersion);
        preflight.EnsureChecksKnown();
        await preflight.EnsureInServiceAsync(goal.TargetVersion, goal.TargetFingerprint, cancellationToken);
        await preflight.EnsureOpenAsync(goal.Scopes, goal.TargetVersion, cancellationToken);
        // Of a rotation that is retried. Its claims are replaced, and a copy would show none of the rows that it left.
        if (await places.ExplainOtherAsync(rotationId, cancellationToken) is { } elsewhere)
            throw new UsageException(elsewhere);
        if (await claims.ClaimAsync(alone, rotationId, goal, cancellationToken) is { } awaited)
            return awaited;
        if (await LaterUndo.FindAsync(control, rotationId, cancellationToken) is { } undo)
            throw new UsageException(
                $"rotation {undo.RotationId} took rows to version {undo.TargetVersion} {Reasons.LaterUndone}: start "
                    + $"a new rotation to version {goal.TargetVersion} where it is meant"
            );
        var survey = await surveyor.RecentAsync(goal, cancellationToken);
        survey.EnsureFits();
        var tenants = Surveyor.Tenants(goal);
        // Else they are looked for at the end (NamedTenants), once every database has answered.
        if (survey.Uncounted.Count == 0)
            await preflight.EnsureTenantsAsync(survey.Tables, tenants, cancellationToken);
        var probed = await preflight.EnsureValuesAsync(survey.Tables, tenants, cancellationToken);
        var tried = probed.SelectMany(table => table).ToList();
        await MetKeyStore.RecordAsync(alone, rotationId, tried, cancellationToken);
        await RotationTableStore.RecordAsync(alone, rotationId, survey.Counted(goal), cancellationToken);
        return null;
    }
}
