#!/bin/bash
# Makes the two roles of the rotation with the least that they need, once the application's tables are there.
set -euo pipefail

export PGHOST="${PGHOST:-postgres}" PGUSER=postgres PGDATABASE=app PGPASSFILE=/tmp/pgpass
(umask 077; echo "*:*:*:postgres:$(cat /secrets/postgres/superuser)" >"$PGPASSFILE")
sql() { psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 "$@"; }

if [ -z "$(sql --tuples-only --command "SELECT 1 FROM pg_roles WHERE rolname = 'rotationmesh_control'")" ]; then
  sql --single-transaction --file /sql/roles.sql
fi
sql <<'SQL'
\set rows `cat /secrets/roles/rows`
\set control `cat /secrets/roles/control`
ALTER ROLE rotationmesh_rows PASSWORD :'rows';
ALTER ROLE rotationmesh_control PASSWORD :'control';
SQL
