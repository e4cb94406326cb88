using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace RotationMesh.Core.Map;

/// <summary>
/// Identity of a map across processes: what it rotates and how, without connection strings and secrets, which may differ
/// by host. The address of a store counts, as a store, unlike a database, does not identify itself.
/// </summary>
public static class MapHash
{
    /// <summary>Returns the SHA-256, in lower-case hex, of the map's canonical JSON.</summary>
    public static string Of(RotationMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var canonical = new
        {
            databases = map.Databases.Select(database => database.Name),
            formats = map.Formats.Select(format => new
            {
                format.Name,
                format.Kind,
                format.Salt,
                format.Info,
            }),
            scopes = map.Scopes.Select(scope => new { scope.Name, tables = scope.Tables.Select(Canonical) }),
            // In one list: a map without post-checks keeps the hash that it had before post-checks existed.
            gates = map
                .Gates.Select(gate => gate.Identity)
                .Concat(map.PostChecks.Select(check => check.Identity)),
        };
        return Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(canonical)))
        );
    }

    private static object Canonical(TableEntry table) =>
        new
        {
            Name = table.Only ? $"ONLY {table.Name}" : table.Name,
            table.Database,
            key = table.Key.Select(column => column.Name),
            // A map without this option keeps the hash that it had before the option existed.
            tenant = table.TenantPadding == true ? $"{table.Tenant.Name}\npadded" : table.Tenant.Name,
            table.TenantWhenNull,
            version = table.Version.Name,
            table.VersionWhenNull,
            External = table.ExternalStore is { } store
                ? $"{table.External}\n{store.Place}\n{store.Key.Name}\n{store.Column}"
                : table.External,
            table.RowLevelSecurity,
            columns = table.Columns.Select(column => new
            {
                column.Name.Name,
                column.Format,
                column.Context,
                column.Path,
            }),
        };
}
