using Npgsql;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres.Target.Scanning;

/// <summary>Tenants of the map's tables, to try keys of: a copy of a value may stand in a row that names no tenant.</summary>
internal static class KnownTenants
{
    /// <summary>Tenants of one table that are tried: six keys each cost some 50 µs.</summary>
    public const int MostOfATable = 1_000;

    /// <summary>Longest time of one list, in milliseconds: what can't be listed is not tried.</summary>
    private const int TimeoutMs = 30_000;

    /// <summary>The tenants, and those that rows without one derive their key with.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(
        TargetDatabases databases,
        RotationMap map,
        CancellationToken cancellationToken
    )
    {
        var tenants = new HashSet<string>(map.Tables.Select(entry => entry.TenantWhenNull).OfType<string>());
        foreach (var entry in map.Tables)
        {
            try
            {
                await foreach (var tenant in ListAsync(databases, entry, cancellationToken))
                    tenants.Add(tenant);
            }
            catch (NpgsqlException)
            {
                // Whoever checks the table says what is wrong with it.
            }
        }

        tenants.Remove("");
        return [.. tenants];
    }

    private static async IAsyncEnumerable<string> ListAsync(
        TargetDatabases databases,
        TableEntry entry,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(entry.Database, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var limit = new NpgsqlCommand(
            $"SET LOCAL statement_timeout = {TimeoutMs}; SET LOCAL lock_timeout = {TimeoutMs}",
            connection
        );
        await limit.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            $"SELECT DISTINCT t.{entry.Tenant.Quoted} FROM {entry.Table.Quoted} AS t "
                + $"WHERE t.{entry.Tenant.Quoted} IS NOT NULL LIMIT {MostOfATable}",
            connection
        )
        {
            AllResultTypesAreUnknown = true,
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            yield return reader.GetString(0);
    }
}
