-- One row for each rotation: what was asked for, how far it is, and its closing totals.
CREATE TABLE rotationmesh.rotations (
    rotation_id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('Rotating', 'Verifying', 'Completed', 'CompletedWithFailures', 'Cancelled', 'Faulted')),
    target_version integer NOT NULL CHECK (target_version >= 1),
    target_fingerprint text NOT NULL CHECK (target_fingerprint ~ '^[0-9a-f]{16}$'),
    map_hash text NOT NULL CHECK (map_hash ~ '^[0-9a-f]{64}$'),
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    tenants text[] CHECK (cardinality(tenants) > 0),
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    summary jsonb,
    CONSTRAINT ended_when_over CHECK ((ended_at IS NOT NULL) = (state IN ('Completed', 'CompletedWithFailures', 'Cancelled', 'Faulted')))
);

CREATE INDEX rotations_started_at ON rotationmesh.rotations (started_at DESC);
