# shellcheck shell=bash
# Where a server comes from: installed binaries, else a Docker engine, else the distribution's package.
: "${run_dir:?is set by services.sh}"

docker_answers() {
  command -v docker >/dev/null && docker info >/dev/null 2>&1
}

# Prints native or docker, or nothing if neither is there.
provider() {
  if "$1_installed"; then
    echo native
  elif declare -F "$1_container" >/dev/null && docker_answers; then
    echo docker
  fi
}

# Makes sure that a provider is there.
provide() {
  local service=$1
  [ -z "$(provider "$service")" ] || return 0
  if is_root && command -v apt-get >/dev/null; then
    say "installing $("${service}_package")"
    install_package "$service" || fail "apt-get could not install $("${service}_package"); see $run_dir/apt.log"
  fi
  [ -n "$(provider "$service")" ] \
    || fail "no $service here: install it (Debian and Ubuntu: apt-get install $("${service}_package")) or start Docker"
}

# The distribution would start its own server right after the installation; a policy forbids that for as long as it takes.
install_package() {
  local service=$1 policy=/usr/sbin/policy-rc.d written= packages
  read -ra packages <<<"$("${service}_package")"
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    written=yes
  fi
  local status=0
  {
    apt_get update \
      && { ! declare -F "${service}_before_install" >/dev/null || "${service}_before_install"; } \
      && apt_get install -y --no-install-recommends "${packages[@]}"
  } >"$run_dir/apt.log" 2>&1 || status=$?
  [ -z "$written" ] || rm -f "$policy"
  return "$status"
}

apt_get() { DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 "$@" </dev/null 9>&-; }
