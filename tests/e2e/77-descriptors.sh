# Sixty-four descriptors, and more servers than that which take their time:
# transfers wait for each other, the socket answers, and no feed is blamed.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

serve
rss feed.xml Feed a b
printf '/slow/*\n\tfile feed.xml\n\tdelay 1s\n' >routes
ulimit -n 64
start
for n in $(seq 80); do echo "$base/slow/$n"; done >urls
feedctl import urls >/dev/null
feedctl refresh --force >/dev/null 2>&1 || :

claim "the socket answers while transfers use what they may have"
under_way() {
	[ "$(wc -l <requests.log)" -ge 8 ]
}
until_true under_way
for n in $(seq 10); do
	timeout 5 feedctl count --all >/dev/null || die "feedctl was not served"
	[ "$(ls "/proc/$daemon_pid/fd" | wc -l)" -lt 64 ] || die "no descriptor is left"
done

claim "all are fetched in the end, and none is said to fail"
all_there() {
	[ "$(feedctl count --all)" -eq 160 ]
}
until_true all_there
same 0 "$(feedctl status --json | jq .failing)"
stop
same ok "$(sqlite3 data/feedd.db 'pragma integrity_check')"

claim "without the standard ones none of its own takes their place"
fails 74 sh -c 'feedd --version >&-'
feedd --data-dir "$work/data" --set fetch.allow=127.0.0.0/8 --set poll.start-delay=0s \
	--set poll.avoid-hot=no <&- >&- 2>&- &
daemon_pid=$!
until_true feedctl status
for fd in 0 1 2; do same /dev/null "$(readlink "/proc/$daemon_pid/fd/$fd")"; done
feedctl add "$base/feed.xml" >/dev/null
same 162 "$(feedctl count --all)"
stop

command -v python3 >/dev/null || exit 0
claim "clients that took the last one keep others waiting, and nothing from ending"
ulimit -n 40
start
python3 - "$XDG_RUNTIME_DIR/feedd/feedd.sock" <<'CLIENTS' &
import socket, sys, time
clients = []
for _ in range(32):
    clients.append(socket.socket(socket.AF_UNIX))
    clients[-1].connect(sys.argv[1])
time.sleep(60)
CLIENTS
clients=$!
until_true grep -q 'too many open files' daemon.log
kill $clients
until_true feedctl count
python3 - "$XDG_RUNTIME_DIR/feedd/feedd.sock" <<'CLIENTS' &
import socket, sys, time
clients = [socket.socket(socket.AF_UNIX) for _ in range(32)]
for client in clients:
    client.connect(sys.argv[1])
time.sleep(60)
CLIENTS
clients=$!
told_twice() {
	[ "$(grep -c 'too many open files' daemon.log)" -eq 2 ]
}
until_true told_twice
kill -TERM "$daemon_pid"
timeout 10 tail --pid="$daemon_pid" -f /dev/null || die "it does not end"
wait "$daemon_pid" || die "feedd ended with $?"
daemon_pid=
kill $clients

claim "too few to read a single feed are no start"
fails 71 sh -c 'ulimit -n 24; exec feedd --data-dir few'
has "$err" 'no more than 24 files may be open at once, and 40 are needed: see ulimit -n'
[ ! -e few ] || die "it has begun"
