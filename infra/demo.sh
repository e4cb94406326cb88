#!/usr/bin/env bash
# A rotation from beginning to end on a private PostgreSQL: fill a sample database under key version 1, rotate it to
# version 2 and prove it. The keys are made up on the spot, live in the environment of this script and are never shown.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=artifacts/rotationmesh
rows=${ROWS:-20000}
tenants=${TENANTS:-20}
[ -x "$program" ] || { echo "demo: $program is not there: run make build" >&2; exit 1; }

infra/services.sh start postgres
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

cat >.run/rotation.yaml <<'EOF'
databases:
  app:
    connectionString: ${ROTATIONMESH_POSTGRES}
keys:
  provider: environment
formats:
  tenant-aead:
    kind: hkdf-aes-256-gcm
    salt: ocsuite-crypto-v1
    info: "{tenant}:{context}"
scopes:
  connectors:
    - table: connectors
      database: app
      key: id
      tenant: tenantId
      version: encryption_key_version
      columns:
        encryptedAccessToken: { format: tenant-aead, context: connector-tokens }
        encryptedRefreshToken: { format: tenant-aead, context: connector-tokens }
  knowledge:
    - table: knowledge_entries
      database: app
      key: id
      tenant: tenantId
      tenantWhenNull: company_hq
      version: encryption_key_version
      versionWhenNull: 1
      external: "content = '__external_storage__'"
      columns:
        content: { format: tenant-aead, context: knowledge_entry }
EOF

rotationmesh() {
  printf '\n\033[1m$ rotationmesh %s\033[0m\n' "$*"
  "$program" --config .run/rotation.yaml "$@"
}

old=$(random_key)
new=$(random_key)

export MASTER_ENCRYPTION_KEY=$old MASTER_ENCRYPTION_KEY_VERSION=1
rotationmesh sample load --rows "$rows" --tenants "$tenants" --key-version 1 --corrupt 0 --external 5
rotationmesh census

export MASTER_ENCRYPTION_KEY=$new MASTER_ENCRYPTION_KEY_VERSION=2
export MASTER_ENCRYPTION_PREVIOUS_KEYS="{\"1\":\"$old\"}"
rotationmesh rotate --workers 2
rotationmesh verify
rotationmesh census

printf '\nThe database is still there: eval "$(infra/services.sh env)"; infra/services.sh stop removes it.\n'
