# shellcheck shell=bash
# An S3-compatible server that honours If-Match on PUT: Ceph's object gateway, over a cluster of one monitor and one
# store in memory. None of the S3 servers on npm was found to honour it.

s3_package() { echo radosgw ceph-mon ceph-osd; }

s3_installed() {
  command -v radosgw >/dev/null && command -v ceph-mon >/dev/null && command -v ceph-osd >/dev/null \
    && command -v ceph >/dev/null
}

s3_start() {
  local dir=$1 user monitor store
  user=$(service_user ceph)
  monitor="[v2:127.0.0.1:$(free_port)]"
  store=$(cat /proc/sys/kernel/random/uuid)
  mkdir -p "$dir/mon" "$dir/osd" "$dir/rgw"
  s3_configuration "$dir" "$monitor" >"$dir/ceph.conf"
  s3_keyring "$dir/keyring"
  monmaptool --create --clobber --addv a "$monitor" --fsid "$(s3_cluster "$dir")" "$dir/monmap" >/dev/null
  if is_root; then chown -R "$user" "$dir"; fi

  s3_as "$dir" "$user" ceph-mon -i a --mkfs --monmap "$dir/monmap" --keyring "$dir/keyring"
  detached "$dir" "$user" env CEPH_CONF="$dir/ceph.conf" ceph-mon -i a -f
  s3_as "$dir" "$user" ceph --connect-timeout 30 osd new "$store" >/dev/null
  s3_as "$dir" "$user" ceph-osd -i 0 --mkfs --osd-uuid "$store"
  detached "$dir" "$user" env CEPH_CONF="$dir/ceph.conf" ceph-osd -i 0 -f
  detached "$dir" "$user" env CEPH_CONF="$dir/ceph.conf" radosgw -n client.admin -f
  # It waits until the store is up. The keys are the program's own choice: as arguments everybody would see them.
  s3_as "$dir" "$user" timeout 60 radosgw-admin -n client.admin user create --uid rotationmesh \
    --display-name rotationmesh --gen-access-key --gen-secret --no-mon-config >"$dir/user"
  write_state s3 access_key "$(s3_field "$dir/user" access_key)" secret_key "$(s3_field "$dir/user" secret_key)"
}

# Everything in one place and one copy; nobody else is to find it, and nothing is to be balanced.
s3_configuration() {
  cat <<EOF2
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = $2
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = $1/keyring
run dir = $1
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
osd crush chooseleaf type = 0
[mon]
mon data = $1/mon
mon data avail crit = 1
mon data avail warn = 2
[osd]
osd data = $1/osd
osd objectstore = memstore
memstore device bytes = 1073741824
[client.admin]
rgw data = $1/rgw
rgw frontends = beast endpoint=127.0.0.1:$(state s3 port)
rgw thread pool size = 64
rgw enable usage log = false
EOF2
}

s3_keyring() {
  (umask 077
    ceph-authtool --create-keyring "$1" --gen-key -n mon. --cap mon 'allow *'
    ceph-authtool "$1" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
    ceph-authtool "$1" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *') >/dev/null
}

s3_cluster() { awk '$1 == "fsid" { print $3 }' "$1/ceph.conf"; }

s3_as() {
  local dir=$1 user=$2
  shift 2
  as "$user" env CEPH_CONF="$dir/ceph.conf" HOME="$dir" "$@" 2>>"$dir/log" 9>&-
}

# The value of a string in the JSON that radosgw-admin prints, one name a line.
s3_field() { sed -n "s/^ *\"$2\": \"\([^\"]*\)\".*/\1/p" "$1" | head -n 1; }

s3_port() { state s3 port; }

s3_ready() {
  [ -n "$(state s3 secret_key)" ] || return 1
  local answer
  answer=$(
    exec 3<>"/dev/tcp/127.0.0.1/$(s3_port)" \
      && printf 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3 \
      && IFS= read -r -t 2 line <&3 && echo "$line"
  ) 2>/dev/null || return 1
  [[ $answer == *" 200 "* ]]
}

# Its data is in memory, so there is no end to wait for.
s3_stop() { signal_own_processes KILL "$1"; }

s3_env() {
  echo "export ROTATIONMESH_S3='http://127.0.0.1:$(s3_port)'"
  echo "export ROTATIONMESH_S3_ACCESS_KEY_ID='$(state s3 access_key)'"
  echo "export ROTATIONMESH_S3_SECRET_ACCESS_KEY='$(state s3 secret_key)'"
}
