# shellcheck shell=bash
# A pooler, which the tests start themselves: it is only installed here.

pgbouncer_package() { echo pgbouncer; }

pgbouncer_installed() { command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ]; }
