# watch: nothing is missed, whoever is restarted; a command for each item.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

serve
rss news.xml "News" a b
start
feedctl add "$base/news.xml" >/dev/null
look() {
	feedctl refresh --force --wait >/dev/null
}

claim "watch starts at the present, and its cursor file is there at once"
feedctl watch --cursor-file cursor >seen &
watcher=$!
until_true test -s cursor
rss news.xml "News" c a b
look
until_true grep -q 'Item c' seen
same 1 "$(wc -l <seen)"

claim "a follower outlives a restart of the daemon"
crash
start
rss news.xml "News" d c a b
look
until_true grep -q 'Item d' seen
same 2 "$(wc -l <seen)"
# The file follows what was printed: at least once, should it end in between.
kept() {
	test "$(cat cursor)" = "$(feedctl status --json | jq -r .cursor)"
}
until_true kept
kill "$watcher"
wait "$watcher" 2>/dev/null || :

claim "it goes on where the file says, and ends at the present if it is told to"
rss news.xml "News" e d c a b
look
same "Item e" "$(feedctl watch --cursor-file cursor --no-follow | cut -f5)"
same "" "$(feedctl watch --cursor-file cursor --no-follow)"
cursor=$(cat cursor)
same "" "$(feedctl watch --since "$cursor" --no-follow)"
same "$(cat cursor)" "$(feedctl status --json | jq -r .cursor)"

claim "it ends when nobody reads it any more, even if there is nothing to write"
mkfifo line
feedctl watch >line &
watcher=$!
head -n 0 <line
code=0
wait "$watcher" || code=$?
same 141 "$code"

claim "JSON rows name their event and their cursor"
same "new" "$(feedctl watch --since 1h --no-follow --json | jq -r .event | sort -u)"
same 3 "$(feedctl watch --since 1h --no-follow --json | jq -r .cursor | sort -u | wc -l)"

claim "a cursor of another store is refused"
fails 1 feedctl watch --since c1.1 --no-follow

claim "a command gets the item as JSON, facts as environment, its words as they are"
cat >record <<'X'
#!/bin/sh
printf '%s|' "$#" "$@" >>args
printf '%s|%s|%s\n' "$FEEDD_EVENT" "$FEEDD_TITLE" "$FEEDD_URL" >>facts
cat >>items
X
chmod +x record
rss news.xml 'New$(touch pwned)s' 'x;touch pwned' '`touch pwned`' e d c a b
look
same "" "$(feedctl watch --cursor-file cursor --no-follow --exec ./record '$(touch pwned)' ' two ')"
same '2|$(touch pwned)| two |2|$(touch pwned)| two |' "$(cat args)"
same 2 "$(jq -s length items)"
same 2 "$(grep -c '^new|Item ' facts)"
[ ! -e pwned ] || die "a text was run"

claim "a failure ends it, the cursor before that item"
rss news.xml "News" g f e d c a b
look
before=$(cat cursor)
fails 1 feedctl watch --cursor-file cursor --no-follow --exec false
same "$before" "$(cat cursor)"
rm -f items
feedctl watch --cursor-file cursor --no-follow --exec ./record
same 2 "$(jq -s length items)"

claim "a flood of output is cut, a command that cannot be run is told"
same 65536 "$(feedctl watch --since "$before" --no-follow -n 1 --exec \
	sh -c 'head -c 1000000 /dev/zero' | wc -c)"
fails 1 feedctl watch --since "$before" --no-follow --exec ./nonexistent
has "$err" 'nonexistent'

claim "marks and feed events come where they are asked for"
now=$(feedctl status --json | jq -r .cursor)
feedctl star "$(feedctl list -n 1 --format '{id}')"
same "" "$(feedctl watch --since "$now" --no-follow)"
same "state" "$(feedctl watch --since "$now" --no-follow --states --json | jq -r .event)"
feedctl watch --since "$cursor" --no-follow --events | grep -q '^feed:' || die "no feed event"

