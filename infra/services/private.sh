# shellcheck shell=bash
# What every private server needs: a folder, a user, a port, a record of itself, and an end.
: "${run_dir:?is set by services.sh}"

say() { printf 'services: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# One start or stop at a time in a checkout. Servers must not inherit the descriptor: see `detached`.
lock() {
  mkdir -p "$run_dir"
  chmod 755 "$run_dir"
  if command -v flock >/dev/null; then
    exec 9>"$run_dir/lock"
    flock -w 300 9 || fail "another start or stop holds $run_dir/lock"
  fi
}

state_file() { echo "$run_dir/$1.state"; }

# Records name-value pairs; the file holds a password, so it is its owner's alone.
write_state() {
  local file
  file=$(state_file "$1")
  shift
  (umask 077; [ -f "$file" ] || : >"$file")
  while [ $# -gt 0 ]; do
    printf '%s=%s\n' "$1" "$2" >>"$file"
    shift 2
  done
}

# Prints a recorded value, or nothing.
state() {
  local file
  file=$(state_file "$1")
  [ -f "$file" ] || return 0
  awk -v name="$2" 'index($0, name "=") == 1 { print substr($0, length(name) + 2) }' "$file"
}

random_hex() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

# Below the range from which the kernel lends ports to clients, so none of them takes it before the server does.
free_port() {
  local port
  while :; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    listens "$port" || break
  done
  echo "$port"
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# wait_until SECONDS COMMAND...
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.1
  done
}

is_root() { [ "$(id -u)" = 0 ]; }

# Servers do not run as root: the packaged user of the service, or nobody.
service_user() { if id -u "$1" >/dev/null 2>&1; then echo "$1"; else echo nobody; fi; }

# Sets `prefix` to what makes a command run as a user: nothing unless this is root.
prefix_for() {
  prefix=()
  is_root || return 0
  if command -v setpriv >/dev/null; then
    prefix=(setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups --)
  else
    prefix=(runuser -u "$1" --)
  fi
}

# as USER COMMAND...: runs as that user if this is root, as oneself otherwise.
as() {
  local prefix
  prefix_for "$1"
  shift
  ${prefix[@]+"${prefix[@]}"} "$@"
}

# detached DIR USER COMMAND...: a server in the background, in a session of its own, its output in DIR/log. The mark in
# its environment, which children inherit, is how `own_processes` knows it again. `exec` all the way: a shell that stayed
# as its parent would keep the lock.
detached() {
  local dir=$1 prefix session=()
  prefix_for "$2"
  shift 2
  command -v setsid >/dev/null && session=(setsid)
  (
    exec 9>&- </dev/null >>"$dir/log" 2>&1
    cd "$dir" || exit
    exec ${prefix[@]+"${prefix[@]}"} env ROTATIONMESH_SERVICE_DIR="$dir" HOME="$dir" ${session[@]+"${session[@]}"} "$@"
  ) &
}

# Memory that files can take, in GiB; 0 where the system has no folder for it.
free_memory_gib() {
  [ -d /dev/shm ] || { echo 0; return; }
  df -Pk /dev/shm | awk 'NR == 2 { print int($4 / 1024 / 1024) }'
}

# A folder that the service's user can reach: in the checkout, or in the temporary folder if the checkout is out of reach.
# With ROTATIONMESH_UNSAFE_FAST it is in memory.
private_directory() {
  local service=$1 user dir="$run_dir/$1"
  user=$(service_user "$service")
  mkdir -p "$dir"
  if [ "${ROTATIONMESH_UNSAFE_FAST:-}" = 1 ] && [ "$(free_memory_gib)" -ge 6 ]; then
    rmdir "$dir"
    dir=$(mktemp -d "/dev/shm/rotationmesh-$service.XXXXXX")
  elif ! as "$user" test -x "$dir" 2>/dev/null; then
    rmdir "$dir"
    dir=$(mktemp -d "${TMPDIR:-/tmp}/rotationmesh-$service.XXXXXX")
  fi
  : >"$dir/log"
  chmod 700 "$dir"
  if is_root; then chown -R "$user" "$dir"; fi
  echo "$dir"
}

# The processes of the server in a folder, found by what they are and not by a number written down earlier, which may
# belong to someone else by now: the mark in their environment, or, for the servers that overwrite their environment
# with a title, the folder they work in.
own_processes() {
  local dir=$1 process
  [ -n "$dir" ] || return 0
  if [ ! -d /proc/self ]; then
    ps -axo pid=,args= | awk -v dir="$dir/" -v self=$$ 'index($0, dir) && !/awk/ && $1 != self { print $1 }'
    return
  fi
  for process in /proc/[0-9]*; do
    if grep -qzxF "ROTATIONMESH_SERVICE_DIR=$dir" "$process/environ" 2>/dev/null \
      || { overwrites_its_environment "$process" && [[ "$(readlink "$process/cwd" 2>/dev/null)/" == "$dir/"* ]]; }; then
      echo "${process#/proc/}"
    fi
  done
}

overwrites_its_environment() {
  case $(cat "$1/comm" 2>/dev/null) in postgres | redis-server) ;; *) return 1 ;; esac
}

signal_own_processes() {
  local signal=$1 dir=$2 process
  for process in $(own_processes "$dir"); do kill "-$signal" "$process" 2>/dev/null || true; done
}

no_own_processes() { [ -z "$(own_processes "$1")" ]; }

# The service's own polite end first, then the end.
remove_private_directory() {
  local service=$1 dir=$2
  if ! no_own_processes "$dir"; then
    "${service}_stop" "$dir" || true
    wait_until 15 no_own_processes "$dir" || signal_own_processes KILL "$dir"
    wait_until 10 no_own_processes "$dir" || fail "$service does not end: processes $(own_processes "$dir" | tr '\n' ' ')"
  fi
  if declare -F "${service}_swept" >/dev/null; then "${service}_swept" "$dir"; fi
  rm -rf "$dir"
}
