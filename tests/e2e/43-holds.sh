# Sites that ask to be left alone: 429, Retry-After, 403 for all; one request at
# a time, gaps, many feeds of one site.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

listen=
for n in $(seq 2 14); do listen="$listen --listen 127.0.0.$n:0"; done
# shellcheck disable=SC2086
serve $listen
second=http://127.0.0.2:$(sed -n 2p port)
third=http://127.0.0.3:$(sed -n 3p port)
rss feed.xml "Feed" a b
polite

# held ID: seconds from the last look until the site may be asked again
held() {
	told "$1" 'if .hold == null then 0
		else (.hold.until | fromdate) - (.checked_at | fromdate) end'
}

claim "FRB020: a 429 with Retry-After holds the whole site for so long"
one=$(subscribe "$base/feed.xml?1")
two=$(subscribe "$base/feed.xml?2")
other=$(subscribe "$second/feed.xml?3")
printf '/feed.xml*\n\tstatus 429\n\theader Retry-After: 7200\n' | route
look "$one" >/dev/null
about 7200 "$(held "$one")"
same "$(told "$one" .hold.until)" "$(told "$two" .hold.until)"
has "$(told "$one" .hold.reason)" 'Retry-After 7200'
same hold "$(told "$one" .reason)"

claim "feeds, explain, status and the schedule say the same of a feed whose sister was told"
same "$one $two" "$(feedctl feeds --state held --format '{id}' | sort -n | paste -sd' ')"
same hold "$(told "$two" .reason)"
same "$(told "$two" .hold.until)" "$(told "$two" .next_at)"
same "$(told "$two" .next_at)" "$(feedctl feeds --json | jq -r "select(.id == $two).next_at")"
same true "$(told "$two" '.terms.hold == (.hold.until | fromdate) - (.checked_at | fromdate)')"
same "$(told "$other" .next_at)" "$(feedctl status --json | jq -r .next_at)"
has "$(feedctl explain --format table "$two")" 'the site asked to wait (429, Retry-After 7200)'

claim "its turn comes, and it is put behind the hold without being asked"
feedctl pause "$other"
same "$(told "$two" .next_at)" "$(feedctl status --json | jq -r .next_at)"
looked_at=$(told "$two" .checked_at)
forward 4000
until_true sh -c "feedctl log $two | grep -q feed.held"
same 1 "$(requests '/feed.xml?2')"
same "$looked_at" "$(told "$two" .checked_at)"
same 200 "$(told "$two" '[.recent[].status] | join(" ")')"
has "$(feedctl log --json "$two" | jq -r .text)" 'wants no requests for 5[0-9] min (429, Retry-After 7200)'
same true "$(told "$two" '(.next_at | fromdate) >= (.hold.until | fromdate)')"
echo >routes
feedctl resume "$other"

claim "not even --force asks a site that is held"
has "$(look "$two")" '"held"'
same 1 "$(requests '/feed.xml?2')"

claim "other sites go on"
echo >routes
same 304 "$(look "$other" >/dev/null; answered '/feed.xml?3')"

claim "a hold is nobody's error"
same 0 "$(told "$one" .failures)"
same 0 "$(told "$two" .failures)"

claim "status tells the holds by site"
same 1 "$(feedctl status --json | jq '.holds | length')"

claim "FRB037: a hold survives kill -9"
crash
polite
about 7200 "$(held "$one")"
has "$(look "$two")" '"held"'
forward 3100
has "$(look "$one")" '"held"'
same 1 "$(requests '/feed.xml?2')"

claim "and ends when it said"
forward 150
look "$two" >/dev/null
# (It may have been due by then, and have been looked at twice.)
[ "$(requests '/feed.xml?2')" -gt 1 ] || die "it is held on"

# asks_for WORDS SECONDS STATUS HEADER...: of a site of its own
site=3
asks_for() {
	claim "$1"
	seconds=$2 status=$3
	shift 3
	site=$((site + 1))
	echo >routes
	id=$(subscribe "http://127.0.0.$site:$(sed -n ${site}p port)/feed.xml")
	{
		printf '*/feed.xml\n\tstatus %s\n' "$status"
		for header in "$@"; do printf '\theader %s\n' "$header"; done
	} | route
	look "$id" >/dev/null
	about "$seconds" "$(held "$id")"
}
http_date() {
	date -u '+%a, %d %b %Y %H:%M:%S GMT' -d "$1"
}
asks_for "Retry-After as a date is counted by the server's own clock" 5400 429 \
	"Date: $(http_date '2001-01-01 00:00')" "Retry-After: $(http_date '2001-01-01 01:30')"