claim "events are of the feeds that filters name, and go where they have a shape"
feed=$(feedctl feeds --format '{id}' | head -n 1)
events() {
	feedctl watch --since "$cursor" --no-follow --events --fields id,cursor,event --json "$@" |
		grep -c '"event":"feed'
}
own=$(events)
feedctl add push:other >/dev/null
printf '<rss><channel><item><title>x</title></item></channel></rss>' | feedctl push other
[ "$(events)" -gt "$own" ] || die "the other feed has no event"
same "$own" "$(events --feed "$feed")"
same 0 "$(events --tag nosuch)"
feedctl set "$feed" tags+=News/Inner
same "$own" "$(events --tag News)"
feedctl set "$feed" tags-=News/Inner
fails 2 feedctl watch --since "$cursor" --no-follow --events --format mbox
has "$err" 'table, tsv, json and .*, not mbox'

claim "a time to begin at is when a mark or an event came"
same "" "$(feedctl watch --since 2090-01-01 --no-follow --states --events)"
has "$(feedctl watch --since 1h --no-follow --states --json | jq -r .event)" state

# Hours go by until it ends, in no time; its exit code in $code.
hours_pass() {
	hours=0
	while kill -0 "$watcher" 2>/dev/null; do
		hours=$((hours + 20))
		echo $((hours * 3600)) >clock.new
		mv clock.new clock
		sleep 0.05
	done
	code=0
	wait "$watcher" || code=$?
}

claim "--retry repeats for a day, names what it gave up, and goes on"
if grep -q FEEDD_TEST_CLOCK_FILE "$(command -v feedctl)"; then
	cat >picky <<'X'
#!/bin/sh
echo "$FEEDD_TITLE" >>tried
[ "$FEEDD_TITLE" != "Item h" ]
X
	chmod +x picky
	feedctl watch --cursor-file cursor --no-follow >/dev/null
	rss news.xml "News" i h g f e d c a b
	look
	ids=$(feedctl watch --cursor-file cursor --no-follow --format '{id} {date} {title}')
	echo 0 >clock
	FEEDD_TEST_CLOCK_FILE=$work/clock feedctl watch --since "$now" --cursor-file late \
		--no-follow --retry --exec ./picky 2>given-up &
	watcher=$!
	hours_pass
	same 0 $code
	same 12 "$(grep -c 'Item h' tried)"
	same 1 "$(grep -c 'Item i' tried)"
	has "$(cat given-up)" "^feedctl: item [0-9]* is given up: .*picky failed with 1"
	same 3 "$(awk -F'\t' '{ print NF }' late.dead)"
	has "$ids" "$(cut -f1,2 late.dead | tr '\t' ' ') Item h"
	same "$(feedctl status --json | jq -r .cursor)" "$(cat late)"

	claim "where what is given up can't be written down, that is what ends it"
	mkdir taken.dead
	echo 0 >clock
	FEEDD_TEST_CLOCK_FILE=$work/clock feedctl watch --since "$now" --cursor-file taken \
		--no-follow --retry --exec false 2>given-up &
	watcher=$!
	hours_pass
	same 1 $code
	same "feedctl: taken.dead: Is a directory" "$(tail -n 1 given-up)"
fi

claim "--added-since is a filter, of a time or a cursor: what arrived before is left out"
behind=$(feedctl status --json | jq -r .cursor)
rss news.xml "News" k i h g f e d c a b
sed -i 's/Item f/Item F/' www/news.xml
look
titles() {
	feedctl "$@" --format '{title}' | sort | tr '\n' ' '
}
same "Item k " "$(titles list --all --added-since "$behind")"
same "Item F Item k " "$(titles watch --since "$behind" --no-follow)"
same "Item k " "$(titles watch --since "$behind" --added-since "$behind" --no-follow)"
same "Item k " "$(titles watch --since 1h --added-since "$behind" --no-follow)"

claim "a pause ends in time, although the clock is set back"
if grep -q FEEDD_TEST_CLOCK_FILE "$(command -v feedctl)"; then
	cat >once <<'X'
#!/bin/sh
[ -e failed ] || { : >failed; exit 1; }
X
	chmod +x once
	echo 100000 >clock
	FEEDD_TEST_CLOCK_FILE=$work/clock feedctl watch --since "$now" --no-follow \
		--retry --exec ./once 2>paused &
	watcher=$!
	until_true grep -q 'once more' paused
	seconds=0
	while kill -0 "$watcher" 2>/dev/null && [ $seconds -lt 8000 ]; do
		seconds=$((seconds + 20))
		echo $seconds >clock.new
		mv clock.new clock
		sleep 0.05
	done
	! kill "$watcher" 2>/dev/null || die "it waits for what the clock showed"
fi

