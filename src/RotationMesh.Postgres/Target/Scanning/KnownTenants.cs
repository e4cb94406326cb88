using Npgsql;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres.Target.Scanning;

/// <summary>
/// Tenants of the map's tables, to try keys of: a copy of a value may stand in a row that names no tenant.
/// <paramref name="AreAll"/> is false where a table has more of them, or could not be asked.
/// </summary>
internal sealed record KnownTenants(IReadOnlyList<string> All, bool AreAll)
{
    /// <summary>Longest time of one list, in milliseconds.</summary>
    private const int TimeoutMs = 30_000;

    /// <summary>None, where there is no key to try.</summary>
    public static KnownTenants None { get; } = new([], true);

    /// <summary>At most so many tenants of each table, and those that rows without one derive their key with.</summary>
    public static async Task<KnownTenants> ListAsync(
        TargetDatabases databases,
        RotationMap map,
        int most,
        CancellationToken cancellationToken
    )
    {
        var tenants = new HashSet<string>(map.Tables.Select(entry => entry.TenantWhenNull).OfType<string>());
        var areAll = true;
        foreach (var entry in map.Tables)
        {
            var listed = 0;
            try
            {
                await foreach (var tenant in ListAsync(databases, entry, most, cancellationToken))
                {
                    tenants.Add(tenant);
                    tenants.Add(tenant.TrimEnd(' ')); // of char(n) both are in use
                    listed++;
                }
            }
            catch (NpgsqlException)
            {
                areAll = false; // whoever checks the table says what is wrong with it
            }

            areAll &= listed < most && entry.RowLevelSecurity is null;
        }

        tenants.Remove("");
        return new KnownTenants([.. tenants], areAll);
    }

    private static async IAsyncEnumerable<string> ListAsync(
        TargetDatabases databases,
        TableEntry entry,
        int most,
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
            $"SELECT DISTINCT t.{entry.Tenant.Quoted}::pg_catalog.text COLLATE pg_catalog.\"C\", t.{entry.Tenant.Quoted} FROM {entry.Table.Quoted} AS t "
                + $"WHERE t.{entry.Tenant.Quoted} IS NOT NULL LIMIT {most}",
            connection
        )
        {
            AllResultTypesAreUnknown = true,
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return reader.GetString(0);
            if (reader.GetString(1) is var padded && padded != reader.GetString(0))
                yield return padded; // of char(n), applications take either
        }
    }
}
