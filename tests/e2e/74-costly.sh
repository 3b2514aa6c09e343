# Questions that take minutes: a pattern that is slow with each text, on thousands of
# them.  Others are answered meanwhile, and who gives up leaves no thread at work.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

served() {
	timeout 10 feedctl status >/dev/null || die "others are not served any more"
}
slow='content =~ "^.*[a-d].{300}z"'
kb() {
	awk '/^VmHWM/ { print $2 }' "/proc/$daemon_pid/status"
}
ask() {
	feedctl count --all --where "$slow" >/dev/null 2>&1 &
	asking="${asking:-} $!"
}
# Threads that work, or would if there were processors for all.
busy() {
	[ "$(grep -l '^State:.R' /proc/"$daemon_pid"/task/*/status | wc -l)" -ge 3 ]
}
give_up() {
	# shellcheck disable=SC2086
	kill $asking
	# shellcheck disable=SC2086
	wait $asking 2>/dev/null || :
	asking=
}

start
feedctl add push:texts >/dev/null
awk 'BEGIN { srand(1)
	print "<rss version=\"2.0\"><channel><title>Texts</title><link>https://t.example/</link>"
	for (i = 0; i < 4000; i++) {
		text = ""
		for (k = 0; k < 600; k++)
			text = text substr("abcdefgh ", 1 + int(rand() * 9), 1)
		print "<item><guid isPermaLink=\"false\">t" i "</guid>"
		print "<description>" text "</description></item>"
	}
	print "</channel></rss>" }' | feedctl push texts
same 4000 "$(feedctl count --all)"

claim "what a pattern has seen in one text is not kept for all that follow"
before=$(kb)
same 0 "$(feedctl count --all --where "articleindex <= 400 and $slow")"
grown=$(($(kb) - before))
[ $grown -lt 262144 ] || [ -n "${FEEDD_SANITIZED:-}" ] || die "it grew by $grown kB"

claim "while costly questions are asked, others are answered"
for n in 1 2 3 4 5 6; do ask; done
until_true busy
for n in 1 2 3 4 5; do
	served
	same 4000 "$(timeout 10 feedctl count --all)"
	same 1 "$(timeout 10 feedctl list --all --limit 1 | wc -l)"
done
for one in $asking; do
	kill -0 "$one" || die "a question was answered sooner than others"
done

claim "who gives up leaves no thread at work, and the next one gets its turn"
give_up
same 0 "$(timeout 10 feedctl count --all --where 'content =~ "z$"')"

claim "the daemon ends without an end to what is asked"
for n in 1 2 3 4; do ask; done
until_true busy
kill -TERM "$daemon_pid"
ended() {
	! grep -q '^State:.[^Z]' "/proc/$daemon_pid/status"
}
until_true ended
wait "$daemon_pid" || die "feedd ended with $?"
daemon_pid=
# shellcheck disable=SC2086
wait $asking || :
