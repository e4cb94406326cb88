#!/usr/bin/env bash
# Runs every built test project and ends with one line of counts. Fails if a test failed, if a run itself failed, or if
# no test ran at all. Arguments go to `dotnet test`: tests/run.sh --filter Name~Census
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

# PostgreSQL is started by the test projects themselves; one broker serves all of them.
if [ -z "${ROTATIONMESH_TEST_RABBITMQ:-}" ]; then
  case $(infra/services.sh status) in
    *"rabbitmq  running"*) ;;
    *) trap 'infra/services.sh stop rabbitmq >/dev/null' EXIT ;;
  esac
  infra/services.sh start rabbitmq
  eval "$(infra/services.sh env)"
  export ROTATIONMESH_TEST_RABBITMQ=$ROTATIONMESH_RABBITMQ
fi

broken=()
for project in tests/*/*.csproj; do
  grep -qF '<IsTestProject>true</IsTestProject>' "$project" || continue
  name=$(basename "$project" .csproj)
  dotnet test "$project" --configuration Release --no-build --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" "$@" </dev/null || broken+=("$name")
done

status=0
tests/summary.sh "$results" >"$results/summary.txt" || status=$?
if [ "${#broken[@]}" -gt 0 ]; then
  echo "failed: ${broken[*]}" >&2
  status=1
fi
cat "$results/summary.txt"
exit "$status"
