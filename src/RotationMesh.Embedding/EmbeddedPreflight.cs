using RotationMesh.Contracts;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.LocalOperations.Preflight;
using RotationMesh.Tables;

namespace RotationMesh.Embedding;

/// <summary>
/// Checks schema, privileges, connections, tenants and keys before anything is written, even in the control database. The
/// saga checks them again, and uses the census of a moment ago for it.
/// </summary>
internal sealed class EmbeddedPreflight(MeshParts parts, Surveyor surveyor, AbandonedRotations abandoned)
{
    private readonly RotationPreflight preflight = new(parts.Map, parts.Ring, parts.Databases, parts.Control);

    /// <summary>
    /// Throws <see cref="UsageException"/> with all that does not fit, and a database's own fault where no database answers.
    /// Where only some do not answer, the rotation itself waits for them. Waits for connections that others use now, and calls
    /// <paramref name="waiting"/> with the reason.
    /// </summary>
    public async Task EnsureAsync(
        StartRotation order,
        int workers,
        Action<string?> waiting,
        CancellationToken cancellationToken
    )
    {
        var goal = Goal(order);
        preflight.EnsureGoalKnown(goal.Scopes, goal.TargetVersion);
        preflight.EnsureChecksKnown();
        await new ConnectionBudget(parts.Databases, parts.Control.Source).WaitAsync(
            parts
                .Map.Tables.Where(table => goal.Scopes.Contains(table.Scope))
                .Select(table => table.Database),
            workers,
            waiting,
            cancellationToken
        );
        await preflight.EnsureInServiceAsync(goal.TargetVersion, goal.TargetFingerprint, cancellationToken);
        var survey = await surveyor.CountAsync(goal, null, cancellationToken);
        survey.EnsureFits();
        if (survey.Tables.Count == 0 && survey.Uncounted is [{ Fault: { } fault }, ..])
            throw fault;
        await new ConnectionBudget(parts.Databases, parts.Control.Source).EnsureAsync(
            survey.Tables.Select(table => table.Target.Entry.Database),
            workers,
            cancellationToken
        );
        var tenants = Surveyor.Tenants(goal);
        if (survey.Uncounted.Count == 0)
            await preflight.EnsureTenantsAsync(survey.Tables, tenants, cancellationToken);
        if (await abandoned.IsThereAsync(order, cancellationToken))
            return; // its keys were tried at its start, and the rows that are left now may mostly not decrypt
        await preflight.EnsureOpenAsync(goal.Scopes, goal.TargetVersion, cancellationToken);
        await preflight.EnsureValuesAsync(survey.Tables, tenants, cancellationToken);
    }

    private static RotationGoal Goal(StartRotation order) =>
        new()
        {
            Scopes = order.Scopes,
            Tenants = order.Tenants,
            TargetVersion = order.TargetVersion,
            MapHash = order.MapHash,
            TargetFingerprint = order.TargetFingerprint,
        };
}
