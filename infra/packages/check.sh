#!/usr/bin/env bash
# Installs each package of artifacts/packages into a folder of its own and runs the command line: a small sample is rotated from
# beginning to end. The file for another processor only tells its version, where qemu can run it. Coordinator and worker print their
# configuration; systemd-analyze judges the units where it is installed, and in CI it must be. Nothing of the machine is changed.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
packages=$PWD/artifacts/packages
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
root=$(mktemp -d)
started=
infra/services.sh status | grep -q '^postgres *running' || started=postgres
trap 'rm -rf "$root"; if [ -n "$started" ]; then infra/services.sh stop "$started" >/dev/null; fi' EXIT
# A single file unpacks its libraries here instead of in the user's home.
export DOTNET_BUNDLE_EXTRACT_BASE_DIR=$root/unpacked

say() { printf 'packages: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

# is_current NAME COMMAND...: it starts, and tells this version, which the commit follows.
is_current() {
  local name=$1 of
  shift
  of=$("$@" --version) || fail "$name does not start"
  [ "${of%%+*}" = "$version" ] || fail "$name is of version $of, not $version"
}

# rotates NAME PROGRAM: it rotates a sample.
rotates() {
  is_current "$@"
  PROGRAM=$2 ROWS=500 TENANTS=5 infra/demo.sh >"$root/said" 2>&1 || { cat "$root/said" >&2; fail "$1 does not rotate"; }
  grep -q Completed "$root/said" || { cat "$root/said" >&2; fail "$1 completed nothing"; }
  say "$1 rotates"
}

# is_for BYTES FILE: the file is a program for that machine, by the field e_machine of its ELF header.
is_for() { [ "$(od -An -v -tx1 -j18 -N2 "$2" | tr -d ' ')" = "$1" ] || fail "$2 is for another processor"; }

tool() {
  cat >"$root/nuget.config" <<EOF
<configuration><packageSources><clear /><add key="packages" value="$packages" /></packageSources></configuration>
EOF
  dotnet tool install RotationMesh.Tool --version "$version" --tool-path "$root/tool" --configfile "$root/nuget.config" >"$root/said" ||
    { cat "$root/said" >&2; fail "the tool cannot be installed"; }
  rotates "the tool" "$root/tool/rotationmesh"
}

# prints_its_configuration NAME PROGRAM: it reads a map and keys, and tells what it would work by. It asks no server for that.
prints_its_configuration() (
  # shellcheck source=../made-up-keys.sh
  . infra/made-up-keys.sh
  MASTER_ENCRYPTION_KEY=$(random_key)
  export MASTER_ENCRYPTION_KEY MASTER_ENCRYPTION_KEY_VERSION=1 ROTATIONMESH_CONFIG=$root/rotation.yaml \
    APP_DATABASE_URL='Host=127.0.0.1;Port=1;Username=nobody;Password=none;Database=none' ROTATIONMESH_RABBITMQ=amqp://none:none@127.0.0.1:1/
  "$2" --print-config >"$root/said" 2>&1 || { cat "$root/said" >&2; fail "$1 does not print its configuration"; }
  grep -q '^key version 1 (current) ' "$root/said" || { cat "$root/said" >&2; fail "$1 does not tell its key version"; }
  [[ $(<"$root/said") != *"$MASTER_ENCRYPTION_KEY"* ]] || fail "$1 prints its key"
)

# is_hardened UNIT: systemd rates its exposure at 2.5 of 10 or less.
is_hardened() {
  if command -v systemd-analyze >/dev/null; then
    systemd-analyze security --offline=true --no-pager --threshold=25 "$1" >"$root/said" 2>&1 ||
      { cat "$root/said" >&2; fail "$1 is exposed by more than 2.5"; }
  elif [ -n "${CI:-}" ]; then
    fail "no systemd-analyze here, and CI is set: nobody judged $1"
  else
    say "no systemd-analyze here: nobody judged $1"
  fi
}

# The file for arm64 on another processor: qemu's user mode runs it, with the libraries of that system (Debian: libstdc++6-arm64-cross).
emulated() {
  local qemu libraries=
  qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64) || { say "no qemu here: nothing ran $1"; return; }
  [ -e /lib/ld-linux-aarch64.so.1 ] || libraries=/usr/aarch64-linux-gnu
  [ -e "$libraries/lib/ld-linux-aarch64.so.1" ] || { say "no libraries of arm64 here: nothing ran $1"; return; }
  is_current "$1" env QEMU_LD_PREFIX="$libraries" timeout 300 "$qemu" "$1"
  say "the single file for arm64 starts"
}

