# shellcheck shell=bash
# Redis, in memory only.

redis_package() { echo redis-server; }

redis_installed() { command -v redis-server >/dev/null; }

redis_start() {
  local dir=$1 user
  user=$(service_user redis)
  (umask 077; cat >"$dir/redis.conf") <<EOF
bind 127.0.0.1
port $(state redis port)
dir $dir
save ""
appendonly no
requirepass $(state redis password)
EOF
  if is_root; then chown "$user" "$dir/redis.conf"; fi
  detached "$dir" "$user" redis-server "$dir/redis.conf"
}

redis_port() { port redis port 6379; }

# PING without a password is answered by NOAUTH: enough to know that it listens and thinks.
redis_ready() {
  local answer
  answer=$(
    exec 3<>"/dev/tcp/127.0.0.1/$(redis_port)" && printf 'PING\r\n' >&3 && IFS= read -r -t 2 line <&3 && echo "$line"
  ) 2>/dev/null || return 1
  [[ $answer == *NOAUTH* || $answer == *PONG* ]]
}

redis_stop() { signal_own_processes TERM "$1"; }

redis_container() {
  # The server reads its configuration from standard input, and a container in the background has none: hence the shell.
  REDIS_PASSWORD=$(state redis password) docker run --detach --name "$1" --publish 127.0.0.1::6379 --env REDIS_PASSWORD \
    "${ROTATIONMESH_TEST_REDIS_IMAGE:-redis:7}" \
    sh -c 'printf "save \"\"\nrequirepass %s\n" "$REDIS_PASSWORD" | exec redis-server -'
}

redis_container_ready() { redis_ready; }

redis_env() { echo "export ROTATIONMESH_REDIS='redis://default:$(state redis password)@127.0.0.1:$(redis_port)/0'"; }
