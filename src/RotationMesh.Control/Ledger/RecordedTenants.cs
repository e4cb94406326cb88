using RotationMesh.Control.Failures;
using RotationMesh.Core.Map;

namespace RotationMesh.Control.Ledger;

/// <summary>
/// The tenants whose rows partitions of a rotation were planned for, in any sweep, and those with failures of the same tables, of any
/// rotation, that no rotation has made good since. A table that is read by pages alone has none of the first kind.
/// </summary>
public sealed class RecordedTenants(ControlDatabase control)
{
    private static readonly string List = $"""
        WITH {StandingFailures.Readings()}
        SELECT t.scope, t.database_name AS database, t.table_name AS "table", tenant.name AS tenant
        FROM rotationmesh.sweep_tables t JOIN rotationmesh.partitions p USING (sweep_table_id)
        CROSS JOIN LATERAL pg_catalog.jsonb_array_elements_text(p.range -> 'tenants') AS tenant (name)
        WHERE t.rotation_id = @rotationId
        UNION
        SELECT t.scope, t.database_name, t.table_name, f.tenant
        FROM rotationmesh.row_failures f
        LEFT JOIN rotationmesh.rotation_tables own USING (rotation_id, scope, database_name, table_name)
        JOIN rotationmesh.rotation_tables t ON t.table_name = f.table_name AND t.rotation_id = @rotationId
        WHERE f.tenant IS NOT NULL AND f.version IS NOT NULL AND {SamePlace.Of("f", "own", "t")}
          AND {StandingFailures.NotMadeGood}
        ORDER BY 1, 2, 3, 4
        """;

    /// <summary>Lists the tenants of each table of a rotation, as its column writes them.</summary>
    public async Task<ILookup<TableName, string>> ListAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    ) =>
        (await control.QueryAsync<RecordedTenant>(List, new { rotationId }, cancellationToken)).ToLookup(
            one => new TableName(one.Scope, one.Database, one.Table),
            one => one.Tenant
        );

    private sealed record RecordedTenant(string Scope, string Database, string Table, string Tenant);
}
