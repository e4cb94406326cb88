#!/usr/bin/env bash
# publish.sh PROJECT PROGRAM: leaves artifacts/PROGRAM, a link to the published program, which needs the .NET runtime.
# publish.sh --restore PROJECT...: fetches the packages for that alone.
# SOURCE_REVISION is the commit where there is no git to ask.
# It is compiled ahead of time for this machine where the compiler can be had: commands start in about half the time.
# Code of the framework that is generic over our own types is compiled as well (most of what an async method needs): it
# would be compiled at each start otherwise, 4,000 methods of a rotation's 9,700.
# What the programs have in common is compiled once, for the first of them.
# Where it can't be had, a slower program takes its place. Not where CI is set, as in a build of the images: there the same sources give
# the same program or none.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The runtime identifier of this machine, without the distribution's name in it.
platform() {
  local system cpu
  case $(uname -s) in Darwin) system=osx ;; *) system=linux ;; esac
  case $(uname -m) in arm64 | aarch64) cpu=arm64 ;; *) cpu=x64 ;; esac
  if [ "$system" = linux ] && ldd --version 2>&1 | grep -qi musl; then system=linux-musl; fi
  echo "$system-$cpu"
}

if [ "$1" = --restore ]; then
  shift
  for project; do
    dotnet restore "src/$project" --verbosity quiet -p:RuntimeIdentifier="$(platform)" -p:SelfContained=false \
      -p:PublishReadyToRun=true </dev/null || {
      echo "publish: the packages of $project can't be had, for the errors above" >&2
      [ -z "${CI:-}" ] || exit 1
    }
  done
  exit
fi

project=$1 program=$2
publish() {
  dotnet publish "src/$project" --configuration Release --output "artifacts/$program.d" \
    --verbosity quiet ${SOURCE_REVISION:+"-p:SourceRevisionId=$SOURCE_REVISION"} "$@" </dev/null
}

# The SDK leaves compiled code in a folder of the project; it compiles again what is newer than that.
share_compiled_code() {
  local own=src/$project/obj/Release/$(platform) shared=artifacts/compiled/$(platform)
  mkdir -p "$own" "$shared"
  rm -rf "$own/R2R"
  ln -s "$PWD/$shared" "$own/R2R"
}

rm -rf "artifacts/$program.d" "artifacts/$program"
share_compiled_code
if ! publish --runtime "$(platform)" --self-contained false -p:PublishReadyToRun=true \
  -p:PublishReadyToRunCrossgen2ExtraArgs='--opt-cross-module:*'; then
  if [ -n "${CI:-}" ]; then
    echo "publish: $program can't be compiled ahead of time, for the errors above; CI is set, so no slower one takes its place" >&2
    exit 1
  fi
  echo "publish: not compiled ahead of time, for the errors above; commands take longer to start" >&2
  publish
fi
ln -s "$program.d/$program" "artifacts/$program"
