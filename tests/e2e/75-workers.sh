# A parser that dies or hangs in the middle of a document: the others go on,
# that feed says why it failed, and after three times it is left alone for a day.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

serve
rss small.xml Small a b
{
	echo '<rss version="2.0"><channel><title>Long</title>'
	seq 200000 | sed 's|.*|<item><guid>l&</guid><title>Item \&amp; \&#233; &</title></item>|'
	echo '</channel></rss>'
} >www/long.xml
printf '/long*\n\tfile long.xml\n\tunconditional\n' >routes
start
feedctl add "$base/small.xml" >/dev/null
id=$(feedctl add --no-fetch "$base/long.xml" | cut -f1)

# workers SIGNAL: not to what is still to become one, for which the daemon waits
workers() {
	pkill "-$1" -f -P "$daemon_pid" -- --worker
}
# at_worker SIGNAL: to all of them, again and again, until that look has ended
at_worker() {
	feedctl refresh --force --wait --json "$id" >row 2>/dev/null &
	looking=$!
	while kill -0 $looking 2>/dev/null; do
		workers "$1" 2>/dev/null || :
		sleep 0.01
	done
	wait $looking || :
}
class() {
	feedctl explain --json "$id" | jq -r '.last_error.class // "none"'
}

claim "a parser has its turn behind the daemon, for which clients wait"
nice_of() {
	ps -o ni= "$@" | head -n 1 | tr -d ' '
}
[ "$(nice_of --ppid "$daemon_pid")" -gt "$(nice_of -p "$daemon_pid")" ] || die "it has not"

claim "a parser that is killed is that feed's failure, and tells"
at_worker SEGV
same parser_crash "$(class)"
kill -0 "$daemon_pid" || die "the daemon is gone"
timeout 30 feedctl refresh --force --wait "$base/small.xml" >/dev/null
same 2 "$(feedctl count --all)"

claim "three times, and the feed is left alone for a day, which explain tells"
at_worker SEGV
same null "$(feedctl explain --json "$id" | jq .hold)"
at_worker SEGV
wait_s=$(feedctl explain --json "$id" | jq '(.next_at | fromdate) - now')
[ "${wait_s%.*}" -ge 80000 ] || die "it is looked at again in $wait_s s"
same 'hold true it ended the parser 3 times' "$(feedctl explain --json "$id" | jq -r '
	"\(.reason) \(.hold.until <= .next_at) \(.hold.reason)"')"
has "$(feedctl explain --format table "$id")" 'next look.*, because it ended the parser 3 times'
timeout 60 feedctl refresh --force --wait "$base/small.xml" >/dev/null

claim "a parser that hangs is ended after its time"
id=$(feedctl add --no-fetch "$base/long2.xml" | cut -f1)
at_worker STOP
same parser_hang "$(class)"
timeout 60 feedctl refresh --force --wait "$base/small.xml" >/dev/null
same 2 "$(feedctl count --all)"

claim "parsers that are stopped while they have nothing to do cost no feed"
few=
for n in 1 2 3 4 5 6; do
	rss "few$n.xml" "Few $n" "few$n"
	few="$few $(feedctl add --no-fetch "$base/few$n.xml" | cut -f1)"
done
# shellcheck disable=SC2086
feedctl refresh --force --wait $few >/dev/null
for n in 1 2 3 4 5 6; do rss "few$n.xml" "Few $n" "few$n" "more$n"; done
until_true workers STOP
# shellcheck disable=SC2086
feedctl refresh --force --wait $few >row
same "new 1" "$(cut -f2,3 row | tr '\t' ' ' | sort -u)" "$(cat row)"

claim "and keeps nobody waiting, on a machine of one core neither"
stop
if command -v taskset >/dev/null; then
	taskset -cp "$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')" $$ >/dev/null
	start
	id=$(feedctl add --no-fetch "$base/long3.xml" | cut -f1)
	feedctl refresh --force --wait "$id" >/dev/null 2>&1 &
	looking=$!
	until_true workers STOP
	timeout 5 feedctl refresh --force --wait "$base/small.xml" >/dev/null ||
		die "others wait for a parser that hangs"
	workers KILL
	wait $looking || :
	stop
fi
same ok "$(sqlite3 data/feedd.db 'pragma integrity_check')"
