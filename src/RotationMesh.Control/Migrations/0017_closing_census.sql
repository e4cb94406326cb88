-- What the census after a sweep found, written under the guard. The saga decides by it and by the summary, never by the
-- numbers of a message.
ALTER TABLE rotationmesh.rotations ADD COLUMN census jsonb CHECK (jsonb_typeof(census) = 'object');
