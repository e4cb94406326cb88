#!/usr/bin/env bash
# Private servers for demonstrations, benchmarks and development: each on a free port of 127.0.0.1, in a folder of its
# own, gone without a trace after `stop`. Their data is disposable. Servers that were not started here are never touched.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/.." && pwd -P)
run_dir="$root/.run"
all_services=(postgres rabbitmq redis s3)

# shellcheck source=services/private.sh
. "$here/services/private.sh"
# shellcheck source=services/install.sh
. "$here/services/install.sh"
for service in "${all_services[@]}" pgbouncer compose prometheus shells; do
  # shellcheck source=/dev/null
  . "$here/services/$service.sh"
done

usage() {
  cat <<'EOF'
usage: infra/services.sh VERB [SERVICE...]     services: postgres rabbitmq redis s3 all

  start SERVICE...    start what is not running yet and wait until it answers
  stop [SERVICE...]   stop and remove what was started here (default: all)
  status              what runs, where it listens, where it logs
  env                 shell exports of the connection strings: eval "$(infra/services.sh env)"
  install SERVICE...  make sure that the binaries or a Docker engine are there, start nothing; also pgbouncer, compose, prometheus and shells

ROTATIONMESH_UNSAFE_FAST=1 starts PostgreSQL without fsync, and keeps the servers' files in memory where there is enough
of it: for tests, never for measurements.
EOF
}

start() {
  local service=$1
  if [ -f "$(state_file "$service")" ]; then
    if wait_until 30 "reachable_or_gone" "$service" && running "$service"; then
      say "$service is running on $(address "$service")"
      return
    fi
    say "$service was left behind and does not answer; starting it afresh"
  fi
  stop "$service"
  provide "$service"
  case $(provider "$service") in
    native) start_native "$service" ;;
    docker) start_container "$service" ;;
  esac
  say "$service is ready on $(address "$service")"
}

start_native() {
  local service=$1 dir
  dir=$(private_directory "$service")
  write_state "$service" kind native dir "$dir" port "$(free_port)" password "$(random_hex 16)"
  "${service}_start" "$dir"
  if ! wait_until 60 running "$service"; then
    tail -n 20 "$dir/log" >&2 || true
    fail "$service did not become ready; its log is $dir/log"
  fi
}

start_container() {
  local service=$1 name
  name="rotationmesh-$service-$(random_hex 4)"
  write_state "$service" kind docker container "$name" password "$(random_hex 16)"
  "${service}_container" "$name" >/dev/null
  if ! wait_until 120 running "$service"; then
    docker logs --tail 20 "$name" >&2 || true
    fail "$service did not become ready; docker logs $name tells why"
  fi
}

# Reads nothing but what this script recorded, so it also works after a crash of the server, of this script or of the machine.
stop() {
  local service=$1 dir container
  dir=$(state "$service" dir)
  container=$(state "$service" container)
  if [ -n "$container" ]; then
    docker rm --force --volumes "$container" >/dev/null 2>&1 || true
  fi
  remove_private_directory "$service" "${dir:-$run_dir/$service}"
  rm -f "$(state_file "$service")"
}

running() {
  case $(state "$1" kind) in
    native) [ -n "$(own_processes "$(state "$1" dir)")" ] && "$1_ready" ;;
    docker) container_running "$1" && "$1_container_ready" "$(state "$1" container)" ;;
    *) return 1 ;;
  esac
}

# True as soon as waiting any longer is pointless: the server answers, or nothing of it is left to wait for.
reachable_or_gone() {
  running "$1" && return
  case $(state "$1" kind) in
    native) [ -z "$(own_processes "$(state "$1" dir)")" ] ;;
    *) ! container_running "$1" ;;
  esac
}

container_running() {
  [ "$(docker inspect --format '{{.State.Running}}' "$(state "$1" container)" 2>/dev/null)" = true ]
}

# Prints port $2 of a service: a native server's own, or where the engine published the container's.
port() {
  local service=$1 native_name=$2 container_port=$3
  if [ "$(state "$service" kind)" = docker ]; then
    docker port "$(state "$service" container)" "$container_port/tcp" | awk -F: 'NR == 1 { print $NF }'
  else
    state "$service" "$native_name"
  fi
}

address() { echo "127.0.0.1:$("$1_port")"; }

status() {
  local service any=3
  for service in "${all_services[@]}"; do
    if running "$service"; then
      any=0
      local log
      log=$(state "$service" dir)
      [ -n "$log" ] && log="$log/log" || log="docker logs $(state "$service" container)"
      printf '%-9s running  %-16s %s\n' "$service" "$(address "$service")" "$log"
    else
      printf '%-9s stopped\n' "$service"
    fi
  done
  return "$any"
}

environment() {
  local service any=1
  for service in "${all_services[@]}"; do
    if running "$service"; then
      any=0
      "${service}_env"
    fi
  done
  [ "$any" = 0 ] || say "nothing runs: infra/services.sh start postgres"
  return "$any"
}

# selection VERB NAME...
selection() {
  local verb=$1
  shift
  [ $# -gt 0 ] || fail "which service? $(usage | head -n 1)"
  local name
  for name in "$@"; do
    case $name in
      all) printf '%s\n' "${all_services[@]}" ;;
      postgres | rabbitmq | redis | s3) echo "$name" ;;
      pgbouncer | compose | prometheus | shells) [ "$verb" = install ] && echo "$name" || fail "$name is used by the tests alone" ;;
      *) fail "unknown service '$name': one of ${all_services[*]} all" ;;
    esac
  done
}

main() {
  [ $# -gt 0 ] || { usage; exit 2; }
  local verb=$1 services service
  shift
  case $verb in
    start | stop | install)
      [ "$verb" != stop ] || [ $# -gt 0 ] || set -- all
      services=$(selection "$verb" "$@")
      # Without a run folder nothing was started here; a stop should not create one.
      [ "$verb" = stop ] && [ ! -d "$run_dir" ] && return
      lock
      for service in $services; do
        case $verb in
          start) start "$service" ;;
          stop) stop "$service" ;;
          install) provide "$service" ;;
        esac
      done
      ;;
    status) status ;;
    env) environment ;;
    help | -h | --help) usage ;;
    *) usage >&2; exit 2 ;;
  esac
}

main "$@"
