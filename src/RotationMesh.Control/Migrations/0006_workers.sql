-- Workers as they last said of themselves: which map and keys they have, by hash and fingerprint.
CREATE TABLE rotationmesh.workers (
    worker text PRIMARY KEY CHECK (length(worker) BETWEEN 1 AND 200),
    host text NOT NULL,
    program_version text NOT NULL,
    map_hash text NOT NULL,
    key_versions integer[] NOT NULL,
    key_fingerprints text[] NOT NULL,
    concurrency integer NOT NULL CHECK (concurrency > 0),
    joined_at timestamptz NOT NULL DEFAULT now(),
    last_seen timestamptz NOT NULL DEFAULT now(),
    left_at timestamptz,
    CONSTRAINT a_fingerprint_for_each_version CHECK (cardinality(key_versions) = cardinality(key_fingerprints)),
    CONSTRAINT seen_since_it_joined CHECK (last_seen >= joined_at),
    CONSTRAINT left_after_it_joined CHECK (left_at >= joined_at)
);
