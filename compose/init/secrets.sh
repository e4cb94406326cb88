#!/bin/bash
# Makes up every secret of the demonstration at its first start, each in a volume that only those mount who need it. A folder a
# part: /secrets/PART. Nothing is printed.
set -euo pipefail
umask 077

if [ -e /secrets/operator/token ]; then exit 0; fi

hex() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
# Keys that hold a word like "12345" are refused, and random digits may.
key() {
  local made
  while made=$(hex 32) && [[ $made == *12345* ]]; do :; done
  printf '%s' "$made"
}
bytes() { printf '%b' "$(sed 's/../\\x&/g' <<<"$1")"; }
# RabbitMQ's hash of a password: base64(salt + SHA-256(salt + password)).
rabbitmq_hash() {
  local salt
  salt=$(hex 4)
  { bytes "$salt"; bytes "$({ bytes "$salt"; printf '%s' "$1"; } | sha256sum | cut -d' ' -f1)"; } | base64 -w0
}

superuser=$(hex 16) owner=$(hex 16) rows=$(hex 16) control=$(hex 16)
broker_coordinator=$(hex 16) broker_worker=$(hex 16)
old=$(key) new=$(key)
token="rotationmesh_$(hex 32)"

database() { echo "APP_DATABASE_URL=postgres://$1:$2@postgres:5432/app"; }
keys() {
  printf '%s\n' "MASTER_ENCRYPTION_KEY=$new" MASTER_ENCRYPTION_KEY_VERSION=2 "MASTER_ENCRYPTION_PREVIOUS_KEYS={\"1\":\"$old\"}"
}
# write PART NAME OWNER: standard input becomes a file that OWNER alone reads.
write() {
  mkdir -p "/secrets/$1"
  chmod 755 "/secrets/$1"
  cat >"/secrets/$1/$2"
  chown "$3" "/secrets/$1/$2"
  chmod 400 "/secrets/$1/$2"
}

programs=1654
write postgres superuser "${POSTGRES_UID:-999}" <<<"$superuser"
for role in "owner $owner" "rows $rows" "control $control"; do write roles "${role% *}" 0 <<<"${role#* }"; done
# The load of the sample opens no control database; the map names one.
{
  database app_owner "$owner"
  printf '%s\n' CONTROL_DATABASE_URL=postgres://nobody@localhost/none "MASTER_ENCRYPTION_KEY=$old" MASTER_ENCRYPTION_KEY_VERSION=1
} | write sample env $programs
{
  database rotationmesh_rows "$rows"
  echo "CONTROL_DATABASE_URL=postgres://rotationmesh_control:$control@postgres:5432/app"
  echo "ROTATIONMESH_RABBITMQ=amqp://coordinator:$broker_coordinator@rabbitmq:5672/"
  keys
} | write coordinator env $programs
write coordinator tokens $programs <<<"operator operator sha256:$(printf '%s' "$token" | sha256sum | cut -d' ' -f1)"
{
  database rotationmesh_rows "$rows"
  echo "ROTATIONMESH_RABBITMQ=amqp://worker:$broker_worker@rabbitmq:5672/"
  keys
} | write worker env $programs
sed -e "s|COORDINATOR_HASH|$(rabbitmq_hash "$broker_coordinator")|" -e "s|WORKER_HASH|$(rabbitmq_hash "$broker_worker")|" \
  /init/definitions.json | write rabbitmq definitions.json "${RABBITMQ_UID:-999}"
write operator token $programs <<<"$token"
