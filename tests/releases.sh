#!/usr/bin/env bash
# Leaves two more releases of coordinator and worker in artifacts/releases, for the tests of upgrades: "next" differs in the
# version that it tells alone, "contract" in the number of the message contract as well. Both are what these sources give,
# but for the one or two assemblies that say so: building everything twice would take minutes. Nothing is done where they are
# up to date. `tests/releases.sh --check` builds nothing, and ends with 0 where they are.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$PWD/artifacts/releases
parts=(tests/releases.sh src Directory.Build.props Directory.Packages.props global.json .editorconfig)
pack() { tar --exclude=bin --exclude=obj --sort=name --mtime=@0 --owner=0 --group=0 --mode=a=rX,u+w -cf - "${parts[@]}"; }

state=$(pack | sha256sum)
is_current() { [ "$(cat "$folder/state" 2>/dev/null)" = "$state" ]; }
if [ "${1:-}" = --check ]; then is_current; exit; fi
if is_current; then exit 0; fi
rm -rf "$folder"
mkdir -p "$folder/source"
pack | tar -xf - -C "$folder/source"

compile() { dotnet build "$@" --configuration Release --verbosity quiet </dev/null; }
for program in Coordinator Worker; do compile "src/RotationMesh.$program"; done

# release NAME VERSION: the programs as they were built, with the assembly by which they tell their version.
release() {
  mkdir "$folder/$1"
  for program in Coordinator Worker; do
    find "src/RotationMesh.$program/bin/Release" -maxdepth 1 -type f -exec cp -t "$folder/$1" {} +
  done
  compile src/RotationMesh.Working --no-restore -target:Compile -p:BuildProjectReferences=false "-p:Version=$2" \
    -p:CompileUsingReferenceAssemblies=false "-p:IntermediateOutputPath=$folder/obj/$1/"
  cp "$folder/obj/$1/RotationMesh.Working.dll" "$folder/$1"
}

release next 9.1.0
release contract 9.2.0
core=$folder/source/src/RotationMesh.Core
sed -i -E 's#"rotationmesh/message/v[0-9]+"#"rotationmesh/message/v9"#' "$core/Keys/Seal.cs"
grep -q '"rotationmesh/message/v9"' "$core/Keys/Seal.cs"
compile "$core" "-p:OutDir=$folder/out/core/"
cp "$folder/out/core/RotationMesh.Core.dll" "$folder/contract"
echo "$state" >"$folder/state"
