#!/usr/bin/env bash
# A rotation from beginning to end on a private PostgreSQL: fill a sample database under key version 1, rotate it to
# version 2 and prove it. The keys are made up on the spot, live in the environment of this script and are never shown.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=${PROGRAM:-artifacts/rotationmesh}
rows=${ROWS:-20000}
tenants=${TENANTS:-20}
[ -x "$program" ] || { echo "demo: $program is not there: run make build" >&2; exit 1; }

infra/services.sh start postgres
# For this script alone: the program would warn of variables that it does not read.
eval "$(infra/services.sh env | sed 's/^export //')"

# shellcheck source=made-up-keys.sh
. infra/made-up-keys.sh

export APP_DATABASE_URL=$ROTATIONMESH_POSTGRES_URL
"$program" sample map >.run/rotation.yaml

rotationmesh() {
  printf '\n$ rotationmesh %s\n' "$*"
  "$program" --config .run/rotation.yaml "$@"
}

old=$(random_key)
new=$(random_key)

export MASTER_ENCRYPTION_KEY=$old MASTER_ENCRYPTION_KEY_VERSION=1
rotationmesh sample load --rows "$rows" --tenants "$tenants" --key-version 1 --corrupt 0 --external 5 --replace
rotationmesh census

export MASTER_ENCRYPTION_KEY=$new MASTER_ENCRYPTION_KEY_VERSION=2
export MASTER_ENCRYPTION_PREVIOUS_KEYS="{\"1\":\"$old\"}"
rotationmesh rotate --workers 2
rotationmesh verify
rotationmesh census

# shellcheck disable=SC2016
printf '\nThe database is still there: eval "$(infra/services.sh env)"; infra/services.sh stop removes it.\n'
