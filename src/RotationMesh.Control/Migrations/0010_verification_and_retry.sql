-- How much a rotation decrypts again (empty: the default), and what an operator's retry is narrowed to (empty: nothing).
ALTER TABLE rotationmesh.rotations
    ADD COLUMN verify text NOT NULL DEFAULT '',
    ADD COLUMN retry_scopes text[] NOT NULL DEFAULT '{}',
    ADD COLUMN retry_tenants text[] NOT NULL DEFAULT '{}',
    ADD COLUMN retry_errors text[] NOT NULL DEFAULT '{}';
