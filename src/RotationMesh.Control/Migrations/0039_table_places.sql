-- Which database a table of a rotation was in (as in claims), and which columns of it the rotation read, "name" or "name.path": a name
-- is not enough to say that two rotations met the same rows. Null: not known, of an earlier release.
ALTER TABLE rotationmesh.rotation_tables
    ADD COLUMN identity text CHECK (identity ~ '^([0-9a-f]{16})?/[0-9]+$'),
    ADD COLUMN columns text[];

-- Whether it is not sure that its rotation read all its rows, or rows with recorded failures, of any rotation, were in tables that had
-- been detached from it when the rotation ended: it makes no failure good.
ALTER TABLE rotationmesh.rotation_tables ADD COLUMN unread boolean NOT NULL DEFAULT false;

CREATE INDEX rotation_tables_by_name ON rotationmesh.rotation_tables (table_name);

-- As in 0031, but only a rotation of the same table in the same database makes a failure good, and one that left rows only where it
-- shows that it has read this one: each that it left is a failure that it recorded. Where an operator declared a database gone, its names stand for it.
CREATE OR REPLACE FUNCTION rotationmesh.forget_old_failures() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    ended uuid[] := ARRAY(SELECT r.correlation_id FROM rotationmesh.rotations r
                        WHERE r.ended_at IS NOT NULL ORDER BY r.ended_at DESC, r.correlation_id DESC OFFSET 20);
BEGIN
    DELETE FROM rotationmesh.row_failures f WHERE f.version IS NULL AND f.rotation_id = ANY (ended);
    WITH readings AS MATERIALIZED (
        SELECT f.rotation_id, f.scope, f.database_name, f.table_name, later.correlation_id AS later_id,
               t.scope AS later_scope, t.database_name AS later_database, later.started_at, later.tenants, later.target_version,
               later.state, later.verify, t.read_whole,
               later.state = 'CompletedWithFailures' AND t.pending <= (
                   SELECT pg_catalog.count(*) FROM rotationmesh.row_failures n
                   WHERE (n.rotation_id, n.scope, n.database_name, n.table_name)
                       = (t.rotation_id, t.scope, t.database_name, t.table_name)
                     AND n.version IS DISTINCT FROM later.target_version AND NOT n.read_again) AS all_recorded
        FROM (SELECT DISTINCT o.rotation_id, o.scope, o.database_name, o.table_name
              FROM rotationmesh.row_failures o WHERE o.version IS NOT NULL AND o.rotation_id = ANY (ended)) f
        LEFT JOIN rotationmesh.rotation_tables own USING (rotation_id, scope, database_name, table_name)
        JOIN rotationmesh.rotation_tables t ON t.table_name = f.table_name AND t.rotation_id <> f.rotation_id
        JOIN rotationmesh.rotations later ON later.correlation_id = t.rotation_id
        WHERE later.state IN ('Completed', 'CompletedWithFailures') AND NOT t.unread
          AND (own.columns IS NULL OR coalesce(own.columns <@ t.columns, false))
          AND CASE WHEN own.identity IS NULL
                        OR own.identity NOT IN (SELECT d.identity FROM rotationmesh.rotated_databases d)
                       THEN t.database_name = f.database_name
                            AND f.database_name NOT IN (
                                SELECT d.database_name FROM rotationmesh.rotated_databases d GROUP BY 1
                                HAVING pg_catalog.count(DISTINCT pg_catalog.split_part(d.identity, '/', 2)) > 1
                                    OR pg_catalog.count(DISTINCT d.identity) FILTER (WHERE d.identity NOT LIKE '/%') > 1)
                   WHEN t.identity IS NULL THEN false
                   WHEN own.identity NOT LIKE '/%' AND t.identity NOT LIKE '/%' THEN own.identity = t.identity
                   ELSE t.database_name = f.database_name
                        AND pg_catalog.split_part(own.identity, '/', 2) = pg_catalog.split_part(t.identity, '/', 2)
              END)
    DELETE FROM rotationmesh.row_failures f
    WHERE f.version IS NOT NULL AND EXISTS (
        SELECT FROM readings r
        WHERE (r.rotation_id, r.scope, r.database_name, r.table_name)
            = (f.rotation_id, f.scope, f.database_name, f.table_name)
          AND r.started_at > f.recorded_at AND (r.tenants IS NULL OR f.tenant = ANY (r.tenants))
          AND CASE WHEN f.version = r.target_version AND r.verify = 'counts' THEN false
                   WHEN r.state = 'Completed' THEN f.version <> r.target_version OR r.read_whole
                   ELSE (f.version <> r.target_version AND r.all_recorded) OR EXISTS (
                       SELECT FROM rotationmesh.row_failures n
                       WHERE (n.rotation_id, n.scope, n.database_name, n.table_name, n.key_digest)
                           = (r.later_id, r.later_scope, r.later_database, f.table_name, f.key_digest))
              END);
    RETURN NULL;
END $$;

-- An earlier release does not record places, and forgets failures that went with a detached table: as in 0031.
DROP TRIGGER refuse_old_totals ON rotationmesh.rotations;
CREATE TRIGGER refuse_old_totals BEFORE UPDATE OF summary ON rotationmesh.rotations FOR EACH ROW
    WHEN (NEW.summary IS DISTINCT FROM OLD.summary AND coalesce((NEW.summary ->> 'Rules')::pg_catalog.int4, 0) < 4
          AND NEW.summary IS NOT NULL)
    EXECUTE FUNCTION rotationmesh.refuse_old_totals();
