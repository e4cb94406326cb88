#!/usr/bin/env bash
# summary.sh FOLDER: a line for each test that failed, from the .log files in the folder, and for each run that failed by
# itself (they are named in the file "broken"), then "N passed, N failed, N skipped" from the counters of its .trx files.
# Fails if anything failed or nothing ran.
set -euo pipefail

# The name, and the beginning of what the test said: enough to know it where only the end of the output is kept.
find "$1" -name '*.log' -exec awk '
  function say() { if (test != "") print substr("failed: " project ": " test ":" said, 1, 900); test = said = "" }
  FNR == 1 { say(); project = FILENAME; gsub(/^.*\/|\.log$/, "", project) }
  /^  Failed [^ ]/ { say(); test = $0; sub(/^  Failed /, "", test); sub(/ \[[^][]*\]$/, "", test); next }
  /^  (Stack Trace|Standard Output|Passed|Skipped)/ { say() }
  test != "" && !/^  Error Message:/ { gsub(/^ +/, ""); said = said " " $0 }
  END { say() }' {} +

# A run that failed although no test did, such as by what comes after the last one: the beginning of what it said.
while read -r name; do
  log=$1/$name.log
  if grep -q '^  Failed [^ ]' "$log"; then continue; fi
  awk -v name="$name" '
    /^(VSTest version|Starting test|A total of|Results File|Passed! |.* s of processor time)/ || /^ *$/ { next }
    { gsub(/^ +/, ""); said = said " " $0 }
    END { print substr("failed: " name ": no test, but the run:" said, 1, 2000) }' "$log"
done < <(cat "$1/broken" 2>/dev/null)

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
