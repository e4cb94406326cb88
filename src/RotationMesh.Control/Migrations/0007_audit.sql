-- What was done, by whom, in one chain: the hash of an event covers every field of it and the hash of the event before.
-- No foreign key: the log outlives rotations. details is json, not jsonb, which would not keep the text that was hashed.
CREATE TABLE rotationmesh.audit_events (
    sequence bigint PRIMARY KEY CHECK (sequence >= 1),
    recorded_at timestamptz NOT NULL CHECK (isfinite(recorded_at)),
    kind text NOT NULL CHECK (kind ~ '^[A-Z][A-Za-z]{0,63}$'),
    rotation_id uuid,
    actor text NOT NULL CHECK (length(actor) BETWEEN 1 AND 200),
    host text NOT NULL CHECK (length(host) BETWEEN 1 AND 255),
    details json NOT NULL CHECK (json_typeof(details) = 'object' AND details::text !~ '[\n\r]'),
    previous_hash bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

CREATE INDEX audit_events_rotation ON rotationmesh.audit_events (rotation_id, sequence);

-- Events are added, never changed: not by the owner of the table either, nor by a session that replicates. Whoever takes
-- this trigger away leaves a chain that does not fit.
CREATE FUNCTION rotationmesh.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are never changed or removed' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON rotationmesh.audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION rotationmesh.refuse_change();

ALTER TABLE rotationmesh.audit_events ENABLE ALWAYS TRIGGER refuse_change;

-- The newest event of each rotation, noted outside the chain: by it a chain is found out whose end was cut off, or which
-- was calculated anew.
ALTER TABLE rotationmesh.rotations
    ADD COLUMN audit_sequence bigint,
    ADD COLUMN audit_hash bytea CHECK (octet_length(audit_hash) = 32),
    ADD CONSTRAINT audited_by_sequence_and_hash CHECK ((audit_sequence IS NULL) = (audit_hash IS NULL));

-- Key versions that were taken out of service; a row that claims one of them is reported.
CREATE TABLE rotationmesh.retired_keys (
    version integer PRIMARY KEY CHECK (version >= 1),
    fingerprint text CHECK (fingerprint ~ '^[0-9a-f]{16}$'), -- NULL: the key ring did not have it any more
    retired_at timestamptz NOT NULL DEFAULT now(),
    retired_by text NOT NULL,
    audit_sequence bigint NOT NULL,
    audit_hash bytea NOT NULL CHECK (octet_length(audit_hash) = 32)
);
