#!/usr/bin/env bash
# Prints what the chart makes of values: infra/helm/render.sh [--values FILE]... [--release NAME] [--namespace NAME] [--notes]
# It is not Helm: render/README.md. Exit code 3 where what it is built with is not installed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=packages.sh
. "$here/packages.sh"
built="$here/../../artifacts/helm"

lacking=$(lacking_packages)
if [ -n "$lacking" ]; then
  echo "helm: to render the chart install $lacking (infra/helm/install.sh)" >&2
  exit 3
fi

# Built where it is older than its sources; two that start at once take turns.
build() {
  if [ -x "$built/render" ] && [ -z "$(find "$here/render" -newer "$built/render" -print -quit)" ]; then return; fi
  (cd "$here/render" && env GO111MODULE=off GOPATH="$gocode" GOFLAGS= GOCACHE="$PWD/../../../artifacts/helm/go" CGO_ENABLED=0 \
    go build -trimpath -o "$built/render.new" .)
  mv "$built/render.new" "$built/render"
}
mkdir -p "$built"
{ flock 9; build; } 9>"$built/lock"

exec "$built/render" --chart "$here/rotationmesh" "$@"
