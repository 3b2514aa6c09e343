# Time that nobody lived through: feedd is stopped and goes on, and a clock that is set
# though no time has passed.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"
export FEEDD_TEST_HELD_MS=2000

serve
rss feed.xml "Feed" a b

# frozen SECONDS: what a frozen cgroup is to it
frozen() {
	kill -STOP "$daemon_pid"
	sleep "$1"
	kill -CONT "$daemon_pid"
}

# from_first_to_last: seconds between the looks in the log
from_first_to_last() {
	jq -s 'map(.time) | (max - min) / 1000 | floor' requests.log
}

claim "what comes due while feedd is stopped is spread when it goes on"
clock=$FEEDD_TEST_CLOCK_FILE
unset FEEDD_TEST_CLOCK_FILE
polite
for n in 1 2 3 4 5 6 7 8; do
	echo "http://a$n.localhost:$port/feed.xml?$n"
done | feedctl import --no-fetch - >/dev/null
feedctl refresh --force --wait >/dev/null
same 8 "$(wc -l <requests.log)"
stop
: >requests.log
sqlite3 data/feedd.db "UPDATE poll SET last_attempt_s = unixepoch() - 7200,
	next_poll_s = unixepoch() + 7"
polite --set poll.start-spread=6s
same 0 "$(wc -l <requests.log)"
frozen 11
until_true sh -c '[ $(wc -l <requests.log) -eq 8 ]'
[ "$(from_first_to_last)" -ge 3 ] || die "all within $(from_first_to_last) s"
has "$(feedctl log)" '	-	clock	feedd stood still for [2-9] s$'
stop

claim "a server that was let wait meanwhile has not failed"
rm -rf data
: >requests.log
printf '/feed.xml?gated\n\tgated\n' | route
polite --set fetch.timeout=3s
id=$(feedctl add --no-fetch "$base/feed.xml?gated" | cut -f1)
feedctl refresh --force "$id" >/dev/null
until_true looked 1 '/feed.xml?gated'
frozen 6
until_true sh -c 'feedctl status --json | jq -e ".in_flight == 0"'
has "$(feedctl log)" '	-	clock	feedd stood still for [2-9] s$'
same 0 "$(told "$id" .failures)"
same 0 "$(grep -c "feed.failed" daemon.log || :)"
touch www/gate
stop
echo >routes

claim "a clock that is set forward makes nobody asked sooner"
rm -rf data
: >requests.log
export FEEDD_TEST_CLOCK_FILE="$clock"
echo 0 >"$clock"
printf '/feed.xml?held\n\tstatus 429\n\theader Retry-After: 3600\n' | route
polite
earlier=$(subscribe "$base/feed.xml?earlier")
stop
forward 1800
polite
later=$(subscribe "$base/feed.xml?later")
held=$(feedctl add --no-fetch "http://held.localhost:$port/feed.xml?held" | cut -f1)
look "$held" >/dev/null
feedctl add --no-fetch "http://held.localhost:$port/feed.xml?other" >/dev/null
before=$(wc -l <requests.log)
# A day later by the clock, of which nothing has passed.
echo "$((1800 + 86400)) 86400" >clock.new
mv clock.new "$clock"
until_true sh -c "feedctl log | grep -q '	clock	it went forward by 24 h$'"
seconds_to() {
	feedctl explain --json "$1" | jq "(.$2 | fromdate) - $(date +%s) - 88200 | . / 60 | round"
}
until_true looked 2 '/feed.xml?earlier'
same 60 "$(seconds_to "$later" next_at)"
same 60 "$(seconds_to "$held" hold.until)"
same $((before + 1)) "$(wc -l <requests.log)"

claim "and an hour later they are"
echo >routes
echo "$((1800 + 86400 + 3700)) 86400" >clock.new
mv clock.new "$clock"
until_true looked 2 '/feed.xml?later'
until_true looked 1 '/feed.xml?other'
stop
