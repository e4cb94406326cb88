namespace RotationMesh.Control.Ledger;

/// <summary>
/// Whether somebody waits for a row of the ledger: a frozen process holds it, or an operator's open transaction. What workers
/// said lies in the queue meanwhile, so their silence says nothing.
/// </summary>
internal static class SettlementWaits
{
    /// <summary>True while one waits. Whoever waits for a row has its tuple lock, or waits for that.</summary>
    public const string Any = """
        EXISTS (
            SELECT FROM pg_catalog.pg_locks l
            WHERE l.locktype = 'tuple'
              AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
              AND l.relation IN ('rotationmesh.partitions'::regclass, 'rotationmesh.sweep_tables'::regclass)
        )
        """;
}
