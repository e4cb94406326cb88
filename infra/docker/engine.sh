#!/usr/bin/env bash
# A private Docker engine for development and tests, where no engine runs: its data and its socket are in a folder of their own,
# outside of any checkout, and gone after `stop`. It is Debian's, needs root, touches no firewall rule, and binds published ports to
# 127.0.0.1.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
run_dir=${ROTATIONMESH_ENGINE:-/var/tmp/rotationmesh-engine}
socket="$run_dir/docker.sock"
pid_file="$run_dir/docker.pid"

say() { printf 'engine: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

usage() {
  cat <<'EOF'
usage: infra/docker/engine.sh VERB

  install   the engine and the compose program from Debian's packages, where they are not there
  start     start the engine and wait until it answers
  rest      end it, and keep its images for the next start
  stop      end it, and remove all its containers, images and volumes
  env       shell exports for its clients: eval "$(infra/docker/engine.sh env)"
EOF
}

install() {
  if command -v dockerd >/dev/null && command -v docker-compose >/dev/null && command -v debootstrap >/dev/null; then
    return
  fi
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "install docker.io, docker-compose and debootstrap"
  say "installing docker.io, docker-compose and debootstrap"
  mkdir -p "$root/.run"
  # RUNLEVEL keeps the package from starting an engine of its own.
  {
    apt-get update && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y \
      --no-install-recommends docker.io docker-compose debootstrap
  } >"$root/.run/apt-docker.log" 2>&1 </dev/null || fail "apt-get failed; see .run/apt-docker.log"
}

answers() { docker --host "unix://$socket" info >/dev/null 2>&1; }

start() {
  if answers; then
    say "it runs already"
    return
  fi
  install
  [ "$(id -u)" = 0 ] || fail "a private engine needs root"
  mkdir -p "$run_dir"
  setsid dockerd --host "unix://$socket" --data-root "$run_dir/data" --exec-root "$run_dir/exec" --pidfile "$pid_file" \
    --iptables=false --ip6tables=false --ip 127.0.0.1 --log-level warn >"$run_dir/log" 2>&1 </dev/null &
  local tries
  for tries in $(seq 600); do
    if answers; then
      say "it answers on $socket"
      return
    fi
    kill -0 $! 2>/dev/null || break
    sleep 0.1
  done
  tail -n 10 "$run_dir/log" >&2
  fail "it did not start; its log is $run_dir/log"
}

# Ends it with all its containers and volumes; images stay.
rest() {
  [ -d "$run_dir" ] || return 0
  if answers; then
    docker --host "unix://$socket" ps --all --quiet | xargs --no-run-if-empty docker --host "unix://$socket" rm --force --volumes >/dev/null
    docker --host "unix://$socket" volume prune --force >/dev/null
  fi
  if [ -f "$pid_file" ]; then
    local pid
    pid=$(cat "$pid_file")
    kill "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  fi
}

stop() {
  [ -d "$run_dir" ] || return 0
  rest
  awk -v dir="$run_dir/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r | xargs --no-run-if-empty umount --lazy
  rm -rf "$run_dir"
}

case ${1:-} in
  install | start | rest | stop) "$1" ;;
  env)
    answers || fail "it does not run: infra/docker/engine.sh start"
    # Debian's engine speaks an earlier version of the protocol than current clients ask for.
    echo "export DOCKER_HOST='unix://$socket' DOCKER_API_VERSION=1.41 TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1"
    ;;
  help | -h | --help) usage ;;
  *) usage >&2; exit 2 ;;
esac
