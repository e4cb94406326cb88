-- The leaves of a table when its verification was planned, by oid, name and file. One that was renamed or rewritten meanwhile was
-- perhaps not read. Null: not planned yet, or by an earlier release.
ALTER TABLE rotationmesh.rotation_tables ADD COLUMN leaves text;
