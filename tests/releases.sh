#!/usr/bin/env bash
# Leaves two more releases of coordinator and worker in artifacts/releases, for the tests of upgrades: "next" differs in its
# version alone, "contract" in the number of the message contract as well. Both are built from these sources. Nothing is
# done where they are up to date. `tests/releases.sh --check` builds nothing, and ends with 0 where they are.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=artifacts/releases
parts=(src Directory.Build.props Directory.Packages.props global.json .editorconfig)
pack() { tar --exclude=bin --exclude=obj --sort=name --mtime=@0 --owner=0 --group=0 --mode=a=rX,u+w -cf - "${parts[@]}"; }

state=$(pack | sha256sum)
is_current() { [ "$(cat "$folder/state" 2>/dev/null)" = "$state" ]; }
if [ "${1:-}" = --check ]; then is_current; exit; fi
if is_current; then exit 0; fi
rm -rf "$folder"
mkdir -p "$folder/source"
pack | tar -xf - -C "$folder/source"

# publish NAME VERSION: that release, from the copy of the sources as it is now. Its lock files name its own version.
publish() {
  for project in Coordinator Worker; do
    dotnet publish "$folder/source/src/RotationMesh.$project" --configuration Release --verbosity quiet \
      --output "$folder/$1" "-p:Version=$2" -p:RestoreLockedMode=false \
      -p:NuGetAudit=false -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -p:GenerateDocumentationFile=false </dev/null
  done
}

publish next 9.1.0
seal=$folder/source/src/RotationMesh.Core/Keys/Seal.cs
sed -i -E 's#"rotationmesh/message/v[0-9]+"#"rotationmesh/message/v9"#' "$seal"
grep -q '"rotationmesh/message/v9"' "$seal"
publish contract 9.2.0
echo "$state" >"$folder/state"
