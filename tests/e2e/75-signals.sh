# Whoever starts feedd may have kept signals from itself, and programs inherit that:
# feedd hears them all the same, those of a time when it was not ready yet, too; and
# feedctl that of a closed pipe, and how a hook has ended.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

env --block-signal true 2>/dev/null || skip "this env keeps no signals back"
mkdir deaf
cat >deaf/feedd <<'END_OF_SCRIPT'
#!/bin/sh
kill -HUP $$
exec "$BUILD_DIR/feedd" "$@"
END_OF_SCRIPT
cat >deaf/starter <<'END_OF_SCRIPT'
#!/bin/sh
PATH=${0%/*}:$PATH exec env --block-signal feedd "$@"
END_OF_SCRIPT
chmod +x deaf/feedd deaf/starter
feedd() {
	exec "$work/deaf/starter" "$@"
}

rss mail.xml Mail a b
start
feedctl add push:mail >/dev/null

claim "a reload that was asked for before it was ready is done"
until_true grep -q 'no configuration file was read' daemon.log

claim "the end of a parser is heard"
feedctl push mail <www/mail.xml
pkill -9 -P "$daemon_pid"
rss mail.xml Mail a b c
timeout 60 feedctl push mail <www/mail.xml
same 3 "$(feedctl count)"

claim "a closed pipe ends feedctl"
mkfifo go
{
	read -r _ <go
	code=0
	env --block-signal feedctl feeds || code=$?
	echo "$code" >code
} | {
	exec <&-
	echo >go
}
same 141 "$(cat code)"

claim "a closed socket ends one that follows, though it has nothing to write"
if command -v socat >/dev/null; then
	cat >follow <<'END_OF_SCRIPT'
#!/bin/sh
code=0
timeout 60 feedctl watch --cursor-file follows || code=$?
echo "$code" >followed
END_OF_SCRIPT
	chmod +x follow
	socat -u EXEC:./follow - >/dev/null &
	reader=$!
	until_true test -s follows
	kill -9 "$reader"
	wait "$reader" || :
	until_true test -s followed
	same 141 "$(cat followed)"
else
	echo "no socat here: a closed socket was not tried"
fi

claim "a hook that fails is known to, where the end of children is ignored"
feedctl watch --no-follow --cursor-file cursor
before=$(cat cursor)
rss mail.xml Mail a b c d
feedctl push mail <www/mail.xml
fails 1 env --ignore-signal=CHLD feedctl watch --no-follow --cursor-file cursor --exec false
same "$before" "$(cat cursor)"

claim "it ends when it is told to"
kill -TERM "$daemon_pid"
timeout 20 tail --pid="$daemon_pid" -f /dev/null || die "it does not end"
wait "$daemon_pid" || die "feedd ended with $?"
daemon_pid=
