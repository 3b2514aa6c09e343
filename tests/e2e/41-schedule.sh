# When a feed is looked at again: what server and document ask for is honoured,
# to the second, and `explain` says which of them it was.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

serve
polite

# document NAME EXTRA: a feed whose newest item is of now, with more elements
document() {
	date=$(date -u -R -d "@$(now)")
	cat >"www/$1" <<XML
<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel><title>$1</title><link>https://example.org/</link><description>d</description>
$2<item><guid isPermaLink="false">$1</guid><title>Item</title><pubDate>$date</pubDate></item>
</channel></rss>
XML
}

# asks WORDS SECONDS REASON HEADER DOCUMENT: what is asked for, and what comes of it
count=0
asks() {
	claim "$1"
	count=$((count + 1))
	document "asks$count.xml" "$5"
	{
		printf '/asks%s\n\tfile asks%s.xml\n' $count $count
		[ -z "$4" ] || printf '%b' "$4" | sed 's/^/	header /'
	} | route
	id=$(subscribe "$base/asks$count")
	same "$3" "$(told "$id" .reason)"
	about "$2" "$(wait_of "$id")"
	feedctl remove "$id"
}
http_date() {
	date -u '+%a, %d %b %Y %H:%M:%S GMT' -d "$1"
}

asks "a feed that says nothing is looked at in an hour" 3600 base '' ''
asks "FRB022: max-age" 7200 hint 'Cache-Control: max-age=7200\n' ''
asks "FRB022: max-age among other words" 7200 hint \
	'Cache-Control: public, must-revalidate, max-age=7200, s-maxage=1\n' ''
asks "FRB022: quoted max-age" 7200 hint 'Cache-Control: max-age="7200"\n' ''
asks "max-age less Age" 5400 hint 'Cache-Control: max-age=7200\nAge: 1800\n' ''
asks "a short max-age makes nothing faster" 3600 base 'Cache-Control: max-age=5\n' ''
asks "a max-age of a year is a day" 86400 hint 'Cache-Control: max-age=31536000\n' ''
asks "a max-age beyond all numbers is a day" 86400 hint \
	'Cache-Control: max-age=99999999999999999999\n' ''
asks "a negative max-age is none" 3600 base 'Cache-Control: max-age=-7200\n' ''
asks "no-store and no-cache are no hint" 3600 base 'Cache-Control: no-store, no-cache\n' ''
asks "Expires, by the server's own clock" 10800 hint \
	"Date: $(http_date '2001-01-01 00:00')\nExpires: $(http_date '2001-01-01 03:00')\n" ''
asks "max-age beats Expires" 7200 hint \
	"Cache-Control: max-age=7200\nDate: $(http_date '2001-01-01')\nExpires: $(http_date '2001-01-02')\n" ''
asks "Expires: 0 is no hint" 3600 base 'Expires: 0\n' ''
asks "FRB024: ttl" 10800 hint '' '<ttl>180</ttl>'
asks "a short ttl makes nothing faster" 3600 base '' '<ttl>1</ttl>'
asks "FRB024: sy:updatePeriod and its frequency" 43200 hint '' \
	'<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>'
asks "the longest of all wins" 14400 hint 'Cache-Control: max-age=7200\n' '<ttl>240</ttl>'

