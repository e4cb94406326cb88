using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace RotationMesh.Core.Map;

/// <summary>
/// Identity of a map across processes: what it rotates and how, without connection strings and secrets (they may
/// differ by host). A database says which one it is; a store does not, so its address counts.
/// </summary>
public static class MapHash
{
    /// <summary>SHA-256, lower-case hex, of the map's canonical JSON.</summary>
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
            // In one list, so that a map without post-checks keeps the hash that it had before there were any.
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
            // A map that says nothing of it keeps the hash that it had before it could.
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
