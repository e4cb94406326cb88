#!/bin/bash
# Makes the application's database and its owner, as an application would have them. Runs at each start, and changes nothing then.
set -euo pipefail

export PGHOST="${PGHOST:-postgres}" PGUSER=postgres PGPASSFILE=/tmp/pgpass
(umask 077; echo "*:*:*:postgres:$(cat /secrets/postgres/superuser)" >"$PGPASSFILE")
sql() { psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 "$@"; }

sql --dbname postgres <<'SQL'
\set owner `cat /secrets/roles/owner`
SELECT 'CREATE ROLE app_owner LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_owner') \gexec
ALTER ROLE app_owner PASSWORD :'owner';
SELECT 'CREATE DATABASE app OWNER app_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'app') \gexec
SQL
