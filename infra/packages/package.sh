#!/usr/bin/env bash
# Makes what can be installed into artifacts/packages: the command line as a .NET tool and as one file that needs no .NET, for
# linux-x64 and linux-arm64, and a Debian package of all three programs with systemd units, man pages and shell completion; and
# what each program is made of (SBOM), with licences.
set -euo pipefail
# Whoever makes a package, others can read what it installs.
umask 022

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=$PWD/artifacts/packages
work=$PWD/artifacts/packages.tmp
# Packages are those of the lock files.
export RestoreLockedMode=true
dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)

say() { printf 'package: %s\n' "$*" >&2; }

rm -rf "$out" "$work"
mkdir -p "$out" "$work"

tool() {
  say "the command line as a .NET tool"
  dotnet pack src/RotationMesh.Cli --configuration Release --output "$out" --verbosity quiet -p:AsTool=true
}

# publish RUNTIME FOLDER PROJECT [PROPERTY...]: with the runtime, compiled ahead of time as infra/publish.sh does.
publish() {
  local runtime=$1 folder=$2 project=$3
  shift 3
  dotnet publish "src/$project" --configuration Release --runtime "$runtime" --self-contained true --output "$folder" \
    --verbosity quiet -p:PublishReadyToRun=true -p:DebugType=none "$@" </dev/null
}

# A single file takes one package more, of the SDK's own version: it has lock files of its own, which are thrown away.
single_file() {
  say "the command line as one file for $1"
  publish "$1" "$work/$1" RotationMesh.Cli -p:PublishSingleFile=true -p:EnableCompressionInSingleFile=true \
    -p:IncludeNativeLibrariesForSelfExtract=true -p:RestoreLockedMode=false -p:NuGetLockFilePath=obj/single-file.lock.json
  install -m 755 "$work/$1/rotationmesh" "$out/rotationmesh-$version-$1"
}

debian() {
  say "a Debian package"
  local root=$work/debian programs=$work/debian/usr/lib/rotationmesh unit project
  for project in Cli Coordinator Worker; do publish linux-x64 "$programs" "RotationMesh.$project"; done
  mkdir -p "$root"/{DEBIAN,etc/rotationmesh,usr/bin,usr/lib/systemd/system,usr/share/man/man1} \
    "$root"/usr/share/doc/rotationmesh/{dotnet,examples} \
    "$root"/usr/share/{bash-completion/completions,zsh/vendor-completions,fish/vendor_completions.d}
  for unit in coordinator worker; do
    install -m 644 "infra/packages/rotationmesh-$unit.service" "$root/usr/lib/systemd/system/"
    ln -s "../lib/rotationmesh/rotationmesh-$unit" "$root/usr/bin/rotationmesh-$unit"
  done
  for unit in rotationmesh-rotate.service rotationmesh-rotate.timer; do
    sed 's:/etc/systemd/system/:/usr/lib/systemd/system/:' "infra/schedules/$unit" \
      >"$root/usr/lib/systemd/system/$unit"
  done
  install -m 644 infra/packages/tokens.conf "$root/usr/share/doc/rotationmesh/examples/"
  ln -s ../lib/rotationmesh/rotationmesh "$root/usr/bin/rotationmesh"
  "$programs/rotationmesh" man --directory "$root/usr/share/man/man1"
  gzip --best --no-name "$root"/usr/share/man/man1/*
  "$programs/rotationmesh" completion bash >"$root/usr/share/bash-completion/completions/rotationmesh"
  "$programs/rotationmesh" completion zsh >"$root/usr/share/zsh/vendor-completions/_rotationmesh"
  "$programs/rotationmesh" completion fish >"$root/usr/share/fish/vendor_completions.d/rotationmesh.fish"
  install -m 644 LICENSE "$root/usr/share/doc/rotationmesh/copyright"
  install -m 644 "$out"/*.cdx.json "$root/usr/share/doc/rotationmesh/"
  install -m 644 "$dotnet_root/LICENSE.txt" "$dotnet_root/ThirdPartyNotices.txt" "$root/usr/share/doc/rotationmesh/dotnet/"
  cat >"$root/DEBIAN/control" <<EOF
Package: rotationmesh
Version: $version
Architecture: amd64
Maintainer: The RotationMesh developers
Section: database
Priority: optional
Depends: libc6 (>= 2.27), libgcc-s1, libstdc++6, libssl3 | libssl3t64, ca-certificates
Installed-Size: $(du --summarize --block-size=1024 "$root/usr" | cut -f1)
Description: re-encrypts the encrypted columns of PostgreSQL databases under a new master key
 A coordinator partitions tables, workers re-encrypt their rows, and what is complete is counted and decrypted again. The command
 line starts rotations and follows them.
EOF
  install -m 755 infra/packages/debian/* "$root/DEBIAN/"
  # Files that were copied have the modes of the checkout.
  chmod -R u=rwX,go=rX "$root"
  # No file in it is younger than the commit.
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s) \
    dpkg-deb --root-owner-group --build "$root" "$out/rotationmesh_${version}_amd64.deb" >/dev/null
}

sbom() {
  say "what the programs are made of"
  infra/sbom.sh rotationmesh rotationmesh-coordinator rotationmesh-worker
  for program in rotationmesh rotationmesh-coordinator rotationmesh-worker; do
    cp "artifacts/$program.cdx.json" "$out/$program-$version.cdx.json"
  done
}

licences() {
  install -m 644 LICENSE "$out/"
  install -m 644 "$dotnet_root/ThirdPartyNotices.txt" "$out/ThirdPartyNotices-dotnet.txt"
}

sbom
licences
tool
single_file linux-x64
single_file linux-arm64
if command -v dpkg-deb >/dev/null; then debian; else say "no dpkg-deb here: no Debian package"; fi
rm -rf "$work"
say "in artifacts/packages:"
ls -l "$out" >&2
