#!/usr/bin/env bash
# sbom.sh PROGRAM...: leaves artifacts/PROGRAM.cdx.json, what each program is made of: its NuGet packages with their versions,
# licences and hashes, as CycloneDX JSON. The .NET runtime is not in it. The same sources give the same file.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)

project_of() {
  case $1 in
    rotationmesh) echo RotationMesh.Cli ;;
    rotationmesh-coordinator) echo RotationMesh.Coordinator ;;
    rotationmesh-worker) echo RotationMesh.Worker ;;
    *) echo "sbom: no program is called $1" >&2; return 1 ;;
  esac
}

mkdir -p artifacts
dotnet tool restore >/dev/null </dev/null
for program; do
  project=$(project_of "$program")
  dotnet restore "src/$project" --verbosity quiet </dev/null
  # From this project alone: what the runtime brings along is left out there, and not in the libraries it refers to.
  dotnet tool run dotnet-CycloneDX "src/$project/$project.csproj" --disable-package-restore --no-serial-number \
    --output-format Json --output artifacts --filename "$program.cdx.json" --set-name "$program" --set-version "$version" \
    </dev/null >/dev/null
  sed -i '/^ *"timestamp": /d' "artifacts/$program.cdx.json"
done
