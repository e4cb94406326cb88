#!/bin/bash
# Runs the server as its own user, with RABBITMQ_DEFAULT_USER and RABBITMQ_DEFAULT_PASS where they are set.
set -euo pipefail

if [ "${1:-}" != rabbitmq-server ]; then exec "$@"; fi
if [ "$(id -u)" = 0 ]; then
  chown -R rabbitmq: /var/lib/rabbitmq
  exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "$0" "$@"
fi

# Without a user of its own it has nothing to write, and runs on a read-only file system.
if [ -n "${RABBITMQ_DEFAULT_USER:-}" ]; then
  printf '%s\n' "default_user = $RABBITMQ_DEFAULT_USER" "default_pass = ${RABBITMQ_DEFAULT_PASS:?is not set}" \
    >/etc/rabbitmq/conf.d/20-user.conf
fi
unset RABBITMQ_DEFAULT_USER RABBITMQ_DEFAULT_PASS
exec /usr/lib/rabbitmq/bin/rabbitmq-server
