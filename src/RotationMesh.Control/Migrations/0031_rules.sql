-- An earlier release that still runs while this schema is brought forward does not know the newer doubts: its totals end no
-- rotation. Raise the number with ClosingSummary.CurrentRules.
CREATE FUNCTION rotationmesh.refuse_old_totals() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    RAISE EXCEPTION 'a newer release has brought this control schema forward: stop the coordinators of the earlier one';
END $$;
CREATE TRIGGER refuse_old_totals BEFORE UPDATE OF summary ON rotationmesh.rotations FOR EACH ROW
    WHEN (NEW.summary IS DISTINCT FROM OLD.summary AND coalesce((NEW.summary ->> 'Rules')::pg_catalog.int4, 0) < 1
          AND NEW.summary IS NOT NULL)
    EXECUTE FUNCTION rotationmesh.refuse_old_totals();

-- As in 0029, but a completed rotation makes a failure at its target version good only where it read the whole table: one of an
-- earlier release may have passed over the row.
CREATE OR REPLACE FUNCTION rotationmesh.forget_old_failures() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    DELETE FROM rotationmesh.row_failures f
    WHERE f.rotation_id IN (SELECT r.correlation_id FROM rotationmesh.rotations r
                            WHERE r.ended_at IS NOT NULL ORDER BY r.ended_at DESC, r.correlation_id DESC OFFSET 20)
      AND (f.version IS NULL OR EXISTS (
          SELECT FROM rotationmesh.rotations later
          JOIN rotationmesh.rotation_tables t ON t.rotation_id = later.correlation_id
          WHERE later.correlation_id <> f.rotation_id AND later.started_at > f.recorded_at
            AND (t.database_name, t.table_name) = (f.database_name, f.table_name)
            AND CASE WHEN f.version <> later.target_version THEN later.state IN ('Completed', 'CompletedWithFailures')
                     WHEN later.verify = 'counts' THEN false
                     WHEN later.state = 'Completed' THEN t.read_whole
                     ELSE later.state = 'CompletedWithFailures' AND EXISTS (
                         SELECT FROM rotationmesh.row_failures n
                         WHERE n.rotation_id = later.correlation_id
                           AND (n.database_name, n.table_name, n.key_digest) = (f.database_name, f.table_name, f.key_digest))
                END
            AND (later.tenants IS NULL OR f.tenant = ANY (later.tenants))));
    RETURN NULL;
END $$;
