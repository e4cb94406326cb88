using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Coordination.Surveying;

/// <summary>
/// Looks for tenants that a rotation was planned for, or that have recorded failures, and that left the list of their table since:
/// under row-level security, counts pass over their rows, which may be at an old version.
/// </summary>
internal sealed class LeftTenants(ApplicationDatabases databases, ControlDatabase control, Guid rotationId)
{
    private ILookup<TableName, string>? recorded;

    /// <summary>
    /// Returns a sentence for the operator; null where no tenant with rows has left. Tenants that the operator named need no
    /// list. Throws <see cref="Npgsql.NpgsqlException"/> where a database does not answer, and <see cref="UsageException"/> where
    /// nothing lists the tenants.
    /// </summary>
    public async Task<string?> ExplainAsync(
        RotationGoal goal,
        MappedTable target,
        CancellationToken cancellationToken
    )
    {
        if (!target.ByTenant || goal.Tenants.Count > 0)
            return null;
        recorded ??= await new RecordedTenants(control).ListAsync(rotationId, cancellationToken);
        var left = await new UnlistedTenants(databases).FindAsync(
            target,
            [.. recorded[target.Entry.FullName]],
            cancellationToken
        );
        if (left.Count == 0)
            return null;
        return $"table {target.Entry.Name}: {Reasons.TenantsLeft}, and nobody counts their rows: {SomeNames.Of(left)}: list them again "
            + "and retry the rotation, or rotate them by name (--tenant)";
    }
}
