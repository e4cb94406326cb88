-- The tables that held the rows of a claimed table at any time since the rotation began (its leaves), as {"oid": "schema.name"}; the
-- table itself has no name there. One that was detached meanwhile stays. Null: not known, of an earlier release or of a database that
-- did not answer.
ALTER TABLE rotationmesh.claims ADD COLUMN parts jsonb;

-- The table, as a map names it, of which this one was such a part; empty for a table that a map names itself.
ALTER TABLE rotationmesh.rotated_tables ADD COLUMN part_of text NOT NULL DEFAULT '';

-- Rows of the first census whose value was in the table: rows that are gone were perhaps not rotated. Null: of an earlier release.
ALTER TABLE rotationmesh.rotation_tables ADD COLUMN opening_stored bigint CHECK (opening_stored >= 0);