asks_for "Retry-After in RFC 850's form" 5400 429 \
	"Date: $(http_date '2001-01-01 00:00')" "Retry-After: Monday, 01-Jan-01 01:30:00 GMT"
asks_for "Retry-After in asctime's form" 5400 429 \
	"Date: $(http_date '2001-01-01 00:00')" "Retry-After: Mon Jan  1 01:30:00 2001"
asks_for "503 with Retry-After is a hold, too" 1800 503 'Retry-After: 1800'
asks_for "FRB021: a 429 without a word is an hour" 3600 429
asks_for "a 429 that is fresh for two days means two days" 172800 429 \
	'Cache-Control: max-age=172800'
asks_for "the longer of Retry-After and max-age counts" 7200 429 \
	'Cache-Control: max-age=60' 'Retry-After: 7200'
asks_for "x-ratelimit-reset counts when nothing remains" 600 429 \
	'x-ratelimit-remaining: 0' 'x-ratelimit-reset: 600'
asks_for "nobody is held for more than 30 days" 2592000 429 'Retry-After: 99999999'
asks_for "Retry-After: 0 holds nobody; the feed waits for its turn" 0 429 'Retry-After: 0'
about 3600 "$(wait_of "$id")"
look "$id" >/dev/null
same 1 "$(feedctl log "$id" | grep -c '	feed.held	.*429')"

claim "a look needs the site that a redirect leads to, too: while that is held, the
door is not knocked at"
behind=http://127.0.0.14:$(sed -n 14p port)
printf '/door\n\tredirect %s/behind\n*/behind\n\tfile feed.xml\n' "$behind" | route
door=$(subscribe "$second/door")
printf '/door\n\tredirect %s/behind\n*/behind\n\tstatus 429\n\theader Retry-After: 86400\n' \
	"$behind" | route
look "$door" >/dev/null
same hold "$(told "$door" .reason)"
about 86400 "$(wait_of "$door")"
has "$(look "$door")" '"held"'
same 2 "$(requests /door)"
same 0 "$(told "$door" .failures)"

claim "who is led there for the first time waits for it as well, and tells for whom"
{
	printf '/late\n\tredirect %s/behind\n' "$behind"
	printf '*/behind\n\tstatus 429\n\theader Retry-After: 86400\n'
} | route
late=$(subscribe --no-fetch "$second/late")
has "$(look "$late")" '"held"'
same "$(told "$door" .hold.until)" "$(told "$late" .hold.until)"
has "$(told "$late" .hold.reason)" 'Retry-After 86400'
same hold "$(told "$late" .reason)"
same true "$(told "$late" '.next_at >= .hold.until')"
has "$(feedctl log "$late")" '	feed.held	.* wants no requests for .*Retry-After 86400'
has "$(look "$late")" '"held"'
same 1 "$(requests /late)"
same 2 "$(requests /behind)"
same ok "$(told "$other" .state)"

claim "what its site has asked for stays behind when a feed goes elsewhere"
goes=$(subscribe "http://from.localhost:$port/feed.xml?goes")
printf 'from*/feed.xml?goes\n\tstatus 429\n\theader Retry-After: 86400\n' | route
look "$goes" >/dev/null
same from.localhost "$(told "$goes" .hold.site)"
feedctl set "$goes" "url=http://to.localhost:$port/feed.xml?goes"
until_true looked 3 '/feed.xml?goes'
until_true sh -c "feedctl explain --json $goes | jq -e '.last_status < 400 and .hold == null'"

claim "and it has to be waited for where it comes back"
feedctl set "$goes" "url=http://from.localhost:$port/feed.xml?goes"
until_true sh -c "feedctl explain --json $goes | jq -e '.hold.site == \"from.localhost\"'"
has "$(look "$goes")" '"held"'
same 3 "$(requests '/feed.xml?goes')"
feedctl remove "$goes"
echo >routes

