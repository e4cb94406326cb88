-- Rows that hold no value have nothing to decrypt, so that nothing is proved of them: they are counted apart, and so are the
-- values that were decrypted. What was settled before says nothing of either.
ALTER TABLE rotationmesh.partitions
    ADD COLUMN empty_rows bigint NOT NULL DEFAULT 0 CHECK (empty_rows >= 0),
    ADD COLUMN decrypted_values bigint NOT NULL DEFAULT 0 CHECK (decrypted_values >= 0),
    ADD CONSTRAINT empty_among_those_counted CHECK (empty_rows <= coalesce(rotated, 0) + coalesce(verified, 0));

ALTER TABLE rotationmesh.sweep_tables
    ADD COLUMN empty_rows bigint NOT NULL DEFAULT 0 CHECK (empty_rows >= 0),
    ADD COLUMN decrypted_values bigint NOT NULL DEFAULT 0 CHECK (decrypted_values >= 0);

-- Rows at the target version that hold no value, by the first census and by the last; and the declared columns that hold a
-- value in few rows, or in none, where the map does not say that it may be so.
ALTER TABLE rotationmesh.rotation_tables
    ADD COLUMN opening_empty bigint NOT NULL DEFAULT 0 CHECK (opening_empty >= 0),
    ADD COLUMN empty_rows bigint NOT NULL DEFAULT 0,
    ADD COLUMN sparse jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(sparse) = 'array'),
    ADD CONSTRAINT empty_among_those_at_target CHECK (empty_rows BETWEEN 0 AND stored - pending);
