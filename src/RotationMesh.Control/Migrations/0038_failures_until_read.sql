-- Failures of rows that are about to be read again, by a retry or a verification. They are not listed meanwhile, and count as before
-- for keys: what ends in between has read nothing.
ALTER TABLE rotationmesh.row_failures ADD COLUMN read_again boolean NOT NULL DEFAULT false;

-- At its end a rotation forgets those in tables that it did read: rows at its target version by a verification of the whole table, the
-- others by all partitions of its newest sweep; where partitions name tenants, those of these tenants. The rest are failures as they were.
CREATE FUNCTION rotationmesh.settle_failures() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM rotationmesh.row_failures f WHERE f.rotation_id = NEW.correlation_id AND f.read_again) THEN
        RETURN NULL;
    END IF;
    IF NEW.state IN ('Completed', 'CompletedWithFailures') THEN
        WITH done AS MATERIALIZED (
            SELECT t.sweep_table_id, t.scope, t.database_name, t.table_name, t.phase = 'verify' AS verified
            FROM rotationmesh.sweep_tables t
            JOIN rotationmesh.rotation_tables own USING (rotation_id, scope, database_name, table_name)
            WHERE t.rotation_id = NEW.correlation_id AND t.done = t.partitions
              AND CASE WHEN t.phase = 'verify' THEN own.read_whole AND t.sweep = NEW.verified_sweep
                       ELSE t.partitions > 0 AND t.sweep = (
                           SELECT pg_catalog.max(s.sweep) FROM rotationmesh.sweep_tables s
                           WHERE s.rotation_id = t.rotation_id AND s.phase = t.phase
                             AND (s.scope, s.database_name, s.table_name) = (t.scope, t.database_name, t.table_name))
                  END),
        named AS MATERIALIZED (
            SELECT DISTINCT p.sweep_table_id, e.tenant
            FROM rotationmesh.partitions p JOIN done USING (sweep_table_id)
            CROSS JOIN LATERAL pg_catalog.jsonb_array_elements_text(p.range -> 'tenants') AS e (tenant))
        DELETE FROM rotationmesh.row_failures f
        USING done d
        WHERE f.rotation_id = NEW.correlation_id AND f.read_again
          AND (d.scope, d.database_name, d.table_name) = (f.scope, f.database_name, f.table_name)
          AND d.verified = coalesce(f.version = NEW.target_version, false)
          AND (d.sweep_table_id NOT IN (SELECT n.sweep_table_id FROM named n)
               OR (d.sweep_table_id, f.tenant) IN (SELECT n.sweep_table_id, n.tenant FROM named n));
    END IF;
    UPDATE rotationmesh.row_failures f SET read_again = false
    WHERE f.rotation_id = NEW.correlation_id AND f.read_again;
    RETURN NULL;
END $$;

CREATE TRIGGER settle_failures AFTER UPDATE ON rotationmesh.rotations
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
    EXECUTE FUNCTION rotationmesh.settle_failures();

-- An earlier release does not see leaves that come and go while it counts for the last time: as in 0031.
DROP TRIGGER refuse_old_totals ON rotationmesh.rotations;
CREATE TRIGGER refuse_old_totals BEFORE UPDATE OF summary ON rotationmesh.rotations FOR EACH ROW
    WHEN (NEW.summary IS DISTINCT FROM OLD.summary AND coalesce((NEW.summary ->> 'Rules')::pg_catalog.int4, 0) < 3
          AND NEW.summary IS NOT NULL)
    EXECUTE FUNCTION rotationmesh.refuse_old_totals();
