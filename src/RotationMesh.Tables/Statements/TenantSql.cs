using System.Globalization;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Statements;

/// <summary>The SQL by which rows of named tenants are told.</summary>
internal sealed class TenantSql(TableEntry entry, TableShape shape)
{
    /// <summary>The tenant as text; texts that differ are two tenants, whatever the column's type thinks of them.</summary>
    public string Text =>
        $"t.{entry.Tenant.Quoted}::pg_catalog.text{(shape.Tenant.IsLoose ? " COLLATE pg_catalog.\"C\"" : "")}";

    /// <summary>Tenants in the array parameter <paramref name="parameter"/>, and NULL where it stands for one of them.</summary>
    public string In(int parameter, bool withNull)
    {
        var tenant = $"t.{entry.Tenant.Quoted}";
        var listed =
            $"{tenant} {shape.Tenant.Equality} ANY (${parameter}::pg_catalog.text[]::{TenantType}[])";
        // Others may be equal to the type, and are other tenants. Under policies those decide who is one.
        if (shape.Tenant.IsLoose && !shape.RowSecurityActive)
            listed = $"({listed} AND {Text} OPERATOR(pg_catalog.=) ANY (${parameter}::pg_catalog.text[]))";
        return withNull ? $"({listed} OR {tenant} IS NULL)" : listed;
    }

    /// <summary>
    /// The tenants as <see cref="In"/> compares them with the column. The one that stands for NULL need not be a
    /// value of the column's type.
    /// </summary>
    public string[] Comparable(IEnumerable<string> tenants) =>
        [.. tenants.Where(tenant => tenant != entry.TenantWhenNull || Fits(tenant))];

    /// <summary>Whether any text is a value of the tenant column, and no two are the same one.</summary>
    public bool TakesAnyTenant => shape.Tenant.Base is "text" or "varchar";

    /// <summary>
    /// The text parameter $1, an array, as values of the tenant column, each as the database writes it; an error where one is none.
    /// </summary>
    public string AsTenants =>
        $"""
            SELECT u.tenant::pg_catalog.text
            FROM pg_catalog.unnest($1::pg_catalog.text[]::{TenantType}[]) WITH ORDINALITY AS u (tenant, place) ORDER BY u.place
            """;

    // Without its length: a cast to varchar(4) would cut the name of one tenant to that of another.
    private string TenantType =>
        shape.Tenant.Base switch
        {
            "text" or "varchar" => "pg_catalog.text",
            "bpchar" => "pg_catalog.bpchar",
            _ => shape.Tenant.Qualified,
        };

    private bool Fits(string tenant) =>
        shape.Tenant.Base switch
        {
            "uuid" => Guid.TryParse(tenant, out _),
            "int2" or "int4" or "int8" => long.TryParse(tenant, CultureInfo.InvariantCulture, out _),
            _ => true,
        };
}
