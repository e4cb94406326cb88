using Npgsql;
using RotationMesh.Core;
using RotationMesh.Postgres;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Census;

/// <summary>
/// Checks the texts by which tenants are named. The tenant column must be able to hold them (a uuid column holds only
/// UUIDs), and must write them the same way, because rotations are kept apart by the texts of their tenants.
/// </summary>
internal sealed class TenantText(NpgsqlConnection connection, MappedTable target)
{
    /// <summary>
    /// Throws <see cref="UsageException"/> that names the first tenant which is not a value of the column's type, or which
    /// the column writes in another way.
    /// </summary>
    public async Task EnsureFitsAsync(IReadOnlyList<string> tenants, CancellationToken cancellationToken)
    {
        if (target.Tenants.TakesAnyTenant)
            return;
        var compared = target.Tenants.Comparable(tenants);
        if (await WrittenAsync(compared, cancellationToken) is { } all)
        {
            foreach (var (tenant, written) in compared.Zip(all))
                if (tenant != written)
                    throw new UsageException(
                        $"the tenant '{tenant}' is written '{written}' in the {Column}: name it so, for another rotation may have it "
                            + "by that name"
                    );
            return;
        }

        foreach (var tenant in compared)
            if (await WrittenAsync([tenant], cancellationToken) is null)
                throw new UsageException(
                    $"the tenant '{tenant}' is no {target.Shape.Tenant.Written}, which the {Column} holds: name tenants as they "
                        + "stand there, or choose scopes with --only"
                );
    }

    /// <summary>
    /// Returns the listed tenants as the column writes them, because policies may compare texts. Throws
    /// <see cref="UsageException"/> that names the first tenant which is not a value of the column's type.
    /// </summary>
    public async Task<IReadOnlyList<string>> CanonicalAsync(
        IReadOnlyList<string> listed,
        CancellationToken cancellationToken
    )
    {
        if (target.Tenants.TakesAnyTenant)
            return listed;
        var compared = target.Tenants.Comparable(listed);
        if (await WrittenAsync(compared, cancellationToken) is { } all)
            return compared.Length == listed.Count ? all : [.. all, target.Entry.TenantWhenNull!];
        foreach (var tenant in compared)
            if (await WrittenAsync([tenant], cancellationToken) is null)
                throw new UsageException(
                    $"the list of tenants gives '{tenant}', which is no {target.Shape.Tenant.Written}, and so can't stand in the "
                        + $"{Column}: let rowLevelSecurity.tenants (line {target.Entry.Line} of the map) give tenants as they stand there"
                );
        return listed;
    }

    /// <summary>Returns the tenants that the column can hold, and writes in the same way.</summary>
    public async Task<IReadOnlyList<string>> FittingAsync(
        IReadOnlyList<string> tenants,
        CancellationToken cancellationToken
    )
    {
        if (target.Tenants.TakesAnyTenant)
            return tenants;
        var compared = target.Tenants.Comparable(tenants);
        List<string> fitting = [.. tenants.Except(compared)];
        if (await WrittenAsync(compared, cancellationToken) is { } all)
            fitting.AddRange(compared.Where((tenant, i) => tenant == all[i]));
        else
            foreach (var tenant in compared)
                if (await WrittenAsync([tenant], cancellationToken) is [var written] && written == tenant)
                    fitting.Add(tenant);
        return fitting;
    }

    private string Column
    {
        get
        {
            var entry = target.Entry;
            return $"tenant column {entry.Tenant.Shown} of table {entry.Shown} (scope {entry.Scope}, database {entry.Database})";
        }
    }

    // Returns the tenants as the column writes them; null where one is not a value of its type, or a domain refuses one.
    private async Task<IReadOnlyList<string>?> WrittenAsync(
        string[] tenants,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(target.Tenants.AsTenants, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = tenants });
        try
        {
            var written = new List<string>(tenants.Length);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                written.Add(reader.GetString(0));
            return written;
        }
        catch (PostgresException fault) when (fault.RefusesValue())
        {
            return null;
        }
    }
}
