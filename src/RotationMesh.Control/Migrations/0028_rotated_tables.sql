-- Tables that rotations were ever made for, by the names that their maps gave them and by their oids. A key version is not
-- retired by a map that leaves one of them out, for nobody counts its rows then. Oid 0 and no identity: not known, of an earlier
-- release.
CREATE TABLE rotationmesh.rotated_tables (
    database_name text NOT NULL,
    table_name text NOT NULL,
    identity text NOT NULL CHECK (identity ~ '^(([0-9a-f]{16})?/[0-9]+)?$'),
    relation bigint NOT NULL CHECK (relation >= 0),
    rotation_id uuid NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (identity, relation, database_name, table_name)
);
INSERT INTO rotationmesh.rotated_tables (database_name, table_name, identity, relation, rotation_id, claimed_at)
SELECT DISTINCT ON (t.database_name, t.table_name, d.identity)
       t.database_name, t.table_name, coalesce(d.identity, ''), 0, t.rotation_id, t.counted_at
FROM rotationmesh.rotation_tables t LEFT JOIN rotationmesh.rotated_databases d USING (database_name)
ORDER BY t.database_name, t.table_name, d.identity, t.counted_at DESC;
