-- Which database and tables a claim is about, whatever the map calls them: the identity of the database (digest of its
-- system, '/', oid), and the oids of the table and of all that inherit from it. A rotation keeps the identities that it began with.
-- Tenants of two claims are the same where the same column names them. Null: not known, of an earlier release or of a database that
-- did not answer.
ALTER TABLE rotationmesh.claims
    ADD COLUMN identity text CHECK (identity ~ '^([0-9a-f]{16})?/[0-9]+$'),
    ADD COLUMN relations bigint[] CHECK (cardinality(relations) > 0),
    ADD COLUMN tenancy text;

-- Databases that a worker's map leads to, by their names in the map.
ALTER TABLE rotationmesh.workers
    ADD COLUMN database_names text[] NOT NULL DEFAULT '{}',
    ADD COLUMN database_identities text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT an_identity_for_each_database CHECK (cardinality(database_names) = cardinality(database_identities));
