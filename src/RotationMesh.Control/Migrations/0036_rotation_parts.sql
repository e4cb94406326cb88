-- The parts of 0034 by rotation, because it gives up its claims at its end, and rotated_tables has the latest rotation alone: a retry
-- finds here what it had. A map that led to another database meanwhile has a row of its own. Of rotations before: what the latest one
-- recorded.
CREATE TABLE rotationmesh.rotation_parts (
    rotation_id uuid NOT NULL,
    database_name text NOT NULL,
    table_name text NOT NULL,
    identity text NOT NULL CHECK (identity ~ '^([0-9a-f]{16})?/[0-9]+$'),
    parts jsonb NOT NULL,
    PRIMARY KEY (rotation_id, database_name, table_name, identity)
);
INSERT INTO rotationmesh.rotation_parts (rotation_id, database_name, table_name, identity, parts)
SELECT rotation_id, database_name, CASE part_of WHEN '' THEN table_name ELSE part_of END, identity,
       jsonb_object_agg(relation::text, CASE part_of WHEN '' THEN '' ELSE table_name END)
FROM rotationmesh.rotated_tables WHERE relation > 0 AND identity <> ''
GROUP BY 1, 2, 3, 4;