claim "one that comes back to a daemon that is full waits, one that begins there not for ever"
if command -v socat >/dev/null; then
	cat >answer <<'X'
#!/bin/sh
case $(cat state) in
full)
	echo >>refused
	printf '{"error":"org.feedd.Busy","parameters":{"message":"full","class":"busy"}}\0'
	;;
once)
	echo full >state
	printf '{"parameters":{"items":[],"cursor":"c1.1"},"continues":true}\0'
	;;
late) printf '{"parameters":{"items":[{"id":1,"title":"late"}],"cursor":"c1.2"}}\0' ;;
esac
X
	chmod +x answer
	echo full >state
	timeout 60 socat UNIX-LISTEN:full,fork EXEC:./answer >/dev/null 2>&1 &
	server=$!
	until_true test -S full
	fails 1 feedctl --socket full watch --since c1.1
	has "$err" '^feedctl: full$'
	rm refused
	echo once >state
	timeout 20 feedctl --socket full watch --since c1.1 --format '{title}' >titles &
	watcher=$!
	refused_twice() {
		[ -e refused ] && [ "$(wc -l <refused)" -ge 2 ]
	}
	until_true refused_twice
	echo late >state
	wait "$watcher"
	same late "$(cat titles)"
	kill $server
fi

claim "what had come whole is told, though the daemon ends in the middle of a reply"
if command -v socat >/dev/null; then
	printf '{"parameters":{"items":[{"id":1,"title":"whole","cursor":"c1.2"},{"id":2' >half
	socat -u OPEN:half UNIX-LISTEN:half.sock &
	server=$!
	until_true test -S half.sock
	echo c1.1 >halfway
	timeout 60 feedctl --socket half.sock watch --cursor-file halfway --format '{title}' >titles &
	watcher=$!
	until_true grep -qx whole titles
	until_true grep -qx c1.2 halfway
	kill "$watcher"
	wait "$watcher" || :
	wait "$server" || :
	rm -f half.sock
	socat -u OPEN:half UNIX-LISTEN:half.sock &
	server=$!
	until_true test -S half.sock
	echo c1.1 >halfway
	fails 3 feedctl --socket half.sock watch --no-follow --cursor-file halfway --format '{title}'
	same c1.2 "$(cat halfway)"
	wait "$server" || :
fi

claim "who is stopped gets nothing twice"
feedctl add push:stopped >/dev/null
rss stopped.xml Stopped first
feedctl push stopped <www/stopped.xml
mkfifo rows
feedctl watch --no-follow --cursor-file stopped
since=$(cat stopped)
round=1
while [ $round -le 12 ]; do
	# shellcheck disable=SC2046
	rss stopped.xml Stopped $(seq -f "stopped-$round-%g" 100)
	feedctl push stopped <www/stopped.xml
	feedctl watch --cursor-file stopped --format '{title}' >rows &
	watcher=$!
	{
		read -r first
		kill -TERM "$watcher"
		echo "$first"
		cat
	} <rows >>told
	code=0
	wait "$watcher" || code=$?
	same 143 "$code"
	round=$((round + 1))
done
feedctl watch --no-follow --cursor-file stopped --format '{title}' >>told
same 1200 "$(grep -c '^Item stopped-' told)"
same 1200 "$(sort -u told | grep -c '^Item stopped-')"

if command -v socat >/dev/null; then
	claim "who writes to a terminal that nobody reads can be stopped, too"
	socat -u PTY,link=stuck,rawer OPEN:/dev/null &
	other_pid=$!
	until_true test -e stuck
	kill -STOP "$other_pid"
	echo "$since" >stuck-cursor
	feedctl watch --json --cursor-file stuck-cursor >stuck &
	watcher=$!
	is_stuck() {
		had=${wrote:-}
		wrote=$(sed -n 's/^wchar: //p' "/proc/$watcher/io")
		[ "$wrote" -gt 4096 ] && [ "$wrote" = "$had" ]
	}
	until_true is_stuck
	kill -TERM "$watcher"
	gone() { ! kill -0 "$watcher" 2>/dev/null; }
	until_true gone
	kill -9 "$other_pid"
	other_pid=
	code=0
	wait "$watcher" || code=$?
	same 143 "$code"
fi

claim "a command line that makes no sense is told so"
fails 2 feedctl watch --retry
fails 2 feedctl watch --json --exec true
stop
