-- Failures of rows that are about to be read again, by a retry or a verification. They are not listed meanwhile, and count as before
-- for keys: what ends in between has read nothing.
ALTER TABLE rotationmesh.row_failures ADD COLUMN read_again boolean NOT NULL DEFAULT false;

-- At its end a rotation forgets those in tables that it did read: rows at its target version by a verification of the whole table, the
-- others by all partitions of its newest sweep. The rest are failures as they were.
CREATE FUNCTION rotationmesh.settle_failures() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    DELETE FROM rotationmesh.row_failures f
    USING rotationmesh.rotation_tables own, rotationmesh.sweep_tables t
    WHERE f.rotation_id = NEW.correlation_id AND f.read_again AND NEW.state IN ('Completed', 'CompletedWithFailures')
      AND own.rotation_id = f.rotation_id AND t.rotation_id = f.rotation_id
      AND (own.scope, own.database_name, own.table_name) = (f.scope, f.database_name, f.table_name)
      AND (t.scope, t.database_name, t.table_name) = (f.scope, f.database_name, f.table_name)
      AND t.done = t.partitions
      AND CASE WHEN f.version = NEW.target_version
                   THEN own.read_whole AND t.phase = 'verify' AND t.sweep = NEW.verified_sweep
               ELSE t.phase = 'rotate' AND t.sweep = (
                   SELECT pg_catalog.max(s.sweep) FROM rotationmesh.sweep_tables s
                   WHERE s.rotation_id = f.rotation_id AND s.phase = 'rotate'
                     AND (s.scope, s.database_name, s.table_name) = (f.scope, f.database_name, f.table_name))
          END;
    UPDATE rotationmesh.row_failures f SET read_again = false
    WHERE f.rotation_id = NEW.correlation_id AND f.read_again;
    RETURN NULL;
END $$;

CREATE TRIGGER settle_failures AFTER UPDATE ON rotationmesh.rotations
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
    EXECUTE FUNCTION rotationmesh.settle_failures();
