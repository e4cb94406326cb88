#!/usr/bin/env bash
# Makes base images from Debian's packages and the .NET SDK of this machine, for an engine without a registry. They take the place
# of the official images wherever an image is a setting. usage: infra/docker/base-images.sh [NAME...], all by default:
#   debian         the system that the others are made of
#   sdk            with the .NET SDK: builds the programs
#   runtime        the .NET runtime, the libraries that it needs, and nothing else: no shell, no package manager
#   postgres rabbitmq redis node prometheus s3    servers, with the settings of the official images that this project uses
# `env` makes none: it prints exports of the variables that compose/ and the tests take these images from.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
work=${ROTATIONMESH_ENGINE:-/var/tmp/rotationmesh-engine}/base-images
suite=bookworm
prefix=rotationmesh-base

say() { printf 'base-images: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

docker info >/dev/null 2>&1 || fail 'no engine answers: eval "$(infra/docker/engine.sh env)"'
[ "$(id -u)" = 0 ] || fail "debootstrap needs root"
command -v debootstrap >/dev/null || fail "install debootstrap: infra/docker/engine.sh install"

there() { docker image inspect "$prefix/$1" >/dev/null 2>&1; }

# What an image of a server was built of, as its label says, and what it would be built of now.
built_of() { docker image inspect --format '{{ index .Config.Labels "files" }}' "$prefix/$1" 2>/dev/null; }
files_of() { (cd "$here/$1" && sha256sum -- * | sha256sum | cut -d' ' -f1); }
# Whether an image is there, and no file of it has changed since: an engine keeps images for long.
is_made() { there "$1" && { [ ! -d "$here/$1" ] || [ "$(built_of "$1")" = "$(files_of "$1")" ]; }; }

# Imports a folder as an image of one layer; options are changes of its configuration.
import() {
  local name=$1 dir=$2
  shift 2
  tar --create --directory "$dir" --numeric-owner --sort=name --mtime=@0 . | docker import "$@" - "$prefix/$name" >/dev/null
}

debian() {
  local dir="$work/debian"
  [ -d "$dir/usr/bin" ] || {
    rm -rf "$dir"
    mkdir -p "$work"
    debootstrap --variant=minbase --include=ca-certificates,tzdata,libssl3,zlib1g "$suite" "$dir" \
      >"$work/debootstrap.log" 2>&1 || fail "debootstrap failed; see $work/debootstrap.log"
    rm -rf "$dir/var/cache/apt/archives"/*.deb "$dir/var/lib/apt/lists"/*
  }
  import debian "$dir"
}

dotnet_root() { dirname "$(readlink -f "$(command -v dotnet)")"; }

sdk() {
  needs debian
  local context="$work/sdk"
  rm -rf "$context"
  mkdir -p "$context"
  cp -a "$(dotnet_root)" "$context/dotnet"
  # It trusts whom this machine trusts: packages may come through a company's own proxy.
  cp -L /etc/ssl/certs/ca-certificates.crt "$context/"
  printf '%s\n' "FROM $prefix/debian" 'COPY dotnet /usr/share/dotnet' 'COPY ca-certificates.crt /etc/ssl/certs/' \
    'ENV PATH=/usr/share/dotnet:/usr/sbin:/usr/bin:/sbin:/bin DOTNET_ROOT=/usr/share/dotnet DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1' \
    'ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1' \
    >"$context/Dockerfile"
  docker build --quiet --tag "$prefix/sdk" "$context" >/dev/null
  rm -rf "$context"
}

# The shared libraries that files of a folder need, with the loader, as paths below that system's root.
libraries() {
  local system=$1
  shift
  find "$@" -name '*.so*' -o -type f -perm -u+x | while read -r file; do
    ldd "$file" 2>/dev/null | awk '/=> \// { print $3 } /^\t\// { print $1 }'
  done | sort -u | while read -r library; do
    if [ -e "$system$library" ]; then echo "$library"; fi
  done
}

runtime() {
  needs debian
  local dir="$work/runtime" system="$work/debian" dotnet name
  dotnet=$(dotnet_root)
  rm -rf "$dir"
  mkdir -p "$dir"/{etc,tmp,usr/share/dotnet/{host,shared},usr/lib,usr/lib64}
  ln -s usr/lib "$dir/lib"
  ln -s usr/lib64 "$dir/lib64"
  chmod 1777 "$dir/tmp"
  cp -a "$dotnet/dotnet" "$dotnet/LICENSE.txt" "$dotnet/ThirdPartyNotices.txt" "$dir/usr/share/dotnet/"
  cp -a "$dotnet/host" "$dir/usr/share/dotnet/"
  cp -a "$dotnet/shared/Microsoft.NETCore.App" "$dotnet/shared/Microsoft.AspNetCore.App" "$dir/usr/share/dotnet/shared/"
  # What the runtime opens by name at run time beside what it is linked with.
  for name in libssl libcrypto libz libnss_dns libnss_files libresolv; do
    find "$system/usr/lib" -name "$name.so*" -not -type d
  done | sed "s|^$system||" >"$work/libraries"
  libraries "$system" "$dir/usr/share/dotnet" >>"$work/libraries"
  sort -u "$work/libraries" | while read -r library; do
    tar --create --directory "$system" --dereference ".$library" 2>/dev/null | tar --extract --directory "$dir" --keep-directory-symlink
  done
  cp -aL "$system/lib64/." "$dir/usr/lib64/"
  cp -a "$system/etc/ssl" "$dir/etc/ssl"
  mkdir -p "$dir/usr/share"
  cp -a "$system/usr/share/zoneinfo" "$dir/usr/share/zoneinfo"
  cp -aL "$system/etc/ssl/certs/ca-certificates.crt" "$dir/etc/ssl/certs/ca-certificates.crt"
  printf 'root:x:0:0::/:/\napp:x:1654:1654::/app:/\n' >"$dir/etc/passwd"
  printf 'root:x:0:\napp:x:1654:\n' >"$dir/etc/group"
  printf 'hosts: files dns\n' >"$dir/etc/nsswitch.conf"
  import runtime "$dir" --change 'ENV PATH=/usr/share/dotnet' --change 'ENV DOTNET_ROOT=/usr/share/dotnet' \
    --change 'ENV DOTNET_EnableDiagnostics=0' --change 'USER 1654'
}

# Servers are built from a folder beside this script; packages come from Debian over the machine's own network.
server() {
  needs debian
  local context="$work/$1"
  rm -rf "$context"
  cp -r "$here/$1" "$context"
  # As with the SDK, for those that fetch packages later.
  cp -L /etc/ssl/certs/ca-certificates.crt "$context/"
  docker build --quiet --network host --build-arg "BASE=$prefix/debian" --label "files=$(files_of "$1")" \
    --tag "$prefix/$1" "$context" >/dev/null
  rm -rf "$context"
}

needs() { there "$1" || make "$1"; }

make() {
  say "$1"
  case $1 in
    debian | sdk | runtime) "$1" ;;
    postgres | rabbitmq | redis | node | prometheus | s3) server "$1" ;;
    *) fail "unknown image '$1'" ;;
  esac
}

# The user that a server of an image runs as.
user_of() { docker run --rm --network none --entrypoint id "$prefix/$1" -u "$2"; }

variables() {
  local name
  for name in sdk runtime postgres rabbitmq redis node prometheus s3; do
    if there "$name"; then echo "export ${name^^}_IMAGE=$prefix/$name"; fi
  done
  for name in postgres rabbitmq redis; do
    if there "$name"; then
      echo "export ROTATIONMESH_TEST_${name^^}_IMAGE=$prefix/$name ${name^^}_UID=$(user_of "$name" "$name")"
    fi
  done
  if there s3; then echo "export CEPH_UID=$(user_of s3 ceph)"; fi
  # The engine has no way out for its containers, and a build needs packages.
  echo 'export BUILD_NETWORK=host'
}

if [ "${1:-}" = env ]; then
  variables
  exit
fi
[ $# -gt 0 ] || set -- debian sdk runtime postgres rabbitmq redis node prometheus s3
for image in "$@"; do is_made "$image" || make "$image"; done
