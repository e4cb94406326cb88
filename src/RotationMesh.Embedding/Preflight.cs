using RotationMesh.Contracts;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Gating;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.LocalOperations.Retiring;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Probing;

namespace RotationMesh.Embedding;

/// <summary>
/// What is looked at before anything is written, be it in the control database: schema, privileges, connections,
/// tenants, keys. The saga looks at the same again, and takes the census of a moment ago for it.
/// </summary>
internal sealed class Preflight(MeshParts parts, Surveyor surveyor)
{
    /// <summary>
    /// Throws <see cref="UsageException"/> with all that does not fit, and the database's own fault where none of them
    /// answers. One of several that does not is left to the rotation, which waits for it. Connections that others use now are
    /// waited for; <paramref name="waiting"/> hears why.
    /// </summary>
    public async Task EnsureAsync(
        RotationGoal goal,
        RunningRotation wanted,
        int workers,
        Action<string?> waiting,
        CancellationToken cancellationToken
    )
    {
        PostChecks.EnsureKnown(parts.Map);
        await new ConnectionBudget(parts.Databases, parts.Control.Source).WaitAsync(
            parts
                .Map.Tables.Where(table => goal.Scopes.Contains(table.Scope))
                .Select(table => table.Database),
            workers,
            waiting,
            cancellationToken
        );
        await RetiredTarget.EnsureInServiceAsync(
            parts.Control,
            goal.TargetVersion,
            goal.TargetFingerprint,
            cancellationToken
        );
        var survey = await surveyor.CountAsync(goal, null, cancellationToken);
        var unfit = survey.Uncounted.Where(gap => !gap.MayReturn).Select(gap => gap.Reason).ToList();
        if (unfit.Count > 0)
            throw new UsageException(string.Join(Environment.NewLine, unfit));
        if (survey.Tables.Count == 0 && survey.Uncounted is [{ Fault: { } fault }, ..])
            throw fault;
        await new ConnectionBudget(parts.Databases, parts.Control.Source).EnsureAsync(
            survey.Tables.Select(table => table.Target.Entry.Database),
            workers,
            cancellationToken
        );
        if (Surveyor.Tenants(goal) is { } tenants && survey.Uncounted.Count == 0)
            await new TenantLookup(parts.Databases).EnsureKnownAsync(
                [.. survey.Tables.Select(table => table.Target)],
                tenants,
                cancellationToken
            );
        if (await GoesOnAsync(wanted, cancellationToken))
            return; // its keys were tried at its start, and what is left since may be mostly what does not decrypt
        await HeldValues.EnsureAsync(new ColumnLook(parts.Databases), survey.Tables, goal, cancellationToken);
        await WrongKeys.EnsureNoneAsync(
            new KeyProbe(parts.Databases, parts.Ring),
            new KnownFailures(parts.Control),
            survey.Tables,
            goal,
            cancellationToken
        );
    }

    // Whether a rotation of that request is there to be gone on with, by the database as it is: nothing is written yet.
    private async Task<bool> GoesOnAsync(RunningRotation wanted, CancellationToken cancellationToken) =>
        await parts.Control.ExistsAsync(cancellationToken)
        && (
            await new RunningRotations(parts.Control.Source).FindEmbeddedAsync(wanted, cancellationToken)
        ).Any(running => RotationSeals.IsSound(parts.Ring, running));
}
