-- An earlier release does not doubt a column of a leaf that was replaced, or one that was replaced late: as in 0031.
DROP TRIGGER refuse_old_totals ON rotationmesh.rotations;
CREATE TRIGGER refuse_old_totals BEFORE UPDATE OF summary ON rotationmesh.rotations FOR EACH ROW
    WHEN (NEW.summary IS DISTINCT FROM OLD.summary AND coalesce((NEW.summary ->> 'Rules')::pg_catalog.int4, 0) < 6
          AND NEW.summary IS NOT NULL)
    EXECUTE FUNCTION rotationmesh.refuse_old_totals();
