-- Databases that rotations were ever made for, by the names that their maps gave them. A key version is not retired by a
-- look at other databases than those: a copy says nothing of the rows that need the key.
CREATE TABLE rotationmesh.rotated_databases (
    database_name text NOT NULL,
    identity text NOT NULL CHECK (identity ~ '^([0-9a-f]{16})?/[0-9]+$'),
    rotation_id uuid NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (database_name, identity)
);
INSERT INTO rotationmesh.rotated_databases (database_name, identity, rotation_id, claimed_at)
SELECT DISTINCT ON (database_name, identity) database_name, identity, rotation_id, claimed_at
FROM rotationmesh.claims WHERE identity IS NOT NULL
ORDER BY database_name, identity, claimed_at DESC;
