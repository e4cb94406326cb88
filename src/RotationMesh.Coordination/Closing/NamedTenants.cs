using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Coordination.Closing;

/// <summary>
/// Looks for the rows of the tenants that an operator named: a mistyped one passes the check of a rotation where a database is
/// silent then.
/// </summary>
internal static class NamedTenants
{
    /// <summary>
    /// Returns a sentence for the operator; null where all have rows, or all tenants are meant. Throws
    /// <see cref="Npgsql.NpgsqlException"/> where a database does not answer.
    /// </summary>
    public static async Task<string?> ExplainAsync(
        ApplicationDatabases databases,
        IReadOnlyList<MappedTable> targets,
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        if (goal.Tenants.Count == 0)
            return null;
        try
        {
            var unknown = await new TenantLookup(databases).FindUnknownAsync(
                targets,
                goal.Tenants,
                cancellationToken
            );
            return unknown.Count == 0
                ? null
                : $"{Reasons.TenantsUnknown} {SomeNames.Of(unknown)}: mistyped, or deleted meanwhile? Name those that there are";
        }
        catch (UsageException unfit)
        {
            return unfit.Message;
        }
    }
}