claim "429s in a row without a word double the hold, up to a day"
printf '*/feed.xml\n\tstatus 429\n' | route
look "$id" >/dev/null
first=$(held "$id")
forward $((first + 60))
look "$id" >/dev/null
until_true sh -c "feedctl explain --json $id | jq -e '.hold != null'"
[ "$(held "$id")" -gt "$first" ] || die "the hold did not grow: $first, then $(held "$id")"

claim "403 for several feeds of a site within an hour holds the site"
echo >routes
a=$(subscribe "$third/feed.xml?a")
b=$(subscribe "$third/feed.xml?b")
c=$(subscribe "$third/feed.xml?c")
printf '/feed.xml*\n\tstatus 403\n' | route
look "$a" >/dev/null
same 0 "$(held "$a")"
stop # a start in between forgets none of them
polite
look "$b" >/dev/null
about 14400 "$(held "$b")"
has "$(look "$c")" '"held"'
same 1 "$(requests '/feed.xml?c')"
stop

claim "FRB033-035: one request at a time to a site, with a gap between"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
printf '*/slow*\n\tfile feed.xml\n\tdelay 200ms\n' | route
polite --set manners.gap=0.3s
for n in 1 2 3 4 5; do
	feedctl add --no-fetch "http://127.0.0.1:$port/slow?$n" >/dev/null
	feedctl add --no-fetch "http://a$n.localhost:$port/slow?a$n" >/dev/null
done
from=$(wc -l <requests.log)
feedctl refresh --wait >/dev/null
# All of these names are one address; it is that which counts.
tail -n +$((from + 1)) requests.log | jq -s '
	[.[] | select(.target | startswith("/slow")).time] | sort |
	[.[1:], .[:-1]] | transpose | map(.[0] - .[1]) | min' >gaps
# (The log has when a request came, which is a little later than it left.)
[ "$(cat gaps)" -ge 200 ] || die "a gap of $(cat gaps) ms"

