#!/usr/bin/env bash
# Benchmarks, each against its ceiling or its smaller self in the same run: bench.sh [NAME [ARGUMENTS…]]
#   value       one value (BenchmarkDotNet)
#   throughput  the built program against the database's ceiling: --rows, --runs, --layout TENANTS, --verify HOW
#   cost        processor seconds of client and server, the table's growth, each phase: --rows, --runs,
#               --layout TENANTS, --indexes three|all
#   memory      its peak, and that on ten times the rows
#   mesh        a coordinator and two workers over RabbitMQ against one process
#   settlement  the coordinator alone, with workers that answer at once
# Without a name all of them, about three quarters of an hour on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
infra/services.sh start postgres rabbitmq
eval "$(infra/services.sh env)"
bench=tests/RotationMesh.Benchmarks/bin/Release/RotationMesh.Benchmarks
if [ "$#" -gt 0 ]; then
  exec "$bench" "$@"
fi
for name in value throughput cost memory mesh settlement; do
  "$bench" "$name"
done
