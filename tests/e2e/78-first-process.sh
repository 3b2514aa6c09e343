# As the first process of a container: it takes leave of processes whose parents have
# gone, which nobody else does there, and ends as it does anywhere.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

unshare -Urpf --mount-proc true 2>/dev/null || skip "no processes of our own here"
cat >container <<'END_OF_SCRIPT'
#!/bin/sh
# (Its children before it becomes feedd: somebody else's, for feedd.  One ends before.)
(sleep 0.1 &)
sleep 0.1 &
exec python3 -c 'import os, sys
os.fork() or os._exit(0)
os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
os.execv(sys.argv[1], sys.argv[1:])' "$BUILD_DIR/feedd" "$@"
END_OF_SCRIPT
chmod +x container
feedd() {
	exec unshare -Urpf --mount-proc "$work/container" "$@"
}

rss a.xml A a b
start
feedctl add push:a >/dev/null
first=$(pgrep -P "$daemon_pid")

claim "what ends there is waited for"
alone() {
	[ "$(pgrep -P "$first" | wc -l)" = 1 ]
}
until_true alone
feedctl push a <www/a.xml
same 2 "$(feedctl count)"

claim "signals are handed on, and its end is the daemon's"
kill -HUP "$first"
until_true grep -q 'no configuration file was read' daemon.log
kill -TERM "$first"
wait "$daemon_pid" || die "it ended with $?"
daemon_pid=
grep -q 'feedd: ended$' daemon.log || die "the daemon was not told"
code=0
(feedd --data-dir /proc/none 2>words) || code=$?
same 78 "$code"

claim "its end is heard where whoever started it ignores the end of children"
code=0
timeout -s KILL 20 unshare -Urpf --kill-child --mount-proc env --ignore-signal=CHLD \
	"$BUILD_DIR/feedd" --data-dir /proc/none 2>words || code=$?
same 78 "$code"
