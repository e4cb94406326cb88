using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Gating;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Retiring;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Probing;

namespace RotationMesh.Coordination.Checking;

/// <summary>
/// Checks everything that must hold before a row is written: map, keys, no other rotation on the same rows, schema,
/// tenants, and the opening census. A database that does not answer is skipped: the planner checks it when it is back.
/// </summary>
internal sealed class CheckRotationConsumer(
    KeyRing ring,
    GoalCheck goals,
    ApplicationDatabases databases,
    Surveyor surveyor,
    TableClaims claims,
    RotationMap map,
    ControlDatabase control,
    WorkGuards guards
) : IConsumer<CheckRotation>
{
    /// <summary>Handles the command of the state Checking.</summary>
    public async Task Consume(ConsumeContext<CheckRotation> context)
    {
        var (rotationId, goal) = (context.Message.RotationId, context.Message.Goal);
        await using var alone = await guards.TryHoldAsync(context, "check", rotationId);
        if (alone is null)
            return; // another coordinator does this and will answer
        var rotations = new RunningRotations(control);
        if (
            await rotations.FindAsync(rotationId, context.CancellationToken)
            is not { State: RotationState.Checking }
        )
            return; // late: it has been checked already, and a check reads whole tables
        try
        {
            if (await CheckAsync(alone, rotationId, goal, context.CancellationToken) is { } awaited)
                await context.PublishAsync(new RotationStalled(rotationId, awaited)); // the next nudge asks again
            else
                await context.PublishAsync(new RotationChecked(rotationId));
        }
        catch (UsageException fault)
        {
            await context.PublishAsync(new RotationRejected(rotationId, fault.Message));
        }
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
        PostChecks.EnsureKnown(map);
        await RetiredTarget.EnsureInServiceAsync(
            control,
            goal.TargetVersion,
            goal.TargetFingerprint,
            cancellationToken
        );
        await new ClosedVersions(map, databases).EnsureOpenAsync(goal, cancellationToken);
        if (await claims.ClaimAsync(alone, rotationId, goal, cancellationToken) is { } awaited)
            return awaited;
        var survey = await surveyor.RecentAsync(goal, cancellationToken);
        var unfit = survey.Uncounted.Where(gap => !gap.MayReturn).Select(gap => gap.Reason).ToList();
        if (unfit.Count > 0)
            throw new UsageException(string.Join(Environment.NewLine, unfit));
        if (Surveyor.Tenants(goal) is { } tenants && survey.Uncounted.Count == 0)
            await new TenantLookup(databases).EnsureKnownAsync(
                [.. survey.Tables.Select(table => table.Target)],
                tenants,
                cancellationToken
            );
        await HeldValues.EnsureAsync(new ColumnLook(databases), survey.Tables, goal, cancellationToken);
        var tried = await WrongKeys.EnsureNoneAsync(
            new KeyProbe(databases, ring),
            new KnownFailures(control),
            survey.Tables,
            goal,
            cancellationToken
        );
        await MetKeyStore.RecordAsync(alone, rotationId, tried, cancellationToken);
        await RotationTableStore.RecordAsync(alone, rotationId, survey.Counted(goal), cancellationToken);
        return null;
    }
}
