-- Why the database refused a row, by its code and by names of constraints, triggers, functions and sessions: never a value.
ALTER TABLE rotationmesh.row_failures ADD COLUMN cause text CHECK (cause <> '');
