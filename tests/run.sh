#!/usr/bin/env bash
# Runs every built test project and ends with one line of counts. Fails if a test failed, if a run itself failed, or if
# no test ran at all. Arguments go to `dotnet test`: tests/run.sh --filter Name~Census
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

# PostgreSQL is started by the test projects themselves; one broker, one Redis and one S3 serve all of them.
started=()
trap 'if [ "${#started[@]}" -gt 0 ]; then infra/services.sh stop "${started[@]}" >/dev/null; fi' EXIT
provide() {
  infra/services.sh status | grep -q "^$1 *running" || started+=("$1")
  ROTATIONMESH_UNSAFE_FAST=1 infra/services.sh start "$1"
}
# served NAME: prints that variable of the running servers. The programs under test must not see it.
served() { (eval "$(infra/services.sh env)" && printf '%s' "${!1}"); }
if [ -z "${ROTATIONMESH_TEST_RABBITMQ:-}" ]; then
  provide rabbitmq
  ROTATIONMESH_TEST_RABBITMQ=$(served ROTATIONMESH_RABBITMQ)
  ROTATIONMESH_TEST_RABBITMQ_MANAGEMENT=$(served ROTATIONMESH_RABBITMQ_MANAGEMENT)
  export ROTATIONMESH_TEST_RABBITMQ ROTATIONMESH_TEST_RABBITMQ_MANAGEMENT
fi
if [ -z "${ROTATIONMESH_TEST_REDIS:-}" ]; then
  provide redis
  ROTATIONMESH_TEST_REDIS=$(served ROTATIONMESH_REDIS)
  export ROTATIONMESH_TEST_REDIS
fi
if [ -z "${ROTATIONMESH_TEST_S3:-}" ]; then
  provide s3
  ROTATIONMESH_TEST_S3=$(served ROTATIONMESH_S3)
  ROTATIONMESH_TEST_S3_ACCESS_KEY_ID=$(served ROTATIONMESH_S3_ACCESS_KEY_ID)
  ROTATIONMESH_TEST_S3_SECRET_ACCESS_KEY=$(served ROTATIONMESH_S3_SECRET_ACCESS_KEY)
  export ROTATIONMESH_TEST_S3 ROTATIONMESH_TEST_S3_ACCESS_KEY_ID ROTATIONMESH_TEST_S3_SECRET_ACCESS_KEY
fi
infra/services.sh install pgbouncer
# Without them the tests that ask them are skipped, and fail in CI.
infra/services.sh install compose prometheus shells || true
tests/releases.sh
tests/RotationMesh.GateTests/Application/install.sh
infra/helm/install.sh

# Two projects at a time, since some tests wait, and as many tests of each as there are processors: a project alone keeps them
# busy, and with more at once each takes longer than its deadlines allow for. Those that take longest begin first.
lanes=2
workers=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
workers=$((workers < 2 ? 2 : workers > 4 ? 4 : workers))
order="CliTests IntegrationTests FaultTests MeshTests ServiceTests"
projects() {
  for name in $order; do echo "tests/RotationMesh.$name/RotationMesh.$name.csproj"; done
  for project in tests/*/*.csproj; do
    grep -qF '<IsTestProject>true</IsTestProject>' "$project" || continue
    # Those that need an engine are run by tests/containers.sh.
    if grep -qF '<NeedsAnEngine>true</NeedsAnEngine>' "$project"; then continue; fi
    name=$(basename "$project" .csproj)
    [[ " $order " == *" ${name#RotationMesh.} "* ]] || echo "$project"
  done
}

# What a project says is kept until it has ended, so that two do not speak at once.
run_project() {
  local project=$1 name said started=$SECONDS status=0 TIMEFORMAT='%U + %S s of processor time without the servers'
  shift
  name=$(basename "$project" .csproj)
  said=$results/$name.log
  { time dotnet test "$(dirname "$project")/bin/Release/$name.dll" --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" "$@" -- "NUnit.NumberOfTestWorkers=$workers" </dev/null; } >"$said" 2>&1 ||
    status=$?
  echo "== $name: $((SECONDS - started)) s"
  cat "$said"
  [ "$status" -eq 0 ] || echo "$name" >>"$results/broken"
}

for project in $(projects); do
  while [ "$(jobs -rp | wc -l)" -ge "$lanes" ]; do wait -n || true; done
  run_project "$project" "$@" &
done
wait

status=0
tests/summary.sh "$results" >"$results/summary.txt" || status=$?
if [ -e "$results/broken" ]; then
  echo "failed: $(tr '\n' ' ' <"$results/broken")" >&2
  status=1
fi
cat "$results/summary.txt"
exit "$status"
