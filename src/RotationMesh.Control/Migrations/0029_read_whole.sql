-- Tables in which a verification met a row at the target version that does not decrypt. The next one reads them wholly: a
-- sample would pass over the row, and nothing would be left of the failure.
ALTER TABLE rotationmesh.rotation_tables ADD COLUMN read_whole boolean NOT NULL DEFAULT false;

UPDATE rotationmesh.rotation_tables t SET read_whole = true
FROM rotationmesh.row_failures f JOIN rotationmesh.rotations r ON r.correlation_id = f.rotation_id
WHERE f.version = r.target_version AND t.rotation_id = f.rotation_id
  AND (t.scope, t.database_name, t.table_name) = (f.scope, f.database_name, f.table_name);

-- Failures of rows that name a version keep a key in service until a later rotation of their table has completed that began
-- after they were recorded. Of rows at its target version it must have decrypted all, or have met the row again. They are kept as
-- long, however many rotations end meanwhile.
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
                     WHEN later.state = 'Completed' THEN true
                     ELSE later.state = 'CompletedWithFailures' AND EXISTS (
                         SELECT FROM rotationmesh.row_failures n
                         WHERE n.rotation_id = later.correlation_id
                           AND (n.database_name, n.table_name, n.key_digest) = (f.database_name, f.table_name, f.key_digest))
                END
            AND (later.tenants IS NULL OR f.tenant = ANY (later.tenants))));
    RETURN NULL;
END $$;
