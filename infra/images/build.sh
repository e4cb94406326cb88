#!/usr/bin/env bash
# Builds the images of the three programs, labelled with commit and version: rotationmesh-coordinator, rotationmesh-worker and
# rotationmesh. REGISTRY=registry.example.com/platform goes before their names; SDK_IMAGE and RUNTIME_IMAGE name other base images.
# TARGETS=worker builds that one alone. Arguments go to `docker build`. It ends with the digest of each image, which has the time of its
# build in it, and of the layer with the program, which has not.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
revision=$(git rev-parse HEAD)
# What is not in the commit must not pass for it.
[ -z "$(git status --porcelain -- src infra/publish.sh infra/sbom.sh 'Directory.*' global.json .config)" ] || revision=$revision-changed

arguments=(--build-arg "REVISION=$revision" --build-arg "VERSION=$version")
for name in SDK_IMAGE RUNTIME_IMAGE; do
  if [ -n "${!name:-}" ]; then arguments+=(--build-arg "$name=${!name}"); fi
done
if [ -n "${BUILD_NETWORK:-}" ]; then arguments+=(--network "$BUILD_NETWORK"); fi

images=()
for target in ${TARGETS:-coordinator worker cli}; do
  image=${REGISTRY:+$REGISTRY/}rotationmesh-$target
  [ "$target" != cli ] || image=${REGISTRY:+$REGISTRY/}rotationmesh
  docker build --file infra/images/Dockerfile --target "$target" "${arguments[@]}" --tag "$image:$version" --tag "$image:latest" "$@" .
  images+=("$image:$version")
done
for image in "${images[@]}"; do
  layer=$(docker image inspect --format '{{range .RootFS.Layers}}{{println .}}{{end}}' "$image" | grep . | tail -n 1)
  docker image inspect --format "$image {{.Id}} program $layer" "$image"
done
