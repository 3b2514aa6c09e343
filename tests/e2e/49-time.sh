# Time: suspend, clocks that jump, and months of quiet; nobody is hammered on
# return, nobody's failure is counted.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

serve
rss feed.xml "Feed" a b

claim "after eight hours of sleep: half a minute of rest, then each feed once, spread"
polite --set poll.start-delay=2s..3s --set poll.start-spread=15m
for n in 1 2 3 4 5 6 7 8; do
	feedctl add "http://a$n.localhost:$port/feed.xml?$n" >/dev/null
done
before=$(wc -l <requests.log)
forward 28800
sleep 1
same "$before" "$(wc -l <requests.log)"
forward 20
sleep 0.5
same "$before" "$(wc -l <requests.log)"
# The rest is over now; three seconds for each, and they have had their turn.
for _ in 1 2 3; do forward 20; done
for n in 1 2 3 4 5 6 7 8; do
	until_true looked 2 "/feed.xml?$n"
done
forward 25
sleep 0.5
for n in 1 2 3 4 5 6 7 8; do same 2 "$(requests "/feed.xml?$n")"; done
has "$(feedctl log)" '	-	clock	it went forward by 8 h$'

claim "who sleeps again before all have had their turn finds the same rest"
forward 28800
forward 25
forward 10
until_true sh -c "[ \$(wc -l <requests.log) -gt $(wc -l <requests.log) ]"
forward 28800
before=$(wc -l <requests.log)
sleep 1
same "$before" "$(wc -l <requests.log)"
stop

claim "what waited for its site rests with the others, and a connection that did not
  outlive the sleep is no feed's failure"
rm -rf data
: >requests.log
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
printf '*/feed.xml?queued*\n\tgated\n\traw \\n\n' | route
polite --set poll.start-delay=2s..3s --set poll.interval=60s --set poll.floor=60s
for n in 1 2 3; do
	feedctl add --no-fetch "$base/feed.xml?queued$n" >/dev/null
done
for _ in 1 2 3; do forward 25; done
until_true sh -c '[ $(wc -l <requests.log) -eq 1 ]'
forward 28800
touch www/gate
until_true sh -c 'feedctl status --json | jq -e ".in_flight == 0"'
sleep 0.3
same 1 "$(wc -l <requests.log)"
same 0 "$(feedctl feeds --json | jq -s 'map(.failures) | add')"
echo >routes
forward 25
forward 10
until_true sh -c '[ $(jq -r .target requests.log | sort -u | wc -l) -eq 3 ]'
stop

claim "a start delay is waited for to its end, in whatever part of a second it begins"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
polite
feedctl add "$base/feed.xml?delay" >/dev/null
stop
forward 28800
# At .3 of a second, so that the next whole one comes before the delay is over.
sleep "$(date +%N | awk '{ print (13e8 - $1) % 1e9 / 1e9 }')"
from_ms=$(date +%s%3N)
polite --set poll.start-delay=1s
until_true looked 2 '/feed.xml?delay'
wait_ms=$(($(jq -s 'map(select(.target == "/feed.xml?delay").time) | max' requests.log) - from_ms))
[ "$wait_ms" -ge 1000 ] || die "it was asked after $wait_ms ms"
stop

claim "sixty feeds on six hosts: never more than eight in ten seconds"
rm -rf data
: >requests.log
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
polite --set manners.private=no --set poll.start-delay=2s..3s --set poll.start-spread=15m
for n in $(seq 60); do
	echo "http://h$((n % 6)).localhost:$port/feed.xml?$n"
done | feedctl import --no-fetch - >/dev/null
feedctl refresh --force --wait >/dev/null
same 60 "$(wc -l <requests.log)"
forward 28800
sleep 0.5
forward 25
sleep 0.5
same 60 "$(wc -l <requests.log)"
before=60 last=0 most=0
for _ in $(seq 50); do
	forward 5
	after=$(wc -l <requests.log)
	[ $((after - before + last)) -le $most ] || most=$((after - before + last))
	last=$((after - before)) before=$after
	[ "$after" -lt 120 ] || break
done
same 120 "$after"
[ "$most" -le 8 ] || die "$most within ten seconds"
same 60 "$(jq -r .target requests.log | sort | uniq -c | grep -c ' 2 ')"
stop

