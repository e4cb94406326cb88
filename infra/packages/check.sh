#!/usr/bin/env bash
# Installs each package of artifacts/packages into a folder of its own and runs it: a small sample is rotated from beginning to
# end. systemd-analyze judges the units where it is installed. Nothing of the machine is changed.
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

# is_current NAME PROGRAM: it starts, and tells this version, which the commit follows.
is_current() {
  local of
  of=$("$2" --version) || fail "$1 does not start"
  [ "${of%%+*}" = "$version" ] || fail "$1 is of version $of, not $version"
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

single_file() {
  is_for 3e00 "$packages/rotationmesh-$version-linux-x64"
  is_for b700 "$packages/rotationmesh-$version-linux-arm64"
  case $(uname -m) in
    x86_64) rotates "the single file" "$packages/rotationmesh-$version-linux-x64" ;;
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
  for program in coordinator worker; do
    is_current "rotationmesh-$program" "$at/usr/bin/rotationmesh-$program"
    unit=$at/usr/lib/systemd/system/rotationmesh-$program.service
    if command -v systemd-analyze >/dev/null; then
      systemd-analyze security --offline=true --no-pager --threshold=25 "$unit" >"$root/said" 2>&1 ||
        { cat "$root/said" >&2; fail "$unit is exposed by more than 2.5"; }
    else
      say "no systemd-analyze here: nobody judged $unit"
    fi
  done
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
