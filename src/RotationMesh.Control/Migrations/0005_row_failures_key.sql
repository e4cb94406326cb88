-- A row is told by the digest of its key: a key may be longer than an index entry (2,704 bytes), which compresses what the
-- application's own index holds compressed.
ALTER TABLE rotationmesh.row_failures ADD COLUMN key_digest bytea;

UPDATE rotationmesh.row_failures SET key_digest = sha256(convert_to(row_key::text, 'UTF8'));

ALTER TABLE rotationmesh.row_failures
    ALTER COLUMN key_digest SET NOT NULL,
    ADD CONSTRAINT digest_is_sha256 CHECK (octet_length(key_digest) = 32),
    DROP CONSTRAINT row_failures_pkey,
    ADD PRIMARY KEY (rotation_id, scope, database_name, table_name, key_digest);

-- Failed rows are kept of the last twenty rotations that ended, and of all that run: enough to compare and to repair, and
-- the table does not grow for ever. Totals stay in the rotation's summary.
CREATE FUNCTION rotationmesh.forget_old_failures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM rotationmesh.row_failures f
    WHERE f.rotation_id IN (SELECT r.correlation_id FROM rotationmesh.rotations r
                            WHERE r.ended_at IS NOT NULL ORDER BY r.ended_at DESC, r.correlation_id DESC OFFSET 20);
    RETURN NULL;
END $$;

CREATE TRIGGER forget_old_failures AFTER UPDATE ON rotationmesh.rotations
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
    EXECUTE FUNCTION rotationmesh.forget_old_failures();
