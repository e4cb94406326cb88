using System.Globalization;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Statements;

/// <summary>SQL that selects the rows of named tenants.</summary>
internal sealed class TenantSql(TableEntry entry, TableShape shape)
{
    /// <summary>
    /// The tenant as text. Different texts are different tenants, even if the column's type calls them equal.
    /// </summary>
    public string Text =>
        $"t.{entry.Tenant.Quoted}::pg_catalog.text{(shape.Tenant.IsLoose ? " COLLATE pg_catalog.\"C\"" : "")}";

    /// <summary>
    /// Returns a condition that the tenant is in array parameter <paramref name="parameter"/>, or, with
    /// <paramref name="withNull"/>, is NULL.
    /// </summary>
    public string In(int parameter, bool withNull)
    {
        var tenant = $"t.{entry.Tenant.Quoted}";
        var listed =
            $"{tenant} {shape.Tenant.Equality} ANY (${parameter}::pg_catalog.text[]::{TenantType}[])";
        // Other texts may be equal for the type, but are other tenants. Under row-level security, the policies decide.
        if (shape.Tenant.IsLoose && !shape.RowSecurityActive)
            listed = $"({listed} AND {Text} OPERATOR(pg_catalog.=) ANY (${parameter}::pg_catalog.text[]))";
        return withNull ? $"({listed} OR {tenant} IS NULL)" : listed;
    }

    /// <summary>
    /// Returns the tenants that <see cref="In"/> can compare with the column. The tenant that stands for NULL is left out if a
    /// uuid or integer column cannot hold it.
    /// </summary>
    public string[] Comparable(IEnumerable<string> tenants) =>
        [.. tenants.Where(tenant => tenant != entry.TenantWhenNull || Fits(tenant))];

    /// <summary>Whether the tenant column's base type takes any text and writes it unchanged, its length aside.</summary>
    public bool TakesAnyTenant => shape.Tenant.Base is "text" or "varchar";

    /// <summary>
    /// Query that returns the texts of array parameter $1, in their order, as the tenant column's type writes them. It fails if
    /// a text is no value of the type.
    /// </summary>
    public string AsTenants =>
        $"""
            SELECT u.tenant::pg_catalog.text
            FROM pg_catalog.unnest($1::pg_catalog.text[]::{TenantType}[]) WITH ORDINALITY AS u (tenant, place) ORDER BY u.place
            """;

    // The type has no length: a cast to varchar(4) would cut the name of one tenant to that of another.
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
