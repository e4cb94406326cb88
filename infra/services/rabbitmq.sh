# shellcheck shell=bash
# RabbitMQ with its management API, and an epmd of its own: the node's name service outlives the node.

rabbitmq_package() { echo rabbitmq-server; }

# The program itself: the one in /usr/sbin is a wrapper that insists on the packaged user and folders.
rabbitmq_program() {
  local candidate
  for candidate in /usr/lib/rabbitmq/bin/rabbitmq-server "$(command -v rabbitmq-server || true)"; do
    if [ -n "$candidate" ] && [ -x "$candidate" ]; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

rabbitmq_installed() { rabbitmq_program >/dev/null && command -v epmd >/dev/null; }

rabbitmq_start() {
  local dir=$1 user epmd_port
  user=$(service_user rabbitmq)
  epmd_port=$(free_port)
  write_state rabbitmq management "$(free_port)"
  mkdir -p "$dir/mnesia" "$dir/logs" "$dir/generated"
  echo '[rabbitmq_management].' >"$dir/plugins"
  (umask 077; cat >"$dir/rabbitmq.conf") <<EOF
management.tcp.ip = 127.0.0.1
management.tcp.port = $(state rabbitmq management)
default_user = rotationmesh
default_pass = $(state rabbitmq password)
EOF
  if is_root; then chown -R "$user" "$dir"; fi
  detached "$dir" "$user" epmd -address 127.0.0.1 -port "$epmd_port"
  detached "$dir" "$user" env \
    RABBITMQ_NODENAME="rotationmesh$epmd_port@localhost" \
    RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$(state rabbitmq port)" RABBITMQ_DIST_PORT="$(free_port)" \
    ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$epmd_port" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
    RABBITMQ_MNESIA_BASE="$dir/mnesia" RABBITMQ_LOG_BASE="$dir/logs" RABBITMQ_LOGS=- RABBITMQ_PID_FILE="$dir/pid" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$dir/plugins" RABBITMQ_CONF_ENV_FILE=/dev/null \
    RABBITMQ_CONFIG_FILE="$dir/rabbitmq.conf" RABBITMQ_CONFIG_FILES="$dir/none" RABBITMQ_GENERATED_CONFIG_DIR="$dir/generated" \
    "$(rabbitmq_program)"
}

rabbitmq_port() { port rabbitmq port 5672; }
rabbitmq_management_port() { port rabbitmq management 15672; }

# The port opens before the node is ready, and the log outlives the node.
rabbitmq_ready() {
  grep -q 'Server startup complete' "$(state rabbitmq dir)/log" 2>/dev/null && listens "$(rabbitmq_port)"
}

# The node's end is not worth waiting for: its data goes with it.
rabbitmq_stop() { signal_own_processes KILL "$1"; }

rabbitmq_container() {
  RABBITMQ_DEFAULT_PASS=$(state rabbitmq password) docker run --detach --name "$1" \
    --publish 127.0.0.1::5672 --publish 127.0.0.1::15672 --env RABBITMQ_DEFAULT_USER=rotationmesh --env RABBITMQ_DEFAULT_PASS \
    "${ROTATIONMESH_TEST_RABBITMQ_IMAGE:-rabbitmq:4-management}"
}

rabbitmq_container_ready() { docker logs "$1" 2>&1 | grep -q 'Server startup complete'; }

rabbitmq_env() {
  echo "export ROTATIONMESH_RABBITMQ='amqp://rotationmesh:$(state rabbitmq password)@127.0.0.1:$(rabbitmq_port)/'"
  echo "export ROTATIONMESH_RABBITMQ_MANAGEMENT='http://127.0.0.1:$(rabbitmq_management_port)'"
}
