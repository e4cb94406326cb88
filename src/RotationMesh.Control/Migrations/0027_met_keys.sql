-- Keys under which values of a version really decrypted when a rotation began, by their fingerprints. No row names a version
-- any more when it is to be retired, so nothing else could tell whether the key ring still has that key under its number.
CREATE TABLE rotationmesh.met_keys (
    version integer NOT NULL CHECK (version > 0),
    fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{16}$'),
    rotation_id uuid NOT NULL,
    met_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (version, fingerprint)
);