# until_second N: it is so late in the hour, in steps that are no jump of the clock
until_second() {
	while left=$(($1 - $(now) % 3600)) && [ $left -gt 25 ]; do forward 25; done
	[ $left -le 0 ] || forward $left
}

claim "the first moments of an hour are kept free, by what is overdue, too"
rm -rf data
: >requests.log
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
polite --set poll.start-delay=2s..3s --set poll.start-spread=15m --set poll.avoid-hot=yes
for n in $(seq 40); do
	echo "http://h$n.localhost:$port/feed.xml?$n"
done | feedctl import --no-fetch - >/dev/null
feedctl refresh --force --wait >/dev/null
same 40 "$(wc -l <requests.log)"
# Half a minute of rest, and two minutes in which forty have their turn.
forward $((36000 - $(now) % 3600 - 95))
sleep 0.5
until_second 3597
until_true sh -c "[ \$(((\$(date +%s) + $(cat "$FEEDD_TEST_CLOCK_FILE")) % 3600)) -lt 60 ]"
before=$(wc -l <requests.log)
[ "$before" -gt 40 ] && [ "$before" -lt 75 ] || die "$before before the hour"
until_second 75
sleep 0.5
same "$before" "$(wc -l <requests.log)"
until_second 290
until_true sh -c '[ $(wc -l <requests.log) -eq 80 ]'
stop

claim "a clock that goes back makes nobody asked twice, and nobody wait for ever"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
polite
id=$(subscribe "$base/feed.xml?back")
forward -86400
sleep 0.5
same 1 "$(requests '/feed.xml?back')"
wait=$(told "$id" '.next_at | fromdate')
[ $((wait - $(now))) -le 90000 ] || die "it waits $((wait - $(now))) s"

claim "nor does its going forward again"
forward 86400
sleep 0.5
same 1 "$(requests '/feed.xml?back')"

claim "a clock of ten years ahead that is put right leaves no look in the far future"
forward 315360000
until_true sh -c "[ \"\$(jq -s 'map(select(.target == \"/feed.xml?back\")) | length' requests.log)\" -ge 2 ]"
until_true sh -c "feedctl explain --json $id | jq -e '(.next_at | fromdate) > $(now)'"
asked=$(requests '/feed.xml?back')
forward -315360000
until_true sh -c "feedctl explain --json $id | jq -e '(.next_at | fromdate) < $(now) + 100000'"
sleep 0.5
same "$asked" "$(requests '/feed.xml?back')"

claim "likewise where feedd was stopped in between; no hold and no guard lasts for years"
forward 315360000
ahead=$(subscribe "$base/feed.xml?ahead")
look "$ahead" --unconditional --yes >/dev/null
held=$(subscribe "http://held.localhost:$port/feed.xml?held")
printf '/feed.xml?held\n\tstatus 429\n\theader Retry-After: 3600\n' | route
look "$held" >/dev/null
stop
forward -315360000
polite
until_true sh -c "feedctl explain --json $ahead | jq -e '(.next_at | fromdate) < $(now) + 100000'"
until_true sh -c "feedctl explain --json $held | jq -e '(.next_at | fromdate) < $(now) + 10000'"
same true "$(told "$held" "(.hold.until | fromdate) - $(now) | . > 3500 and . < 3700")"

claim "who is planned anew has been looked at by now, whatever the clock said then"
feedctl set "$held" every=2h
until_true sh -c "feedctl explain --json $held | jq -e '.terms.base == 7200'"
same true "$(told "$held" "(.next_at | fromdate) < $(now) + 10000")"
feedctl set "$held" every=

claim "a hold is as long after the clock went back as it was before"
forward 100000
until_true looked 3 '/feed.xml?held'
until_true sh -c "feedctl explain --json $held | jq -e '.hold != null'"
forward -1000
until_true sh -c "feedctl log | head -n 1 | grep -q 'it went back by'"
same true "$(told "$held" "(.hold.until | fromdate) - $(now) | . > 3500 and . < 3700")"
echo >routes
forward 10000
until_true looked 4 '/feed.xml?held'

claim "and a guard of a day is over after one"
forward 90000
case $(look "$ahead" --unconditional --yes) in *too-soon*) die "not for ten years" ;; esac

