#!/bin/bash
# An S3-compatible store that honours If-Match on PUT: Ceph's object gateway over a monitor and a store of 2 GB in one container. It
# is made at the first start; what is in it outlives the container. Nobody else reaches monitor and store.
set -euo pipefail

home=/var/lib/ceph/rotationmesh
export CEPH_CONF=$home/ceph.conf
# Below this address of the container alone; the gateway listens beyond it.
monitor='[v2:127.0.0.1:3300]'

configuration() {
  cat <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = $monitor
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = $home/keyring
run dir = /tmp
admin socket =
log to stderr = true
err to stderr = true
mon cluster log to file = false
mon cluster log to stderr = false
debug rocksdb = 0/0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon data avail crit = 1
mon data avail warn = 2
osd crush chooseleaf type = 0
[mon]
mon data = $home/mon
[osd]
osd data = $home/osd
osd objectstore = bluestore
bluestore block size = 2147483648
osd memory target = 939524096
[client.admin]
rgw data = $home/rgw
rgw frontends = beast endpoint=0.0.0.0:8000
rgw thread pool size = 64
rgw enable usage log = false
CONF
}

keyring() {
  (umask 077
    ceph-authtool --create-keyring "$1" --gen-key -n mon. --cap mon 'allow *'
    ceph-authtool "$1" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
    ceph-authtool "$1" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *') >/dev/null
}

admin() { timeout 120 radosgw-admin --name client.admin --no-mon-config "$@"; }

# A user with a key that was made up elsewhere. In the arguments of a program everybody would see it, so this shell rewrites the record
# of the user.
user() {
  local record key='^(.*"access_key": *")[^"]*(".*"secret_key": *")[^"]*(".*)$'
  admin user create --uid "$1" --display-name "$1" --gen-access-key --gen-secret >/dev/null
  record=$(admin metadata get "user:$1")
  [[ $record =~ $key ]] || { echo "the record of the user $1 has no key" >&2; exit 1; }
  printf '%s\n' "${BASH_REMATCH[1]}$2${BASH_REMATCH[2]}$3${BASH_REMATCH[3]}" | admin metadata put "user:$1"
}

made=$home/made
if [ ! -e "$made" ]; then
  rm -rf "$home"
  mkdir -p "$home"/{mon,osd,rgw}
  configuration >"$CEPH_CONF"
  keyring "$home/keyring"
  cluster=$(awk '$1 == "fsid" { print $3 }' "$CEPH_CONF")
  monmaptool --create --clobber --addv a "$monitor" --fsid "$cluster" "$home/monmap" >/dev/null
  ceph-mon -i a --mkfs --monmap "$home/monmap" --keyring "$home/keyring"
fi

trap 'kill $(jobs -p) 2>/dev/null; wait; exit 0' TERM INT
ceph-mon -i a -f &
if [ ! -e "$made" ]; then
  store=$(cat /proc/sys/kernel/random/uuid)
  ceph --connect-timeout 60 osd new "$store" >/dev/null
  ceph-osd -i 0 --mkfs --osd-uuid "$store"
fi
ceph-osd -i 0 -f &
radosgw -n client.admin -f &
if [ ! -e "$made" ]; then
  while read -r name id secret; do user "$name" "$id" "$secret"; done </run/secrets/users
  touch "$made"
fi
# What ends takes the others with it; the engine starts them again.
wait -n
kill $(jobs -p) 2>/dev/null || true
wait
exit 1
