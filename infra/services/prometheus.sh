# shellcheck shell=bash
# promtool, by which the tests judge the alerts: it is only installed here.

prometheus_package() { echo prometheus; }

prometheus_installed() { command -v promtool >/dev/null; }
