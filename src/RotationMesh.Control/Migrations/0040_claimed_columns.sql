-- The columns that names of the map stood for at any time since the rotation began, [{"Relation", "Number", "Name", "Path"}]. One that
-- gave its name to another one may hold values that nobody rotated. Null: an earlier release claimed the table, or the database did not
-- answer.
ALTER TABLE rotationmesh.claims ADD COLUMN columns jsonb;
ALTER TABLE rotationmesh.rotation_parts ADD COLUMN columns jsonb;

-- An earlier release does not notice that a column was replaced: as in 0031.
DROP TRIGGER refuse_old_totals ON rotationmesh.rotations;
CREATE TRIGGER refuse_old_totals BEFORE UPDATE OF summary ON rotationmesh.rotations FOR EACH ROW
    WHEN (NEW.summary IS DISTINCT FROM OLD.summary AND coalesce((NEW.summary ->> 'Rules')::pg_catalog.int4, 0) < 5
          AND NEW.summary IS NOT NULL)
    EXECUTE FUNCTION rotationmesh.refuse_old_totals();
