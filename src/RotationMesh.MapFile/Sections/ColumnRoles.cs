using RotationMesh.Core.Map;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>
/// Checks which roles a column has at once. A rotation changes the encrypted columns and the version, and finds rows by
/// key and tenant: a column by which rows are found must not change. The tenant may be a part of the key.
/// </summary>
internal static class ColumnRoles
{
    /// <summary>Throws a fault for a column with two roles that exclude each other.</summary>
    public static void Check(TableEntry table, MapFields fields)
    {
        var (key, tenant, version) = (
            fields.Required("key"),
            fields.Required("tenant"),
            fields.Required("version")
        );
        foreach (var column in table.Key.GroupBy(column => column).Where(same => same.Count() > 1))
            throw key.Fault($"{Column(column.Key)} stands twice in the key");
        if (table.Key.Contains(table.Version))
            throw version.Fault(
                $"{Column(table.Version)} is the version and in the key: a rotation changes the version"
            );
        if (table.Tenant == table.Version)
            throw version.Fault($"{Column(table.Version)} is both version and tenant: name two columns");

        var encrypted = table.Columns.Select(column => column.Name).ToHashSet();
        foreach (var column in table.Key.Where(encrypted.Contains))
            throw key.Fault($"{Column(column)} is in the key and encrypted: a key must not change");
        if (encrypted.Contains(table.Tenant))
            throw tenant.Fault(
                $"{Column(table.Tenant)} is the tenant and encrypted: a tenant is read in the clear"
            );
        if (encrypted.Contains(table.Version))
            throw version.Fault($"{Column(table.Version)} is the version and encrypted: name two columns");
    }

    private static string Column(SqlIdentifier column) =>
        $"the column {(column.IsFromVariable ? column.Shown : Quotation.Of(column.Name))}";
}
