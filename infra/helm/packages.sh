# shellcheck shell=bash
# What the renderer is made of: Debian's and Ubuntu's packages, each with the folder that it brings.
gocode=/usr/share/gocode

# Prints the packages that are not there, in one line.
lacking_packages() {
  local lacking=()
  command -v go >/dev/null || lacking+=(golang-go)
  [ -d "$gocode/src/github.com/Masterminds/sprig" ] || lacking+=(golang-github-masterminds-sprig-dev)
  [ -d "$gocode/src/github.com/xeipuuv/gojsonschema" ] || lacking+=(golang-github-xeipuuv-gojsonschema-dev)
  [ -d "$gocode/src/sigs.k8s.io/yaml" ] || lacking+=(golang-k8s-sigs-yaml-dev)
  echo "${lacking[*]}"
}
