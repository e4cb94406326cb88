-- The chain is keyed: an event carries the version of a master key, and a code over its hash that nobody calculates
-- without that key. Events that were there before stay as they are.
ALTER TABLE rotationmesh.audit_events
    ADD COLUMN key_version integer CHECK (key_version >= 1),
    ADD COLUMN mac bytea CHECK (pg_catalog.octet_length(mac) = 32),
    ADD CONSTRAINT keyed_by_version_and_mac CHECK ((key_version IS NULL) = (mac IS NULL));

-- From here on no event comes without.
DO $$
BEGIN
    EXECUTE pg_catalog.format(
        'ALTER TABLE rotationmesh.audit_events ADD CONSTRAINT keyed_since_upgrade CHECK (mac IS NOT NULL OR sequence <= %s)',
        (SELECT coalesce(pg_catalog.max(sequence), 0) FROM rotationmesh.audit_events));
END $$;

-- The newest event, under a code of its own: whoever cuts events off at the end can't calculate the record of an earlier
-- end. One row.
CREATE TABLE rotationmesh.audit_head (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    sequence bigint NOT NULL CHECK (sequence >= 1),
    hash bytea NOT NULL CHECK (pg_catalog.octet_length(hash) = 32),
    key_version integer NOT NULL CHECK (key_version >= 1),
    mac bytea NOT NULL CHECK (pg_catalog.octet_length(mac) = 32)
);
