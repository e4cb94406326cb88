#!/bin/bash
# Makes the cluster at the first start, with POSTGRES_USER, POSTGRES_PASSWORD(_FILE), POSTGRES_DB and what is in
# /docker-entrypoint-initdb.d, then runs the server.
set -euo pipefail

case ${1:-} in -*) set -- postgres "$@" ;; esac
if [ "${1:-}" != postgres ]; then exec "$@"; fi
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown postgres: "$PGDATA"
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
sql() { psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$user" "$@"; }

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE"); fi
  initdb --encoding=UTF8 --locale=C.UTF-8 --username="$user" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:?is not set}") --auth-local=trust --auth-host=scram-sha-256 >/dev/null
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl --silent --wait --options="-c listen_addresses=''" start
  [ "$database" = postgres ] || sql --dbname postgres --command "CREATE DATABASE \"$database\""
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) . "$file" ;;
      *.sql) sql --dbname "$database" --file "$file" ;;
    esac
  done
  pg_ctl --silent --wait --mode=fast stop
fi
unset POSTGRES_PASSWORD
shift
exec postgres -c listen_addresses='*' "$@"