claim "FRB024: skipHours, in UTC"
# All hours but three hours from now, which begins within four.
hour=$(date -u -d "@$(now)" +%H)
open=$(((${hour#0} + 3) % 24))
skip=$(for h in $(seq 0 23); do [ "$h" -eq $open ] || printf '<hour>%s</hour>' "$h"; done)
document skip.xml "<skipHours>$skip</skipHours>"
id=$(subscribe "$base/skip.xml")
same skip "$(told "$id" .reason)"
same "$open" "$(told "$id" '.next_at | fromdate | gmtime[3]')"

claim "FRB024: skipDays, in UTC"
later=$(date -u -d "@$(($(now) + 2 * 86400))" +%A)
skip=$(for d in Monday Tuesday Wednesday Thursday Friday Saturday Sunday; do
	[ $d = "$later" ] || printf '<day>%s</day>' $d; done)
document days.xml "<skipDays>$skip</skipDays>"
id=$(subscribe "$base/days.xml")
same skip "$(told "$id" .reason)"
same "$later" "$(date -u -d "$(told "$id" .next_at)" +%A)"

claim "hours that leave none are no wish"
skip=$(for h in $(seq 0 23); do printf '<hour>%s</hour>' "$h"; done)
document none.xml "<skipHours>$skip</skipHours>"
id=$(subscribe "$base/none.xml")
same base "$(told "$id" .reason)"

claim "FRB023: who writes seldom is asked seldom"
document slow.xml ''
id=$(subscribe "$base/slow.xml")
forward 864000
look "$id" >/dev/null
same adaptive "$(told "$id" .reason)"
about 36000 "$(wait_of "$id")"
forward 8640000
look "$id" >/dev/null
about 86400 "$(wait_of "$id")"

claim "a 304 without headers keeps what the 200 asked for"
route <<ROUTES
/keep
	times 1
	file keep.xml
	header Cache-Control: max-age=7200
	header ETag: "k"
/keep
	status 304
	bare
ROUTES
document keep.xml ''
id=$(subscribe "$base/keep")
look "$id" >/dev/null
same 304 "$(answered /keep)"
same hint "$(told "$id" .reason)"
about 7200 "$(wait_of "$id")"

claim "a server that always answers in full is asked less and less, up to 6 h"
document waste.xml ''
route <<ROUTES
/waste
	file waste.xml
	unconditional
ROUTES
id=$(subscribe "$base/waste")
for want in 7200 14400 21600 21600; do
	look "$id" >/dev/null
	same waste "$(told "$id" .reason)"
	about $want "$(wait_of "$id")"
done
claim "until it has something new"
document waste.xml '<item><guid>more</guid><title>More</title></item>'
look "$id" >/dev/null
same base "$(told "$id" .reason)"

claim "a feed's own interval counts, but none below the floor"
document every.xml ''
id=$(subscribe --every 2h "$base/every.xml")
about 7200 "$(wait_of "$id")"
feedctl set "$id" every=1m
about 900 "$(wait_of "$id")"
look "$id" >/dev/null
about 900 "$(wait_of "$id")"
feedctl set "$id" every=
about 3600 "$(wait_of "$id")"
feedctl set "$id" every=1m

claim "and it is no way around what the server asked for"
document asked.xml ''
printf '/asked.xml\n\tfile asked.xml\n\theader Cache-Control: max-age=86400\n' | route
asked_id=$(subscribe "$base/asked.xml")
feedctl set "$asked_id" every=15m
same hint "$(told "$asked_id" .reason)"
about 86400 "$(wait_of "$asked_id")"

claim "neither are pausing and resuming"
feedctl pause "$asked_id"
feedctl resume "$asked_id"
about 86400 "$(wait_of "$asked_id")"
sleep 0.3
same 1 "$(requests /asked.xml)"

claim "FRB037: a start does not look at what is not due"
before=$(wc -l <requests.log)
stop
polite
crash
polite
feedctl status >/dev/null
same "$before" "$(wc -l <requests.log)"

claim "the scheduled look comes when it is due, once, and no sooner"
due=$(told "$id" '.next_at | fromdate')
asked=$(requests /every.xml)
forward $((due - $(now) - 20))
sleep 1
same "$asked" "$(requests /every.xml)"
forward 25
until_true looked $((asked + 1)) /every.xml
until_true sh -c "[ \"\$(feedctl explain --json $id | jq '(.checked_at | fromdate) >= $due')\" = true ]"
sleep 1
same $((asked + 1)) "$(requests /every.xml)"

claim "FRB070: on demand only every ten minutes, and it says when"
fails 1 feedctl refresh --wait "$id"
has "$out$err" 'too soon, next='
same $((asked + 1)) "$(requests /every.xml)"
forward 601
feedctl refresh --wait "$id" >/dev/null
same $((asked + 2)) "$(requests /every.xml)"
stop

claim "who asks for feeds that somebody else has asked for waits for the same looks"
rm -rf data
printf '/queued*\n\tdelay 200ms\n\tfile every.xml\n' | route
polite --set fetch.in-flight=1 --set manners.private=no
for n in 1 2 3 4 5 6; do
	echo "http://q$n.localhost:$port/queued?$n"
done | feedctl import --no-fetch - >/dev/null
feedctl add push:nobody >/dev/null
feedctl refresh
feedctl refresh
fails 1 feedctl refresh --wait push:nobody # which waits for none of them
has "$out$err" "nobody to ask"
feedctl refresh --wait >/dev/null
feedctl refresh --force --wait "http://q6.localhost:$port/queued?6" >/dev/null # behind all others
same 2 "$(requests "/queued?6")"
for n in 1 2 3 4 5; do same 1 "$(requests "/queued?$n")"; done
stop

claim "five hundred feeds that are subscribed without a look are not due at once"
rm -rf data
# Twenty past, so that an hour later no full hour is near, which looks make way for.
forward $((3600 + 1200 - $(now) % 3600))
start --set poll.avoid-hot=yes
for n in $(seq 500); do
	echo "$base/every.xml?$n"
done | feedctl import --no-fetch - >/dev/null
feedctl feeds --json | jq '.next_at | fromdate' >due
[ "$(sort -u due | wc -l)" -gt 200 ] || die "a herd: $(sort due | uniq -c | sort -rn | head -3)"
same 0 "$(awk '$1 % 3600 < 90 || $1 % 300 < 15' due | wc -l)"
asked=$(now)
[ "$(sort -n due | head -n 1)" -ge $((asked + 3500)) ] || die "one is due too soon"
feedctl dump >text

claim "of five hundred looks none comes before its time or when everybody asks, and
chance is even"
feedctl refresh --force --wait >/dev/null
feedctl feeds --json | jq -r '"\(.next_at | fromdate) \((.next_at | fromdate) - (.checked_at | fromdate))"' >due
same 500 "$(wc -l <due)"
same 0 "$(awk '$1 % 3600 < 90 || $1 % 300 < 15 || $2 <= 3600 || $2 > 3600 + 360 + 201' due | wc -l)"
# Ten classes, chi squared with nine degrees of freedom: beyond 40 is one case in
# a hundred thousand, but for those that made way for a mark of five minutes.
even=$(awk '{ n[int(($2 - 3600) / 36.1)]++ } END {
	for (i = 0; i < 10; i++) sum += (n[i] - NR / 10) ^ 2 / (NR / 10)
	print (sum < 100) }' due)
same 1 "$even" "$(sort -n -k 2 due | head -n 20)"
stop

claim "nor are those that a dump brings"
rm -rf data
start
before=$(wc -l <requests.log)
feedctl restore text
[ $(($(wc -l <requests.log) - before)) -le 5 ] || die "they were all asked at once"
stop

rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
polite
rss feed.xml "Feed" a b

# under_way ID PATH: the next look begins, and its answer is awaited
under_way() {
	count=$(requests "$2")
	feedctl refresh --force "$1" 2>/dev/null
	until_true looked $((count + 1)) "$2"
}

claim "an interval that is set while a look is under way counts when that ends"
echo >routes
id=$(subscribe "$base/feed.xml?set")
seen=$(told "$id" .checked_at)
forward 10
printf '/feed.xml?set\n\tfile feed.xml\n\tgated\n' | route
under_way "$id" '/feed.xml?set'
feedctl set "$id" every=6h
same "$seen" "$(told "$id" .checked_at)"
touch www/gate
until_true sh -c "feedctl explain --json $id | jq -e '.checked_at != \"$seen\"'"
about 21600 "$(wait_of "$id")"
same 21600 "$(told "$id" .terms.base)"

claim "an address that is set while the old one is silent is asked at once, and what
comes of the old one counts for nothing"
printf '/feed.xml?set\n\tsilent\n' | route
under_way "$id" '/feed.xml?set'
feedctl set "$id" url="$base/feed.xml?anew"
until_true looked 1 '/feed.xml?anew'
until_true sh -c "feedctl explain --json $id | jq -e '.validator_url == \"$base/feed.xml?anew\"'"
same "0 $base/feed.xml?anew" "$(told "$id" '"\(.failures) \(.effective_url)"')"
about 21600 "$(wait_of "$id")"

claim "likewise, when an answer of the old one is about to come"
rm www/gate
printf '/feed.xml?anew\n\tstatus 410\n\tgated\n' | route
under_way "$id" '/feed.xml?anew'
feedctl set "$id" url="$base/feed.xml?third"
touch www/gate
until_true looked 1 '/feed.xml?third'
until_true sh -c "feedctl explain --json $id | jq -e '.validator_url == \"$base/feed.xml?third\"'"
same 304 "$(look "$id" >/dev/null; answered '/feed.xml?third')"
same "ok 304" "$(told "$id" '"\(.state) \(.last_status)"')"
stop

claim "who is paused or removed while he waits for his turn is not asked"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
rm www/gate
printf '/feed.xml?turn1\n\tfile feed.xml\n\tgated\n' | route
polite
for n in 1 2 3 4; do
	feedctl add --no-fetch "$base/feed.xml?turn$n" >/dev/null
done
feedctl refresh --force --wait >out || : &
waits=$!
until_true looked 1 '/feed.xml?turn1'
feedctl pause "$base/feed.xml?turn2"
feedctl remove "$base/feed.xml?turn3"
feedctl set "$base/feed.xml?turn4" header='X-Word: new'
touch www/gate
wait "$waits"
same '0 0 1' "$(requests '/feed.xml?turn2') $(requests '/feed.xml?turn3') $(requests '/feed.xml?turn4')"

claim "and who waits for that is told so"
has "$(cat out)" '^2	held	.*paused'
has "$(cat out)" '^3	failed	.*not there any more'

claim "what is set then counts"
same new "$(sent '/feed.xml?turn4' x-word)"
feedctl resume "$base/feed.xml?turn2"
forward 3600
until_true looked 1 '/feed.xml?turn2'
stop

claim "an interval of a second is one from look to look, where the answer comes at once"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
: >requests.log
polite --set poll.interval=1s --set poll.floor=1s --set poll.adaptive-max=1s \
	--set poll.avoid-hot=no
feedctl add "$base/feed.xml?second" >/dev/null
# A busy machine may be late for one, and is punctual for another.
until_true sh -c 'jq -s -e "map(select(.target == \"/feed.xml?second\").time)
	| [.[1:], .[:-1]] | transpose | any(.[0] - .[1] > 850 and .[0] - .[1] < 1500)" requests.log'
stop

claim "whose answer we had no time to read is not asked again before the floor"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
for n in 1 2 3 4 5 6; do
	{
		printf '<rss version="2.0"><channel><title>Large</title><item><title>%s' $n
		printf '</title><description>'
		head -c 1500000 /dev/zero | tr '\0' x
		printf '</description></item></channel></rss>\n'
	} >"www/large$n"
done
printf '' | route
start --set poll.start-spread=0s --set poll.jitter=0 --set fetch.timeout=0.4s \
	--set fetch.memory-max=16M --set fetch.body-max=2M
feedctl add "$base/feed.xml" >/dev/null
for n in 1 2 3 4 5 6; do feedctl add --no-fetch "$base/large$n" >/dev/null; done
pkill -STOP -f -P "$daemon_pid" -- --worker
feedctl refresh --force --all >/dev/null 2>&1 || :
all_asked() {
	for n in 1 2 3 4 5 6; do looked 1 "/large$n" || return 1; done
}
until_true all_asked
sleep 0.5 # their time is over
pkill -CONT -f -P "$daemon_pid" -- --worker
until_true sh -c "[ \$(feedctl status --json | jq .in_flight) = 0 ]"
forward 70
sleep 0.2
all_asked || die "asked again within the floor"
stop
