#!/bin/bash
# Makes up every secret of the demonstration at its first start, each in a volume that only those mount who need it. A folder a
# part: /secrets/PART. At each start a file is given to the user of its part, whom the settings may name anew. Nothing is printed.
set -euo pipefail
umask 077

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
secrets=${SECRETS:-/secrets}

user_of() {
  case $1 in
    postgres | roles) echo "${POSTGRES_UID:-999}" ;; # the steps that make roles have the image of the server
    rabbitmq) echo "${RABBITMQ_UID:-999}" ;;
    redis) echo "${REDIS_UID:-999}" ;;
    s3) echo "${CEPH_UID:-167}" ;;
    grafana) echo "${GRAFANA_UID:-472}" ;;
    *) echo 1654 ;; # the programs
  esac
}
# The user of a part alone reads its files.
give() {
  local file
  for file in "$secrets"/*/*; do
    if [ "$(id -u)" = 0 ]; then chown "$(user_of "$(basename "$(dirname "$file")")")" "$file"; fi
    chmod 400 "$file"
  done
}
if [ -e "$secrets/operator/token" ]; then
  give
  exit
fi

hex() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
# Keys that hold a word like "12345" are refused, and random digits may.
key() {
  local made
  while made=$(hex 32) && [[ $made == *12345* ]]; do :; done
  printf '%s' "$made"
}
bytes() { printf '%b' "$(sed 's/../\\x&/g' <<<"$1")"; }
sha256() { printf '%s' "$1" | sha256sum | cut -d' ' -f1; }
# RabbitMQ's hash of a password: base64(salt + SHA-256(salt + password)).
rabbitmq_hash() {
  local salt
  salt=$(hex 4)
  { bytes "$salt"; bytes "$({ bytes "$salt"; printf '%s' "$1"; } | sha256sum | cut -d' ' -f1)"; } | base64 -w0
}

superuser=$(hex 16) owner=$(hex 16) rows=$(hex 16) control=$(hex 16)
broker_coordinator=$(hex 16) broker_worker=$(hex 16)
redis_application=$(hex 16) redis_gate=$(hex 16)
# Names of S3's keys are 20 characters long.
store_application_id=$(hex 10) store_application=$(hex 20) store_mesh_id=$(hex 10) store_mesh=$(hex 20)
old=$(key) new=$(key)
token="rotationmesh_$(hex 32)"

database() { echo "APP_DATABASE_URL=postgres://$1:$2@postgres:5432/app"; }
keys() {
  printf '%s\n' "MASTER_ENCRYPTION_KEY=$new" MASTER_ENCRYPTION_KEY_VERSION=2 "MASTER_ENCRYPTION_PREVIOUS_KEYS={\"1\":\"$old\"}"
}
store() { printf '%s\n' "AWS_ACCESS_KEY_ID=$1" "AWS_SECRET_ACCESS_KEY=$2"; }
# write PART NAME: standard input becomes that file.
write() {
  mkdir -p "$secrets/$1"
  chmod 755 "$secrets/$1"
  cat >"$secrets/$1/$2"
}

write postgres superuser <<<"$superuser"
for role in "owner $owner" "rows $rows" "control $control"; do write roles "${role% *}" <<<"${role#* }"; done
# The load of the sample opens no control database; the map names one.
{
  database app_owner "$owner"
  printf '%s\n' CONTROL_DATABASE_URL=postgres://nobody@localhost/none "MASTER_ENCRYPTION_KEY=$old" MASTER_ENCRYPTION_KEY_VERSION=1
} | write sample env
{
  database rotationmesh_rows "$rows"
  echo "CONTROL_DATABASE_URL=postgres://rotationmesh_control:$control@postgres:5432/app"
  echo "ROTATIONMESH_RABBITMQ=amqp://coordinator:$broker_coordinator@rabbitmq:5672/"
  echo "REDIS_URL=redis://rotationmesh:$redis_gate@redis:6379/0"
  store "$store_mesh_id" "$store_mesh"
  keys
} | write coordinator env
write coordinator tokens <<<"operator operator sha256:$(sha256 "$token")"
{
  database rotationmesh_rows "$rows"
  echo "ROTATIONMESH_RABBITMQ=amqp://worker:$broker_worker@rabbitmq:5672/"
  store "$store_mesh_id" "$store_mesh"
  keys
} | write worker env
sed -e "s|COORDINATOR_HASH|$(rabbitmq_hash "$broker_coordinator")|" -e "s|WORKER_HASH|$(rabbitmq_hash "$broker_worker")|" \
  "$here/definitions.json" | write rabbitmq definitions.json
sed -e "s|APPLICATION_HASH|$(sha256 "$redis_application")|" -e "s|ROTATIONMESH_HASH|$(sha256 "$redis_gate")|" \
  "$here/users.acl" | write redis users.acl
{
  database app_owner "$owner"
  echo "REDIS_URL=redis://application:$redis_application@redis:6379/0"
  store "$store_application_id" "$store_application"
  keys
} | write application env
# A line a user of the store: its name, and both parts of its key.
printf '%s\n' "application $store_application_id $store_application" "rotationmesh $store_mesh_id $store_mesh" \
  | write s3 users
write grafana admin <<<"$(hex 16)"
write operator token <<<"$token"
give