single_file() {
  is_for 3e00 "$packages/rotationmesh-$version-linux-x64"
  is_for b700 "$packages/rotationmesh-$version-linux-arm64"
  case $(uname -m) in
    x86_64)
      rotates "the single file" "$packages/rotationmesh-$version-linux-x64"
      emulated "$packages/rotationmesh-$version-linux-arm64"
      ;;
    aarch64) rotates "the single file" "$packages/rotationmesh-$version-linux-arm64" ;;
  esac
}

# upgrades ROOT PACKAGE: what runs ends before its files are replaced, and is started again.
upgrades() {
  local at=$1 stub=$root/stub
  mkdir -p "$at/run/systemd/system" "$stub"
  cat >"$stub/systemctl" <<EOF
#!/bin/sh
if [ "\$1" = list-units ]; then
  echo "rotationmesh-worker.service loaded active running RotationMesh worker"
else
  echo "\$*" >>"$root/asked"
fi
EOF
  chmod 755 "$stub/systemctl"
  (export PATH=$stub:$PATH && deb --install "$2")
  rm -r "${at:?}/run"
  [ "$(tr '\n' ';' <"$root/asked")" = \
    "stop rotationmesh-worker.service;daemon-reload;start --no-block rotationmesh-worker.service;" ] ||
    { cat "$root/asked" >&2; fail "an upgrade does not end what runs and start it again"; }
}

debian() {
  local at=$root/debian package=$packages/rotationmesh_${version}_amd64.deb program unit unread
  mkdir -p "$at"/var/lib/dpkg/{info,updates,triggers}
  touch "$at/var/lib/dpkg/status"
  deb() { dpkg --root="$at" --force-not-root --force-depends --force-script-chrootless --log=/dev/null "$@" >"$root/said" 2>&1 ||
    { cat "$root/said" >&2; fail "dpkg $1 failed"; }; }
  deb --install "$package"
  rotates "the Debian package" "$at/usr/bin/rotationmesh"
  "$at/usr/bin/rotationmesh" sample map >"$root/rotation.yaml"
  for program in coordinator worker; do
    is_current "rotationmesh-$program" "$at/usr/bin/rotationmesh-$program"
    prints_its_configuration "rotationmesh-$program" "$at/usr/bin/rotationmesh-$program"
  done
  for unit in coordinator worker rotate; do is_hardened "$at/usr/lib/systemd/system/rotationmesh-$unit.service"; done
  zcat "$at/usr/share/man/man1/rotationmesh-rotate.1.gz" | grep -q '^\.TH' || fail "no manual page of rotate"
  bash -n "$at/usr/share/bash-completion/completions/rotationmesh"
  grep -q "^ExecStart=/usr/bin/rotationmesh " "$at/usr/lib/systemd/system/rotationmesh-rotate.service" ||
    fail "the timer's unit starts another program"
  unread=$(find "$at/usr" ! -type l ! -perm -o=r)
  [ -z "$unread" ] || fail "the units' user can't read $unread"
  upgrades "$at" "$package"
  deb --purge rotationmesh
  [ -z "$(find "$at" -path "$at/var" -prune -o -name '*rotationmesh*' -print)" ] || fail "the package leaves files behind"
  say "the Debian package is gone without a trace"
}

tool
single_file
if [ -e "$packages/rotationmesh_${version}_amd64.deb" ] && [ "$(uname -m)" = x86_64 ]; then debian; fi
