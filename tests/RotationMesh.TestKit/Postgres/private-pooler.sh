# A pgbouncer for one test: starts it before a server, says "ready", and ends it at the end of its standard input, as
# private-server.sh does. Given in the environment: DIRECTORY, PORT, SERVER (host, port, user and password in pgbouncer's own
# form), MODE, SIZE, RUN_AS (a command prefix or empty).
trap : INT TERM HUP
umask 077
PATH=$PATH:/usr/sbin

give_up() {
  echo "$1"
  tail -n 20 "$DIRECTORY/log" 2>/dev/null
  cd / && rm -rf "$DIRECTORY"
  exit 1
}

cd "$DIRECTORY" || exit 1
: >log
cat >pgbouncer.ini <<EOF
[databases]
* = $SERVER
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $PORT
unix_socket_dir =
auth_type = any
pool_mode = $MODE
default_pool_size = $SIZE
ignore_startup_parameters = extra_float_digits,search_path
logfile = $DIRECTORY/log
EOF
if [ -n "$RUN_AS" ]; then chown -R postgres "$DIRECTORY" || give_up "no user postgres"; fi

$RUN_AS pgbouncer -q pgbouncer.ini </dev/null >/dev/null 2>>log &
pooler=$!
until grep -q "listening on 127.0.0.1:$PORT" log; do
  kill -0 "$pooler" 2>/dev/null || give_up "pgbouncer did not start"
  sleep 0.05
done
echo ready
while read -r _; do :; done
kill -9 "$pooler" 2>/dev/null
wait
cd / && rm -rf "$DIRECTORY"
