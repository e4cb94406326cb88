#!/usr/bin/env bash
# The mesh from beginning to end on private servers: a coordinator, three workers, and a rotation of the sample that is
# started over HTTP and followed live. All processes are stopped at the end. Keys are made up on the spot, live in the
# environment of this script and are never shown.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
rows=${ROWS:-100000}
tenants=${TENANTS:-500}
for program in rotationmesh rotationmesh-coordinator rotationmesh-worker; do
  [ -x "artifacts/$program" ] || { echo "demo: artifacts/$program is not there: run make build" >&2; exit 1; }
done

infra/services.sh start postgres rabbitmq
eval "$(infra/services.sh env)"

# Keys that hold a word like "12345" are refused, and random digits may.
random_key() {
  local key
  while :; do
    key=$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
    case $key in *12345*) ;; *) break ;; esac
  done
  echo "$key"
}

old=$(random_key)
new=$(random_key)
export APP_DATABASE_URL=$ROTATIONMESH_POSTGRES_URL ROTATIONMESH_RABBITMQ ROTATIONMESH_CONFIG=.run/rotation.yaml
artifacts/rotationmesh sample map >.run/rotation.yaml
MASTER_ENCRYPTION_KEY=$old MASTER_ENCRYPTION_KEY_VERSION=1 artifacts/rotationmesh sample load \
  --rows "$rows" --tenants "$tenants" --skew huge --key-version 1 --corrupt 0 --external 5 --replace

export MASTER_ENCRYPTION_KEY=$new MASTER_ENCRYPTION_KEY_VERSION=2
export MASTER_ENCRYPTION_PREVIOUS_KEYS="{\"1\":\"$old\"}"

services=()
stop() {
  [ "${#services[@]}" -eq 0 ] || kill "${services[@]}" 2>/dev/null || true
  wait || true
}
trap stop EXIT

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

start() {
  local name=$1 port=$2
  shift 2
  "artifacts/$name" --listen "http://127.0.0.1:$port" "$@" >".run/$name-$port.log" 2>&1 &
  services+=($!)
  for _ in $(seq 300); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return; fi
    sleep 0.1
  done
  echo "demo: $name does not answer; see .run/$name-$port.log" >&2
  exit 1
}

server=$(free_port)
start rotationmesh-coordinator "$server"
for _ in 1 2 3; do start rotationmesh-worker "$(free_port)" --concurrency 1; done
export ROTATIONMESH_SERVER=http://127.0.0.1:$server
for verb in rotate status verify census; do
  printf '\n$ rotationmesh --server %s %s\n' "$ROTATIONMESH_SERVER" "$verb"
  artifacts/rotationmesh "$verb"
done
