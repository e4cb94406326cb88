using Npgsql;
using RotationMesh.Core;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.Census;

/// <summary>Tells whether what an operator named as tenants can be in the tenant column: a uuid column holds no other text.</summary>
internal sealed class TenantText(NpgsqlConnection connection, TableTarget target)
{
    /// <summary>Throws <see cref="UsageException"/> that names the first text which is no value of the column's type.</summary>
    public async Task EnsureFitsAsync(IReadOnlyList<string> tenants, CancellationToken cancellationToken)
    {
        var compared = target.Tenants.Comparable(tenants);
        if (target.Tenants.TakesAnyTenant || await FitAsync(compared, cancellationToken))
            return;
        var entry = target.Entry;
        foreach (var tenant in compared)
        {
            if (!await FitAsync([tenant], cancellationToken))
                throw new UsageException(
                    $"the tenant '{tenant}' is no {target.Shape.Tenant.Written}, which the tenant column {entry.Tenant.Shown} "
                        + $"of table {entry.Shown} (scope {entry.Scope}, database {entry.Database}) holds: name tenants as they "
                        + "stand there, or choose scopes with --only"
                );
        }
    }

    private async Task<bool> FitAsync(string[] tenants, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(target.Tenants.AsTenants, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = tenants });
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (PostgresException fault) when (fault.SqlState[..2] is "22" or "23")
        {
            return false; // not written as the type is, or refused by a domain
        }
    }
}
