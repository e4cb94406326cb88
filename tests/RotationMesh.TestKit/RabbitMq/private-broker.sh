# A RabbitMQ node for one test run, with its management API and a name service of its own: starts it, says "ready", and
# waits for the end of its standard input, which comes when the test process closes the pipe or is killed. Until then it
# takes the lines "stop", "start", "alarm", "calm" and "impatient". Given in the environment: DIRECTORY, PROGRAM, PORT, MANAGEMENT, DISTRIBUTION, EPMD
# (ports), PASSWORD, RUN_AS (a command prefix or empty), and for TLS: TLS (the port), AUTHORITY, CERTIFICATE, KEY (PEM);
# JUDGE: whom to ask over HTTP about users that the node itself does not know, or empty.
trap : INT TERM HUP
umask 077

finish() {
  for group in $node $names; do kill -KILL "-$group" 2>/dev/null; done
  cd / && rm -rf "$DIRECTORY"
}

give_up() {
  echo "$1"
  tail -n 20 "$DIRECTORY/log"
  finish
  exit 1
}

# Each in a session of its own: a signal then reaches all processes of a node, and of nothing else.
start() {
  : >log
  setsid $RUN_AS env HOME="$DIRECTORY" \
    RABBITMQ_NODENAME="rotationmesh$EPMD@localhost" \
    RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$PORT" RABBITMQ_DIST_PORT="$DISTRIBUTION" \
    ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$EPMD" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
    RABBITMQ_MNESIA_BASE="$DIRECTORY/mnesia" RABBITMQ_LOG_BASE="$DIRECTORY/logs" RABBITMQ_LOGS=- \
    RABBITMQ_PID_FILE="$DIRECTORY/pid" RABBITMQ_ENABLED_PLUGINS_FILE="$DIRECTORY/plugins" \
    RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_CONFIG_FILE="$DIRECTORY/rabbitmq.conf" \
    RABBITMQ_CONFIG_FILES="$DIRECTORY/none" RABBITMQ_GENERATED_CONFIG_DIR="$DIRECTORY/generated" \
    "$PROGRAM" </dev/null >>log 2>&1 &
  node=$!
  # Minutes on a busy machine; a node that has ended is not waited for.
  for _ in $(seq 3000); do
    if grep -q 'Server startup complete' log; then return 0; fi
    kill -0 "$node" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

stop() {
  kill -TERM "-$node"
  for _ in $(seq 150); do
    kill -0 "-$node" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "-$node" 2>/dev/null || true
}

# Asks the running node to do something, as its own user.
tell() {
  $RUN_AS env HOME="$DIRECTORY" ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$EPMD" RABBITMQ_CONF_ENV_FILE=/dev/null \
    "$(dirname "$PROGRAM")/rabbitmqctl" --node "rotationmesh$EPMD@localhost" "$@" </dev/null >>log 2>&1
}

cd "$DIRECTORY" || exit 1
mkdir mnesia logs generated
echo "[rabbitmq_management${JUDGE:+,rabbitmq_auth_backend_http}]." >plugins
cat >rabbitmq.conf <<CONF
management.tcp.ip = 127.0.0.1
management.tcp.port = $MANAGEMENT
default_user = rotationmesh
default_pass = $PASSWORD
CONF
if [ -n "$JUDGE" ]; then
  cat >>rabbitmq.conf <<CONF
auth_backends.1 = internal
auth_backends.2 = http
auth_http.user_path = $JUDGE/user
auth_http.vhost_path = $JUDGE/vhost
auth_http.resource_path = $JUDGE/resource
auth_http.topic_path = $JUDGE/topic
CONF
fi
if [ -n "$TLS" ]; then
  printf '%s\n' "$AUTHORITY" >authority.pem
  printf '%s\n' "$CERTIFICATE" >certificate.pem
  printf '%s\n' "$KEY" >key.pem
  cat >>rabbitmq.conf <<CONF
listeners.ssl.default = 127.0.0.1:$TLS
ssl_options.cacertfile = $DIRECTORY/authority.pem
ssl_options.certfile = $DIRECTORY/certificate.pem
ssl_options.keyfile = $DIRECTORY/key.pem
ssl_options.verify = verify_none
ssl_options.fail_if_no_peer_cert = false
CONF
fi
unset KEY
if [ -n "$RUN_AS" ]; then chown -R rabbitmq "$DIRECTORY" || give_up "no user rabbitmq"; fi

setsid $RUN_AS env HOME="$DIRECTORY" epmd -address 127.0.0.1 -port "$EPMD" </dev/null >/dev/null 2>&1 &
names=$!
start || give_up "the node did not start"
echo ready
while read -r command; do
  case $command in
    stop) stop && echo stopped || echo failed ;;
    start) start && echo ready || echo failed ;;
    alarm) tell set_vm_memory_high_watermark absolute 1 && echo alarmed || echo failed ;;
    impatient)
      tell eval 'application:set_env(rabbit, consumer_timeout, 10000), application:set_env(rabbit, channel_tick_interval, 1000).' \
        && echo impatient || echo failed
      ;;
    calm) tell set_vm_memory_high_watermark 0.9 && echo calmed || echo failed ;;
  esac
done
finish
