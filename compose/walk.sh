#!/usr/bin/env bash
# Runs every command of README.md in order, as a reader does, and fails at the first that fails or does not print what the page says.
# A command that the page shows without output may print anything. In what is shown, … is any text, and a line of it any lines.
# usage: compose/walk.sh [--skip HEADING]...     leaves sections out; without an engine nothing is run, and the exit code is 77
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
page=README.md
skipped=()
while [ "${1:-}" = --skip ]; do
  grep -qxF "## $2" "$page" || { echo "walk: $page has no section '$2'" >&2; exit 2; }
  skipped+=("$2")
  shift 2
done

# Version 2 of the program where it is there, else version 1.
docker() {
  if [ "${1:-}" = compose ] && ! command docker compose version >/dev/null 2>&1; then
    shift
    command docker-compose "$@"
  else
    command docker "$@"
  fi
}

say() { printf 'walk: %s\n' "$*"; }
is_skipped() {
  local one
  for one in ${skipped[@]+"${skipped[@]}"}; do [ "$one" != "$1" ] || return 0; done
  return 1
}

if is_skipped 'Without a registry' && ! docker info >/dev/null 2>&1; then
  say 'skipped: no engine answers. infra/docker/engine.sh start'
  exit 77
fi

# A project and ports of its own, so that one that runs already is left alone.
export COMPOSE_PROJECT_NAME=rotationmesh-walk
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}
for name in POSTGRES COORDINATOR PROMETHEUS GRAFANA; do export "${name}_PORT=$(free_port)"; done

folder=$(mktemp -d)
finish() {
  COMPOSE_PROFILES=gates,s3,observe docker compose down --volumes --remove-orphans --timeout 5 >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap finish EXIT

# shown EXPECTED PRINTED: whether a command printed what the page says, empty lines at its beginning and end aside.
shown() {
  awk '
    function pattern(text) { gsub(/[][\\.^$*+?(){}|]/, "\\\\&", text); gsub(/…/, ".*", text); return "^" text "$" }
    NR == FNR { expected[++wanted] = $0; next }
    { sub(/[ \r]+$/, ""); printed[++count] = $0 }
    END {
      at = 1
      while (at <= count && printed[at] == "") at++
      while (count >= at && printed[count] == "") count--
      for (i = 1; i <= wanted; i++) {
        if (expected[i] == "…") { any = 1; continue }
        while (any && at <= count && printed[at] !~ pattern(expected[i])) at++
        if (at > count || printed[at] !~ pattern(expected[i])) { print "walk: not printed: " expected[i]; exit 1 }
        at++
        any = 0
      }
      if (!any && at <= count) { print "walk: not in the page: " printed[at]; exit 1 }
    }' "$1" "$2"
}

# One command, in this shell: what it exports is there for the next.
command=
step() {
  [ -n "$command" ] || return 0
  local status=0 started=$SECONDS
  say "\$ $command"
  eval "$command" >"$folder/printed" 2>"$folder/errors" </dev/null || status=$?
  if [ "$status" != 0 ] || { [ -s "$folder/expected" ] && ! shown "$folder/expected" "$folder/printed"; }; then
    tail -n 60 "$folder/printed" "$folder/errors"
    say "failed, with exit code $status: $command"
    exit 1
  fi
  say "  $((SECONDS - started)) s"
  steps=$((steps + 1))
  command=
}

# What a section took, where a command of it was run.
took() {
  if [ "$steps" != "$before" ]; then say "$section: $((SECONDS - begun)) s"; fi
  before=$steps begun=$SECONDS
}

steps=0 before=0 begun=$SECONDS section='' inside=
while IFS= read -r line <&4; do
  case $inside$line in
    '## '*)
      took
      section=${line#'## '}
      if is_skipped "$section"; then say "left out: $section"; else say "$section"; fi
      ;;
    '```console') inside=yes ;;
    'yes```') step; inside= ;;
    'yes$ '*)
      step
      if ! is_skipped "$section"; then command=${line#'$ '}; fi
      : >"$folder/expected"
      ;;
    yes*) printf '%s\n' "$line" >>"$folder/expected" ;;
  esac
done 4<"$page"
took
say "$steps commands did what the page says, in $SECONDS s"
