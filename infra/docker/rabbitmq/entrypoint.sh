#!/bin/bash
# Runs the server as its own user, with RABBITMQ_DEFAULT_USER and RABBITMQ_DEFAULT_PASS where they are set.
set -euo pipefail

if [ "${1:-}" != rabbitmq-server ]; then exec "$@"; fi
if [ "$(id -u)" = 0 ]; then
  chown -R rabbitmq: /var/lib/rabbitmq
  exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "$0" "$@"
fi

{
  echo 'loopback_users = none'
  [ -z "${RABBITMQ_DEFAULT_USER:-}" ] || echo "default_user = $RABBITMQ_DEFAULT_USER"
  [ -z "${RABBITMQ_DEFAULT_PASS:-}" ] || echo "default_pass = $RABBITMQ_DEFAULT_PASS"
} >/etc/rabbitmq/conf.d/05-image.conf
unset RABBITMQ_DEFAULT_USER RABBITMQ_DEFAULT_PASS
exec /usr/lib/rabbitmq/bin/rabbitmq-server
