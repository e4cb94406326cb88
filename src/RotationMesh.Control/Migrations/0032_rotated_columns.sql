-- Columns (and paths in them) that rotations were ever made for, by the oid of their table and their number in it. A key version is
-- not retired by a map that leaves one of them out, for nobody counts or decrypts its values then. Rotations of earlier releases
-- have none.
CREATE TABLE rotationmesh.rotated_columns (
    identity text NOT NULL CHECK (identity ~ '^([0-9a-f]{16})?/[0-9]+$'),
    relation bigint NOT NULL CHECK (relation > 0),
    number int NOT NULL CHECK (number > 0),
    path text NOT NULL,
    rotation_id uuid NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (identity, relation, number, path)
);
