#!/usr/bin/env bash
# Installs what renders the chart: Go, and libraries of Go, from the distribution's packages. What is there already stays.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=packages.sh
. "$here/packages.sh"

lacking=$(lacking_packages)
[ -n "$lacking" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "helm: the tests of the chart are skipped (in CI they fail): install $lacking" >&2
  exit 0
fi
echo "helm: installing $lacking" >&2
export DEBIAN_FRONTEND=noninteractive
mkdir -p "$here/../../artifacts/helm"
log="$here/../../artifacts/helm/apt.log"
# shellcheck disable=SC2086
{ apt-get -o DPkg::Lock::Timeout=120 update \
  && apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends $lacking; } </dev/null >"$log" 2>&1 \
  || { echo "helm: apt-get could not install $lacking; see $log" >&2; exit 1; }
