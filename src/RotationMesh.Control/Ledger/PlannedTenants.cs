using RotationMesh.Core.Map;

namespace RotationMesh.Control.Ledger;

/// <summary>
/// The tenants whose rows partitions of a rotation were planned for, in any sweep; none of a table that is read by pages alone.
/// </summary>
public sealed class PlannedTenants(ControlDatabase control)
{
    private const string List = """
        SELECT DISTINCT tenant.name
        FROM rotationmesh.sweep_tables t JOIN rotationmesh.partitions p USING (sweep_table_id)
        CROSS JOIN LATERAL pg_catalog.jsonb_array_elements_text(p.range -> 'tenants') AS tenant (name)
        WHERE t.rotation_id = @rotationId
          AND (t.scope, t.database_name, t.table_name) = (@scope, @database, @table)
        ORDER BY 1
        """;

    /// <summary>Lists the tenants of a table, as its column writes them.</summary>
    public Task<IReadOnlyList<string>> ListAsync(
        Guid rotationId,
        TableName table,
        CancellationToken cancellationToken
    ) =>
        control.QueryAsync<string>(
            List,
            new
            {
                rotationId,
                scope = table.Scope,
                database = table.Database,
                table = table.Table,
            },
            cancellationToken
        );
}
