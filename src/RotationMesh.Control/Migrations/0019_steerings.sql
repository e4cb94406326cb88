-- What was asked of a rotation lately and heard, as milliseconds since 1970-01-01 and id: it is not heard again. Sealed with
-- the rest of the row.
ALTER TABLE rotationmesh.rotations ADD COLUMN steerings text[] NOT NULL DEFAULT '{}';
