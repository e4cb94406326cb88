using Npgsql;
using RotationMesh.Core;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Census;

/// <summary>
/// Tells whether what an operator named as tenants can be in the tenant column (a uuid column holds no other text), and
/// whether it stands there so: rotations are kept apart by the texts of their tenants.
/// </summary>
internal sealed class TenantText(NpgsqlConnection connection, MappedTable target)
{
    /// <summary>
    /// Throws <see cref="UsageException"/> that names the first text which is no value of the column's type, or is written in
    /// another way there.
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
    /// What the list of tenants gave, each as it is written in the column: policies may compare texts. Throws
    /// <see cref="UsageException"/> that names the first which is no value of the column's type.
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

    private string Column
    {
        get
        {
            var entry = target.Entry;
            return $"tenant column {entry.Tenant.Shown} of table {entry.Shown} (scope {entry.Scope}, database {entry.Database})";
        }
    }

    // Null where one of them is not written as the type is, or refused by a domain.
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
        catch (PostgresException fault) when (fault.SqlState[..2] is "22" or "23")
        {
            return null;
        }
    }
}
