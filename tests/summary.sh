#!/usr/bin/env bash
# summary.sh FOLDER: one line, "N passed, N failed, N skipped", from the counters of the .trx files in the folder.
# Fails if anything failed or nothing ran.
set -euo pipefail

# A run that ended before its time leaves a file without counters, or none: `dotnet test` fails then. Skipped tests are
# those that have no counter of their own.
find "$1" -name '*.trx' -exec grep -ho '<Counters [^>]*>' {} + | awk '
  function counter(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0 : 0 }
  {
    passed += counter("passed")
    failed += counter("failed") + counter("error") + counter("timeout") + counter("aborted")
    total += counter("total")
  }
  END {
    printf "%d passed, %d failed, %d skipped\n", passed, failed, total - passed - failed
    exit failed > 0 || passed == 0
  }'
