-- Two roles with the least that a rotation needs, and one for retiring keys. Run it in the database of the map, as its owner or a
-- superuser:
--   psql --set ON_ERROR_STOP=1 --single-transaction --file roles.sql DATABASE, then \password for each role.
-- With control: in the map, another database holds what belongs to the control role; run that part there.
-- Neither of the first two can do what the other does: who takes over the one that rewrites rows can't change what the audit log says,
-- and who takes over the control schema can't touch a row.

-- Control: rotations, ledger and audit log. It owns the schema, creates and upgrades its tables, and sees nothing else.
-- In the map: control.connectionString, for coordinators and for whoever runs rotations embedded.
CREATE ROLE rotationmesh_control LOGIN;
CREATE SCHEMA rotationmesh AUTHORIZATION rotationmesh_control;
REVOKE ALL ON SCHEMA rotationmesh FROM PUBLIC;

-- Rows: reads and updates the tables of the map, and creates nothing.
-- In the map: databases.*.connectionString, for workers, coordinators, and whoever runs rotations embedded.
CREATE ROLE rotationmesh_rows LOGIN;
GRANT USAGE ON SCHEMA public TO rotationmesh_rows;
GRANT SELECT, UPDATE ON connectors, knowledge_entries, knowledge_sources TO rotationmesh_rows;

-- Retiring: keys retire looks for old values in whatever the map does not name, and is refused over what it may not look at, so it
-- reads every table. UPDATE is the right to lock the map's tables while they are counted.
-- In the map: databases.*.connectionString, for whoever retires a key (without --server), and for nothing else.
-- PostgreSQL 13 has no pg_read_all_data: GRANT USAGE ON SCHEMA and SELECT ON ALL TABLES IN SCHEMA there, for every schema.
CREATE ROLE rotationmesh_retire LOGIN;
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pg_read_all_data') THEN
    GRANT pg_read_all_data TO rotationmesh_retire;
  END IF;
END $$;
GRANT UPDATE ON connectors, knowledge_entries, knowledge_sources TO rotationmesh_retire;

-- Under row-level security both see every row by BYPASSRLS, which a superuser gives: the first where a table of the map has it, the
-- other where any table has. Where it comes later, or in another database: ALTER ROLE … BYPASSRLS.
DO $$ BEGIN
  IF EXISTS (
    SELECT FROM pg_class
    WHERE relrowsecurity
      AND oid IN ('connectors'::regclass, 'knowledge_entries'::regclass, 'knowledge_sources'::regclass)
  ) THEN
    ALTER ROLE rotationmesh_rows BYPASSRLS;
  END IF;
  IF EXISTS (SELECT FROM pg_class WHERE relrowsecurity) THEN
    ALTER ROLE rotationmesh_retire BYPASSRLS;
  END IF;
END $$;

-- Up to PostgreSQL 14 everybody may create tables and functions in public, and so stand in the way of others. Where your application's
-- own role owns its schema, or creates nothing: REVOKE CREATE ON SCHEMA public FROM PUBLIC;
