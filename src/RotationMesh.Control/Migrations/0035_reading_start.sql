-- The moment before the verification of a table was planned: its server, the database's oid and the oldest transaction that ran. The
-- end reads what was written since. Null: not planned yet, nothing to plan, or by an earlier release.
ALTER TABLE rotationmesh.rotation_tables ADD COLUMN reading_start text;

-- An earlier release does not read that: as in 0031.
DROP TRIGGER refuse_old_totals ON rotationmesh.rotations;
CREATE TRIGGER refuse_old_totals BEFORE UPDATE OF summary ON rotationmesh.rotations FOR EACH ROW
    WHEN (NEW.summary IS DISTINCT FROM OLD.summary AND coalesce((NEW.summary ->> 'Rules')::pg_catalog.int4, 0) < 2
          AND NEW.summary IS NOT NULL)
    EXECUTE FUNCTION rotationmesh.refuse_old_totals();