claim "and the sites next door need not wait for it"
port2=${second##*:}
for n in 1 2 3; do
	feedctl add --no-fetch "$second/feed.xml?next$n" >/dev/null
done
feedctl refresh --wait >/dev/null || :
same "$port2" "$(jq -r 'select(.target == "/feed.xml?next3").listener' requests.log | sed 's/.*://')"

claim "a site that answers 429 is asked at a wider gap from then on"
stop
rm -rf data
polite --set manners.gap=0.3s
g=$(subscribe "$base/slow?g")
printf '/slow*\n\tstatus 429\n\theader Retry-After: 1\n' | route
look "$g" >/dev/null
printf '/slow*\n\tfile feed.xml\n' | route
forward 5
feedctl add --no-fetch "$base/slow?h" >/dev/null
feedctl add --no-fetch "$base/slow?i" >/dev/null
from=$(wc -l <requests.log)
feedctl refresh --force --wait >/dev/null
tail -n +$((from + 1)) requests.log | jq -s '[.[].time] | sort |
	[.[1:], .[:-1]] | transpose | map(.[0] - .[1]) | min' >gaps
[ "$(cat gaps)" -ge 500 ] || die "a gap of $(cat gaps) ms"
stop

# spaced MS PATH: so long is between the first two requests for it, at least
spaced() {
	wanted="select(.target | startswith(\"$2\")).time"
	until_true sh -c "jq -es 'map($wanted) | length > 1' requests.log"
	gap=$(jq -s "map($wanted) | .[1] - .[0]" requests.log)
	[ "$gap" -ge "$1" ] || die "$2 was asked for again after $gap ms"
}

claim "no limit is cut short by a part of a second, be it an interval or a hold"
rm -rf data
polite --set poll.interval=1s --set poll.floor=0s
printf '*/fast\n\tdelay 300ms\n\tfile feed.xml\n' >fast
{ cat fast; printf '/held*\n\tdelay 300ms\n\tstatus 503\n\theader Retry-After: 1\n'; } | route
a=$(subscribe --no-fetch --every 1h "$base/held?a")
b=$(subscribe --no-fetch --every 1h "$base/held?b")
feedctl add "$second/fast" >/dev/null
look "$a" >/dev/null
{ cat fast; printf '/held*\n\tfile feed.xml\n'; } | route
until_true feedctl refresh --force --wait "$b"
spaced 1300 /fast
spaced 1300 /held
stop

claim "a hold calls back who needed no turn, and waits for a transfer"
rm -rf data
: >requests.log
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
polite --set manners.private=no --set fetch.in-flight=1
for n in 1 2 3 4 5; do
	feedctl add --no-fetch "$base/feed.xml?slot$n" >/dev/null
done
printf '*\n\tstatus 429\n\theader Retry-After: 7200\n' | route
feedctl refresh --force --wait >/dev/null || :
same 1 "$(wc -l <requests.log)"
same 0 "$(feedctl feeds --json | jq -s 'map(.failures) | add')"
stop

claim "first looks of a list wait for the end of a hold, and cost nothing meanwhile"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
echo >routes
polite
one=$(subscribe "$base/feed.xml?told")
printf '/feed.xml*\n\tstatus 429\n\theader Retry-After: 7200\n' | route
look "$one" >/dev/null
printf '%s\n' "$base/feed.xml?first" "$base/feed.xml?second" | feedctl import - >/dev/null
until_true sh -c '[ "$(feedctl log | grep -c feed.held)" -eq 3 ]'
for url in first second; do
	first=$(feedctl feeds --json --match "$url" | jq .id)
	same 'held hold true true' \
		"$(told "$first" '"\(.state) \(.reason) \(.terms.hold > .terms.base) \(.next_at == .hold.until)"')"
done
writes() {
	awk '/^syscw/ { print $2 }' "/proc/$daemon_pid/io"
}
before=$(writes)
forward 10
forward 10
[ $(($(writes) - before)) -lt 100 ] || die "it is claimed again and again"
same 0 "$(requests '/feed.xml?first')"
echo >routes
forward 7300
until_true looked 1 '/feed.xml?first'
until_true looked 1 '/feed.xml?second'
stop

claim "that a site is content again is kept, whatever comes behind its redirect"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
echo >routes
polite
one=$(subscribe "$base/feed.xml")
printf '/feed.xml\n\tstatus 429\n' | route
look "$one" >/dev/null
about 3600 "$(held "$one")"
forward 4000
printf '/feed.xml\n\tredirect http://127.0.0.2:1/\n' | route
look "$one" >/dev/null
crash
polite
printf '/feed.xml\n\tstatus 429\n' | route
look "$one" >/dev/null
about 3600 "$(held "$one")"
stop

claim "what a site asks for counts, though nobody wants the rest of its answer any more"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
echo >routes
polite --set manners.private=no
# abandoned PORT-LINE COMMAND...: that site answers 429 to who has let go of it by COMMAND
abandoned() {
	n=$1
	shift
	away=http://127.0.0.$n:$(sed -n "${n}p" port)
	echo >routes
	rm -f www/gate
	left=$(subscribe "$away/feed.xml?left$n")
	stays=$(subscribe "$away/feed.xml?stays$n")
	printf '/feed.xml?left*\n\tgated\n\tstatus 429\n\theader Retry-After: 7200\n' | route
	"$@"
	touch www/gate
	until_true sh -c "feedctl explain --json $stays | jq -e '.hold.reason == \"429, Retry-After 7200\"'"
	has "$(look "$stays")" '"held"'
	same 1 "$(requests "/feed.xml?stays$n")"
}
asked_meanwhile() {
	until_true looked 2 "/feed.xml?left$n"
}
another_address() {
	feedctl refresh --force "$left" >/dev/null
	asked_meanwhile
	feedctl set "$left" "url=$second/feed.xml?moved"
	until_true looked 1 '/feed.xml?moved'
}
backfill_ended() {
	feedctl backfill "$left"
	asked_meanwhile
	feedctl remove "$left"
}
discovery_left() {
	feedctl discover "$away/feed.xml?left$n" &
	client=$!
	asked_meanwhile
	kill "$client"
	wait "$client" || :
	feedctl status >/dev/null # when it is answered, the other's end was seen
}
claim "a feed's that has another address by then"
abandoned 4 another_address
claim "a backfill's whose feed was removed"
abandoned 5 backfill_ended
claim "a discovery's whose client has left"
abandoned 6 discovery_left
stop
