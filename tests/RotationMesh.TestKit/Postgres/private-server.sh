# A PostgreSQL server for one test run: initialises it, starts it, says "ready", and waits for the end of its standard
# input. That end comes when the test process closes the pipe, and also when the test process is killed, so no server and
# no folder outlive the tests. Until then it takes the lines "stop" (at once, as a crash would), "kill" (every process by
# SIGKILL) and "start". Given in the
# environment: DIRECTORY, BIN, PORT, PASSWORD, RUN_AS (a command prefix or empty), SYNCHRONOUS_COMMIT, SETTINGS (more lines
# of its configuration), PRIMARY (whom to follow as a standby; empty for a server of its own).
trap : INT TERM HUP
umask 077

finish() {
  $RUN_AS "$BIN/pg_ctl" --pgdata="$DIRECTORY/data" --mode=immediate -w stop >/dev/null 2>&1
  cd / && rm -rf "$DIRECTORY"
}

give_up() {
  echo "$1"
  tail -n 20 "$DIRECTORY/log"
  finish
  exit 1
}

cd "$DIRECTORY" || exit 1
printf '%s' "$PASSWORD" >password
: >log
if [ -n "$RUN_AS" ]; then chown -R postgres "$DIRECTORY" || give_up "no user postgres"; fi

if [ -n "$PRIMARY" ]; then
  $RUN_AS "$BIN/pg_basebackup" --pgdata="$DIRECTORY/data" --dbname="$PRIMARY" --write-recovery-conf --checkpoint=fast \
    --wal-method=stream --no-sync </dev/null >>log 2>&1 || give_up "pg_basebackup failed"
else
  $RUN_AS "$BIN/initdb" --pgdata="$DIRECTORY/data" --username=rotationmesh --pwfile="$DIRECTORY/password" \
    --auth=md5 --encoding=UTF8 --locale=C --no-sync </dev/null >>log 2>&1 || give_up "initdb failed"
fi
rm -f password

# A crash of the machine is not what these tests are about, and one of the server only where SYNCHRONOUS_COMMIT is on.
cat >>data/postgresql.conf <<EOF
listen_addresses = '127.0.0.1'
port = $PORT
unix_socket_directories = ''
fsync = off
full_page_writes = off
synchronous_commit = $SYNCHRONOUS_COMMIT
max_connections = 300
max_prepared_transactions = 64
shared_buffers = 256MB
max_wal_size = 256MB
jit = off
$SETTINGS
EOF

start() { $RUN_AS "$BIN/pg_ctl" --pgdata="$DIRECTORY/data" --log="$DIRECTORY/log" --timeout=60 -w start </dev/null >/dev/null 2>&1; }

start || give_up "the server did not start"
echo ready
while read -r command; do
  case $command in
    stop) $RUN_AS "$BIN/pg_ctl" --pgdata="$DIRECTORY/data" --mode=immediate -w stop </dev/null >/dev/null 2>&1 && echo stopped || echo failed ;;
    kill)
      postmaster=$(head -n 1 data/postmaster.pid)
      processes="$postmaster $(ps -o pid= --ppid "$postmaster")"
      kill -9 $processes
      # Dead ones that nobody has collected are gone as far as the data is concerned.
      for process in $processes; do
        while grep -q '^State:.[^ZX]' "/proc/$process/status" 2>/dev/null; do sleep 0.05; done
      done
      rm -f data/postmaster.pid
      echo killed ;;
    start) start && echo ready || echo failed ;;
  esac
done
finish