claim "months of hourly looks: each when it is due, none twice"
printf '/months\n\tfile feed.xml\n\theader Cache-Control: max-age=86400\n' | route
months=$(subscribe "$base/months")
for _ in 1 2 3 4 5 6 7 8 9 10; do
	pass "$months" 90000
done
same 11 "$(requests /months)"
same 0 "$(told "$months" .failures)"
stop

claim "days that were slept through bring their backup when the machine wakes"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
polite
feedctl add "$base/feed.xml" >/dev/null
copies() {
	[ "$(find data/backup -name '*.db' 2>/dev/null | wc -l)" -eq "$1" ]
}
copies 0 || die "there is one already"
for n in 1 2 3; do
	forward 90000
	until_true copies $n
done

claim "and one that a clock ahead put off comes a day after that was put right"
rm -r data/backup
forward 900000
until_true copies 1
forward -900000
until_true sh -c "feedctl log | grep -q 'it went back by 10 d'"
rm -r data/backup
forward 90000
until_true copies 1
stop

claim "by a start in the past, until the machine has the time, nothing left its feed then,
and no hold is shorter"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
polite
past=$(subscribe "$base/feed.xml?past")
rss other.xml "Feed" c
held=$(subscribe "http://held.localhost:$port/feed.xml?held")
printf '/feed.xml?past\n\tfile other.xml\n/feed.xml?held\n\tstatus 429\n\theader Retry-After: 99999\n' | route
look "$past" >/dev/null
look "$held" >/dev/null
stop
left_s() {
	sqlite3 data/feedd.db "SELECT group_concat(left_s, ' ') FROM item WHERE left_s > 0;
		SELECT until_s FROM hold; SELECT not_before_s FROM poll ORDER BY feed_id"
}
left=$(left_s)
forward -1600000000
polite
stop
same "$left" "$(left_s)"

claim "by a start ten years ahead nothing is old, and what is written then does not prove it"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
rss old.xml "Feed" a b
polite
old=$(subscribe "$base/old.xml")
feedctl mark-read --all >/dev/null
rss old.xml "Feed" c
look "$old" >/dev/null
forward 604800
stop
forward 315360000
rss old.xml "Feed" c d
items() {
	feedctl list --all --format '{title}' | sort | tr '\n' ' '
}
kept() {
	[ "$(items)" = "$1" ]
}
for n in 1 2; do
	: >daemon.log
	polite
	look "$old" >/dev/null
	until_true grep -q 'days ahead of the last moment' daemon.log
	same 1 "$(grep -c 'nothing is removed for its age' daemon.log)"
	same "Item a Item b Item c Item d " "$(items)"
	[ $n -eq 2 ] || stop
done

claim "set right it makes them as old as they are"
: >daemon.log
forward -315360000
until_true sh -c "feedctl log | grep -q 'it went back by'"
same "Item a Item b Item c Item d " "$(items)"
forward 8640000
until_true kept "Item c Item d "
same 0 "$(grep -c 'removed for its age' daemon.log || :)"
stop

claim "an edit within six hours of one that was told is told to followers when they are over,
once, though nobody looks at the feed again and feedd was killed meanwhile"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
polite
feedctl add push:notes >/dev/null
edit() {
	printf '<rss><channel><item><guid>1</guid><title>%s</title></item></channel></rss>' "$1" |
		feedctl push notes
}
news() {
	[ "$(tr '\n' ' ' <followed)" = "$1" ]
}
edit First
cursor=$(feedctl status --json | jq -r .cursor)
feedctl watch --since "$cursor" --format '{event} {title}' >followed &
other_pid=$!
edit Second
until_true news "changed Second "
edit Third
edit Fourth
same Fourth "$(feedctl list --all --format '{title}')"
crash
polite
forward 10800
edit Fifth
# before_due: five seconds before the six hours are over
before_due() {
	last=$(feedctl list --all --json | jq '.changed_at | fromdate')
	forward $((last + 21600 - 5 - $(now)))
}
before_due
news "changed Second " || die "it was told too soon: $(cat followed)"
until_true news "changed Second changed Fifth "
before_due
edit Sixth
news "changed Second changed Fifth " || die "it was told too soon: $(cat followed)"
until_true news "changed Second changed Fifth changed Sixth "
forward 90000
edit Seventh
until_true news "changed Second changed Fifth changed Sixth changed Seventh "
kill "$other_pid"
wait "$other_pid" 2>/dev/null || :
other_pid=
stop
