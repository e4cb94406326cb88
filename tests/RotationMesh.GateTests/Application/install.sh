#!/usr/bin/env bash
# Installs the packages of the tests' application (package.json) below artifacts/. What is there already stays.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
target="$here/../../../artifacts/test-application"

if ! command -v npm >/dev/null; then
  echo "tests: no npm here, so the tests with BullMQ are skipped (in CI they fail): install nodejs and npm" >&2
  exit 0
fi
mkdir -p "$target"
if ! cmp -s "$here/package.json" "$target/package.json" || [ ! -d "$target/node_modules" ]; then
  rm -rf "$target/node_modules"
  # Without scripts: the native parts of the packages have substitutes in JavaScript.
  npm install --prefix "$target" --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error \
    $(node -p "Object.entries(require('$here/package.json').dependencies).map(([k, v]) => k + '@' + v).join(' ')")
  cp "$here/package.json" "$target/package.json"
fi
