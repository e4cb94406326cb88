#!/usr/bin/env bash
# Renders the chart with each file of values in rotationmesh/ci, and leaves what it came to in artifacts/helm. It installs nothing.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
out="$here/../../artifacts/helm"
mkdir -p "$out"

for file in "$here"/rotationmesh/ci/*.yaml; do
  name=$(basename "$file" .yaml)
  "$here/render.sh" --values "$file" >"$out/$name.yaml"
  "$here/render.sh" --values "$file" --notes >"$out/$name.txt"
  printf '%-12s %s objects\n' "$name" "$(grep -c '^kind: ' "$out/$name.yaml")"
done
