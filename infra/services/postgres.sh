# shellcheck shell=bash
# PostgreSQL, set up for a demonstration or a measurement on a small machine.

postgres_package() { echo postgresql; }

# The package would create and start a cluster of its own.
postgres_before_install() {
  apt_get install -y --no-install-recommends postgresql-common \
    && sed -i -E 's/^#?[[:space:]]*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
}

# Prints the folder of the newest binaries: the distribution's, else those on the path, links resolved.
postgres_bin() {
  local initdb
  initdb=$(find /usr/lib/postgresql/*/bin /usr/pgsql-*/bin -maxdepth 1 -name initdb 2>/dev/null | sort -V | tail -n 1)
  [ -n "$initdb" ] || initdb=$(command -v initdb) || return 1
  initdb=$(readlink -f "$initdb")
  [ -x "$(dirname "$initdb")/pg_ctl" ] && dirname "$initdb"
}

postgres_installed() { postgres_bin >/dev/null; }

postgres_start() {
  local dir=$1 bin user
  bin=$(postgres_bin)
  user=$(service_user postgres)
  (umask 077; state postgres password >"$dir/password")
  if is_root; then chown "$user" "$dir/password"; fi
  postgres_command() { (cd "$dir" && as "$user" env ROTATIONMESH_SERVICE_DIR="$dir" "$@" >>"$dir/log" 2>&1 9>&-); }

  postgres_command "$bin/initdb" --pgdata="$dir/data" --username=rotationmesh --pwfile="$dir/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync </dev/null || fail "initdb failed; its log is $dir/log"
  rm -f "$dir/password"
  postgres_settings >>"$dir/data/postgresql.conf"
  # Before the server is up nobody needs a password.
  echo 'CREATE DATABASE rotationmesh' | postgres_command "$bin/postgres" --single -D "$dir/data" postgres \
    || fail "the database could not be created; the log is $dir/log"
  postgres_command "$bin/pg_ctl" --pgdata="$dir/data" --log="$dir/log" --timeout=60 -w start </dev/null \
    || { tail -n 20 "$dir/log" >&2; fail "PostgreSQL did not start; its log is $dir/log"; }
}

# Room for a rewrite of every row: few checkpoints, and the hot pages in memory.
postgres_settings() {
  cat <<EOF
listen_addresses = '127.0.0.1'
port = $(state postgres port)
unix_socket_directories = ''
max_connections = 200
shared_buffers = $(postgres_shared_buffers)MB
max_wal_size = 8GB
checkpoint_timeout = 15min
EOF
  if [ "${ROTATIONMESH_UNSAFE_FAST:-}" = 1 ]; then
    printf '%s\n' 'fsync = off' 'full_page_writes = off' 'synchronous_commit = off'
  fi
}

# 1 GB, or a quarter of the memory (the machine's or the control group's) if that is less. In megabytes.
postgres_shared_buffers() {
  local limit
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || true)
  awk -v limit="${limit:-max}" '
    /^MemTotal:/ { megabytes = $2 / 1024 }
    END {
      if (limit ~ /^[0-9]+$/ && limit / 1048576 < megabytes) megabytes = limit / 1048576
      quarter = int(megabytes / 4)
      print (quarter > 1024 ? 1024 : quarter < 32 ? 32 : quarter)
    }' /proc/meminfo 2>/dev/null || echo 256
}

postgres_port() { port postgres port 5432; }

postgres_ready() { "$(postgres_bin)/pg_isready" --quiet --host=127.0.0.1 --port="$(postgres_port)"; }

postgres_stop() {
  local dir=$1
  (cd / && as "$(service_user postgres)" "$(postgres_bin)/pg_ctl" --pgdata="$dir/data" --mode=immediate -w stop >/dev/null 2>&1 9>&-)
}

# A server killed with SIGKILL leaves its small shared memory segment. Line 7 of its pid file names it; it is removed
# only if the server of that pid file made it and nobody uses it.
postgres_swept() {
  local pid segment
  [ -f "$1/data/postmaster.pid" ] && [ -r /proc/sysvipc/shm ] || return 0
  pid=$(sed -n 1p "$1/data/postmaster.pid")
  segment=$(sed -n 7p "$1/data/postmaster.pid" | awk '{ print $2 }')
  if awk -v id="$segment" -v pid="$pid" '$2 == id && $5 == pid && $7 == 0 { found = 1 } END { exit !found }' /proc/sysvipc/shm; then
    ipcrm -m "$segment" 2>/dev/null || true
  fi
}

postgres_container() {
  local options=()
  [ "${ROTATIONMESH_UNSAFE_FAST:-}" = 1 ] && options=(-c fsync=off -c full_page_writes=off -c synchronous_commit=off)
  # The password travels in the client's environment: a command line is everybody's to read.
  POSTGRES_PASSWORD=$(state postgres password) docker run --detach --name "$1" --publish 127.0.0.1::5432 \
    --shm-size 256m --env POSTGRES_PASSWORD --env POSTGRES_USER=rotationmesh --env POSTGRES_DB=rotationmesh \
    "${ROTATIONMESH_TEST_POSTGRES_IMAGE:-postgres:17}" \
    postgres -c max_connections=200 -c "shared_buffers=$(postgres_shared_buffers)MB" -c max_wal_size=8GB \
    -c checkpoint_timeout=15min ${options[@]+"${options[@]}"}
}

# The image initialises itself with a server that listens on no address; this asks by address.
postgres_container_ready() {
  docker exec "$1" pg_isready --quiet --host=127.0.0.1 --username=rotationmesh >/dev/null 2>&1
}

postgres_env() {
  local port password
  port=$(postgres_port)
  password=$(state postgres password)
  echo "export ROTATIONMESH_POSTGRES='Host=127.0.0.1;Port=$port;Username=rotationmesh;Password=$password;Database=rotationmesh'"
  echo "export ROTATIONMESH_POSTGRES_URL='postgres://rotationmesh:$password@127.0.0.1:$port/rotationmesh'"
}
