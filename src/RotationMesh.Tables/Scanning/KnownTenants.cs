using System.Globalization;
using Npgsql;
using RotationMesh.Core.Map;
using RotationMesh.Postgres;

namespace RotationMesh.Tables.Scanning;

/// <summary>
/// Tenants of the map's tables, whose keys are tried: a copy of a value may stand in a row that names no tenant.
/// <paramref name="Unknown"/> says why there may be others; null where these are all.
/// </summary>
internal sealed record KnownTenants(IReadOnlySet<string> All, string? Unknown)
{
    /// <summary>None, where there is no key to try.</summary>
    public static KnownTenants None { get; } = new(new HashSet<string>(), null);

    /// <summary>Whether the row says which tenant its value belongs to, and that is one of these.</summary>
    public bool AreNamedBy(NearTenants near) => near.Tells.Any(All.Contains);

    /// <summary>Lists as many tenants of each table as the depth says, and the tenants that the map names for NULL.</summary>
    public static async Task<KnownTenants> ListAsync(
        ApplicationDatabases databases,
        RotationMap map,
        ScanDepth depth,
        CancellationToken cancellationToken
    )
    {
        var tenants = new HashSet<string>(map.Tables.Select(entry => entry.TenantWhenNull).OfType<string>());
        var unknown = new List<string>();
        foreach (var entry in map.Tables)
        {
            var listed = 0;
            try
            {
                if (await IsHiddenAsync(databases, entry, cancellationToken))
                    unknown.Add($"row-level security may hide tenants of table {entry.Shown}");
                await foreach (var tenant in ListAsync(databases, entry, depth, cancellationToken))
                {
                    tenants.UnionWith(tenant);
                    listed++;
                }
            }
            catch (NpgsqlException fault)
            {
                var cause = fault.InnerException as NpgsqlException ?? fault;
                unknown.Add(
                    $"those of table {entry.Shown} could not be listed: {DatabaseFaults.Describe(cause)}"
                );
            }

            if (listed > depth.Tenants)
                unknown.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"table {entry.Shown} has more than the {depth.Tenants:N0} that are listed"
                    )
                );
        }

        tenants.Remove("");
        return new KnownTenants(tenants, unknown.Count == 0 ? null : string.Join("; ", unknown));
    }

    // The map may name policies that apply to the application's role. What counts is whether policies apply to this one.
    private static async Task<bool> IsHiddenAsync(
        ApplicationDatabases databases,
        TableEntry entry,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(entry.Database, cancellationToken);
        await using var command = new NpgsqlCommand(
            "SELECT pg_catalog.row_security_active($1::pg_catalog.text)",
            connection
        )
        {
            Parameters = { new() { Value = entry.Table.Quoted } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    // Lists each tenant in every spelling that applications use.
    private static async IAsyncEnumerable<string[]> ListAsync(
        ApplicationDatabases databases,
        TableEntry entry,
        ScanDepth depth,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var longest = (int)depth.TableTime.TotalMilliseconds;
        await using var connection = await databases.OpenReadingAsync(entry.Database, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var limit = new NpgsqlCommand(
            $"SET LOCAL statement_timeout = {longest}; SET LOCAL lock_timeout = {longest}",
            connection
        );
        await limit.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            $"SELECT DISTINCT t.{entry.Tenant.Quoted}::pg_catalog.text COLLATE pg_catalog.\"C\", t.{entry.Tenant.Quoted} FROM {entry.Table.Quoted} AS t "
                + $"WHERE t.{entry.Tenant.Quoted} IS NOT NULL LIMIT {depth.Tenants + 1}",
            connection
        )
        {
            AllResultTypesAreUnknown = true,
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (text, padded) = (reader.GetString(0), reader.GetString(1)); // differ for char(n)
            yield return [text, padded, padded.TrimEnd(' ')];
        }
    }
}
