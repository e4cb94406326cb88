#!/usr/bin/env bash
# The tests that need a Docker engine. Where none answers, infra/docker/engine.sh starts one, with base images that are made here; both
# are kept for the next run, and the engine is ended. They are:
#   servers of tests in containers: tests of gates, services and the mesh, whose PostgreSQL, RabbitMQ and Redis come from containers alone
#   tests/RotationMesh.ContainerTests: the images, compose/README.md command by command, and a stack that loses each of its containers
# Arguments go to the latter: tests/containers.sh --filter Name~Prometheus
# Where no engine can be had it says so and ends with 0; where CI is set it fails if these tests have run on this machine before.
# .ci/run leaves them out, for they do not fit into its time: run them after a change of what they cover, and before a release.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
results=$PWD/artifacts/container-results
has_run=/var/tmp/rotationmesh-containers-have-run
say() { printf 'containers: %s\n' "$*" >&2; }

started=
finish() { if [ -n "$started" ]; then infra/docker/engine.sh rest; fi; }
trap finish EXIT

if ! docker info >/dev/null 2>&1; then
  infra/docker/engine.sh env >/dev/null 2>&1 || started=yes
  if ! infra/docker/engine.sh start; then
    started=
    say 'no Docker engine answers and none can be started here: these tests are left out'
    if [ -n "${CI:-}" ] && [ -e "$has_run" ]; then exit 1; fi
    exit 0
  fi
  eval "$(infra/docker/engine.sh env)"
  infra/docker/base-images.sh
  eval "$(infra/docker/base-images.sh env)"
fi
infra/services.sh install compose
tests/RotationMesh.GateTests/Application/install.sh

rm -rf "$results"
mkdir -p "$results"
# run PROJECT ARGUMENT...: what it says is kept, and shown.
run() {
  local name=RotationMesh.$1 status=0
  shift
  dotnet test "tests/$name/bin/Release/$name.dll" --results-directory "$results" --logger "trx;LogFileName=$name.trx" "$@" \
    </dev/null >"$results/$name.log" 2>&1 || status=$?
  cat "$results/$name.log"
  if [ "$status" != 0 ]; then echo "$name" >>"$results/broken"; fi
}

# Without containers these tests fail.
export ROTATIONMESH_TEST_CONTAINERS=1
say 'servers of tests in containers'
(
  unset ROTATIONMESH_TEST_POSTGRES ROTATIONMESH_TEST_RABBITMQ ROTATIONMESH_TEST_RABBITMQ_MANAGEMENT ROTATIONMESH_TEST_REDIS
  run GateTests
  run ServiceTests --filter 'FullyQualifiedName~WhenAWorkerHasAUserOfItsOwn|FullyQualifiedName~WhenTheBrokerTakesNoMessages'
  run MeshTests --filter 'FullyQualifiedName~WhenAChannelClosesUnnoticed'
)

say 'images of the programs'
infra/images/build.sh >"$results/build.log" 2>&1 || {
  tail -n 40 "$results/build.log"
  say "the images can't be built; see $results/build.log"
  exit 1
}
compose() { if command -v docker-compose >/dev/null; then docker-compose "$@"; else docker compose "$@"; fi; }
compose --file compose/compose.yaml --profile gates build application >>"$results/build.log" 2>&1 || {
  tail -n 40 "$results/build.log"
  say "the images can't be built; see $results/build.log"
  exit 1
}
run ContainerTests "$@"
touch "$has_run"

status=0
tests/summary.sh "$results" >"$results/summary.txt" || status=$?
if [ -e "$results/broken" ]; then
  echo "failed: $(tr '\n' ' ' <"$results/broken")" >&2
  status=1
fi
cat "$results/summary.txt"
exit "$status"
