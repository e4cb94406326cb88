#!/usr/bin/env bash
# The mesh from beginning to end on private servers: a coordinator, three workers, and a rotation of the sample that is
# started over HTTP and followed live. Whatever this script started is stopped at its end, and when it is interrupted.
# The keys are made up on the spot, live in the environment of this script and are never shown.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
rows=${ROWS:-100000}
tenants=${TENANTS:-500}
say() { printf '%s\n' "$*" >&2; }
for program in rotationmesh rotationmesh-coordinator rotationmesh-worker; do
  [ -x "artifacts/$program" ] || { say "demo: artifacts/$program is not there: run make build"; exit 1; }
done

servers=() # those that are not somebody's already
for server in postgres rabbitmq; do
  infra/services.sh status | grep -q "^$server *running" || servers+=("$server")
done

services=()
stop() {
  trap '' INT TERM # once is enough
  if [ "${#services[@]}" -gt 0 ]; then
    kill "${services[@]}" 2>/dev/null || true
    wait "${services[@]}" 2>/dev/null || true
  fi
  if [ "${#servers[@]}" -gt 0 ]; then infra/services.sh stop "${servers[@]}"; fi
  say "demo: coordinator, workers and servers are stopped"
}
trap stop EXIT
trap 'exit 130' INT TERM

infra/services.sh start postgres rabbitmq
# For this script alone: the programs would warn of variables that they do not read.
eval "$(infra/services.sh env | sed 's/^export //')"

# shellcheck source=made-up-keys.sh
. infra/made-up-keys.sh
old=$(random_key)
new=$(random_key)
export APP_DATABASE_URL=$ROTATIONMESH_POSTGRES_URL ROTATIONMESH_RABBITMQ ROTATIONMESH_CONFIG=.run/rotation.yaml
artifacts/rotationmesh sample map >.run/rotation.yaml
MASTER_ENCRYPTION_KEY=$old MASTER_ENCRYPTION_KEY_VERSION=1 artifacts/rotationmesh sample load \
  --rows "$rows" --tenants "$tenants" --skew huge --key-version 1 --corrupt 0 --external 5 --replace

export MASTER_ENCRYPTION_KEY=$new MASTER_ENCRYPTION_KEY_VERSION=2
export MASTER_ENCRYPTION_PREVIOUS_KEYS="{\"1\":\"$old\"}"

# Below the range from which the kernel lends ports to clients.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

ready() {
  local answer
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  printf 'GET /health/ready HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
  read -r answer <&3 || true
  exec 3>&-
  [[ $answer == *" 200 "* ]]
}

# start PROGRAM OPTION...: sets `port`; returns once it is ready, and not merely there.
start() {
  local name=$1 log
  shift
  port=$(free_port)
  log=.run/$name-$port.log
  "artifacts/$name" --listen "http://127.0.0.1:$port" "$@" >"$log" 2>&1 &
  services+=($!)
  for _ in $(seq 600); do
    if ready "$port"; then
      say "demo: $name${1:+ $*} is ready on 127.0.0.1:$port; its log is $log"
      return
    fi
    kill -0 "${services[-1]}" 2>/dev/null || break
    sleep 0.1
  done
  say "demo: $name does not become ready; its log ends so:"
  tail -n 5 "$log" >&2
  exit 1
}

start rotationmesh-coordinator
export ROTATIONMESH_SERVER=http://127.0.0.1:$port
for _ in 1 2 3; do start rotationmesh-worker --concurrency 1; done
for verb in rotate status verify keys; do
  printf '\n$ rotationmesh --server %s %s\n' "$ROTATIONMESH_SERVER" "$verb"
  artifacts/rotationmesh "$verb"
done
printf '\n'
