#!/usr/bin/env bash
# Benchmarks: one value (BenchmarkDotNet), and the built program against the database's ceiling. Takes about ten
# minutes on two cores. BENCH_ARGS goes to the second, for example BENCH_ARGS="--rows 5000000 --layout 100 --runs 1".
set -euo pipefail
cd "$(dirname "$0")/.."
eval "$(infra/services.sh env)"
bench=tests/RotationMesh.Benchmarks/bin/Release/RotationMesh.Benchmarks
if [ -z "${BENCH_ARGS:-}" ]; then
  "$bench" value
fi
# shellcheck disable=SC2086 # several arguments on purpose
"$bench" throughput ${BENCH_ARGS:-}
