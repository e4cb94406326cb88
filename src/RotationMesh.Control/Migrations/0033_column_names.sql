-- Names for the columns of 0032, because a table in another server has other oids and numbers: of the database and the table in a
-- map, in a row for each map that calls them otherwise, and of the column when a rotation was last for it. Empty: not known, as of
-- rotations before.
ALTER TABLE rotationmesh.rotated_columns
    ADD COLUMN database_name text NOT NULL DEFAULT '',
    ADD COLUMN table_name text NOT NULL DEFAULT '',
    ADD COLUMN column_name text NOT NULL DEFAULT '',
    DROP CONSTRAINT rotated_columns_pkey,
    ADD PRIMARY KEY (identity, relation, number, path, database_name, table_name);
