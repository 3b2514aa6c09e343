# Redirects: followed each time, and believed only when they are proven.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

serve --listen 127.0.0.2:0 --listen 127.0.0.3:0
second=http://127.0.0.2:$(sed -n 2p port)
third=http://127.0.0.3:$(sed -n 3p port)
rss feed.xml "Feed" a b
rss other.xml "Other" c
polite

url_of() {
	told "$1" .url
}

# leads STATUS TARGET: where /old leads, for good or not
leads() {
	route <<ROUTES
/old*
	status $1
	redirect $2
*/new*
	file feed.xml
/page
	header Content-Type: text/html
	text <!DOCTYPE html><html><body>Please log in</body></html>
ROUTES
}

for status in 302 303 307; do
	claim "FRB133, FRB134: $status is followed each time, and never learned"
	leads $status "/new?$status"
	id=$(subscribe "$base/old?$status")
	for _ in 1 2 3 4 5; do
		pass "$id" 90000
	done
	same "$base/old?$status" "$(url_of "$id")"
	same "$base/new?$status" "$(told "$id" .effective_url)"
	same 6 "$(requests "/old?$status")"
	same 6 "$(requests "/new?$status")"
	same '[]' "$(told "$id" '.moves | tostring')"
	feedctl remove "$id"
done

for status in 301 308; do
	claim "FRB130, FRB131: $status is adopted at the third look of 48 hours"
	printf '/old*\n\tfile feed.xml\n' | route
	printf 'X-Token: s3cret\n' >header.txt
	id=$(subscribe --header @header.txt --auth @header.txt "$base/old?$status")
	leads $status "$second/new?$status"
	pass "$id" 90000
	same "$base/old?$status" "$(url_of "$id")"
	pass "$id" 90000
	forward 3600
	look "$id" >/dev/null
	same "$base/old?$status" "$(url_of "$id")"
	pass "$id" 90000
	until_true sh -c "feedctl explain --json $id | jq -e '.url == \"$second/new?$status\"'"

	claim "and the old address is not asked any more"
	asked=$(requests "/old?$status")
	pass "$id" 90000
	same "$asked" "$(requests "/old?$status")"

	claim "where another site has it, it does not get what was set for the first one"
	has "$(jq -c "select(.target == \"/old?$status\") | .headers" requests.log)" s3cret
	same "" "$(jq -c "select(.target == \"/new?$status\") | .headers" requests.log | grep -iE 's3cret|authorization' || :)"

	claim "FRB132, FRB135: it is told, and kept"
	has "$(feedctl log "$id")" 'feed.moving'
	has "$(feedctl log "$id")" 'feed.moved'
	same "$base/old?$status -> $second/new?$status" \
		"$(told "$id" '.moves[0] | .from + " -> " + .to')"
	has "$(feedctl explain "$id")" "^moves	[-0-9T:]*Z $base/old?$status $second/new?$status\$"

	claim "the items are the same ones, and read or not as before"
	same 2 "$(feedctl count --all --feed "$id")"

	claim "a list from before names the same feed, and so does add of what leads there"
	same "$id" "$(echo "$base/old?$status" | feedctl import --no-fetch - | cut -f1)"
	same "$id" "$(feedctl add "$base/old?$status" | cut -f1)"
	same 1 "$(feedctl feeds | wc -l)"

	claim "revert takes it back"
	feedctl revert "$id"
	same "$base/old?$status" "$(url_of "$id")"

	claim "for good, though it leads nowhere for once, and it is no news that it leads there"
	printf '/old*\n\tfile feed.xml\n' | route
	pass "$id" 90000
	leads $status "$second/new?$status"
	for _ in 1 2 3 4; do
		pass "$id" 90000
	done
	same "$base/old?$status" "$(url_of "$id")"
	same "$second/new?$status" "$(told "$id" .effective_url)"
	same ok "$(told "$id" .state)"
	feedctl remove "$id"
done

claim "a move is told of at the first look, too, and the daemon's log hides its query"
leads 301 "$second/new?sesame"
first=$(subscribe "$base/old?first")
until_true sh -c "feedctl log $first | grep -q 'feed.moving.*/new?sesame'"
later=$(feedctl add --no-fetch "$base/old?later" | cut -f1)
look "$later" >/dev/null
has "$(feedctl log "$later")" 'feed.moving.*/new?sesame'
has "$(cat daemon.log)" 'feed.moving: http://.*/new?…$'
same "" "$(grep sesame daemon.log)"
feedctl remove "$first" "$later"

claim "a 301 that leads to a page is no move, however long"
leads 301 "$second/new"
id=$(subscribe "$base/old")
leads 301 "$second/page"
for _ in 1 2 3 4 5; do
	pass "$id" 172800
done
same "$base/old" "$(url_of "$id")"
same '[]' "$(told "$id" '.moves | tostring')"

claim "another target begins anew"
leads 301 "$third/new"
look "$id" >/dev/null
pass "$id" 90000
leads 301 "$third/new?other"
pass "$id" 90000
same "$base/old" "$(url_of "$id")"
feedctl remove "$id"

claim "it is adopted as it would be subscribed to"
leads 301 "http://LOCALHOST:$port/new?large"
id=$(subscribe "$base/old?large")
for _ in 1 2 3; do
	pass "$id" 90000
done
until_true sh -c "feedctl explain --json $id | jq -e '.url == \"http://localhost:$port/new?large\"'"
feedctl remove "$id"

claim "of a chain only the permanent front is learned"
route <<ROUTES
/one
	status 301
	redirect /two
/two
	status 302
	redirect /new
/new
	file feed.xml
ROUTES
chain=$(subscribe "$base/one")
for _ in 1 2 3; do
	pass "$chain" 90000
done
until_true sh -c "feedctl explain --json $chain | jq -e '.url == \"$base/two\"'"
feedctl remove "$chain"

claim "a loop costs six requests a look and no more"
route <<ROUTES
/loop
	redirect /loop
ROUTES
loop=$(subscribe --no-fetch "$base/loop")
look "$loop" >/dev/null
same 6 "$(requests /loop)"
has "$(told "$loop" .last_error.class)" redirect
feedctl remove "$loop"

claim "what a Location must not lead to is refused, with no connection made"
refused() {
	n=$((n + 1))
	printf '/bad*\n\tstatus 302\n\theader Location: %s\n' "$1" | route
	before=$(wc -l <requests.log)
	fails 1 feedctl add "$base/bad?$n"
	same $((before + 1)) "$(wc -l <requests.log)" "$1"
}
n=0
refused file:///etc/passwd
refused ftp://127.0.0.1/x
refused gopher://127.0.0.1:70/_x
refused 'data:text/xml,<rss/>'
refused 'javascript:alert(1)'
refused "http://user:password@127.0.0.1:$port/new"
refused "http://127.0.0.1:$port/new\\x01"
refused "http://127.0.0.1:$port/$(head -c 30000 /dev/zero | tr '\0' x)"

claim "FRB137: of two feeds that become one only one is looked at"
leads 301 /new
new=$(subscribe "$base/new")
old=$(feedctl add --no-fetch "$base/old" | cut -f1)
feedctl pause "$new"
for _ in 1 2 3 4; do
	forward 90000
	feedctl refresh --force --wait "$old" >/dev/null || :
done
same false "$(told "$old" .paused)" "the other one rests: this one does not"
feedctl resume "$new"
for _ in 1 2 3; do
	forward 90000
	feedctl refresh --force --wait "$old" >/dev/null || :
done
until_true sh -c "feedctl explain --json $old | jq -e .paused"

claim "which needs a look by a person, and says so"
same moved "$(told "$old" .state)"
same "$old" "$(feedctl feeds --json | jq -s '.[0].id')"
has "$(feedctl status --json | jq -r ".attention[] | select(.feed_id == $old) | .text")" \
	"leads to another feed.*($base/new)"
has "$(feedctl feeds --format table --match /old)" 'it leads to another feed: remove one of them'
has "$(feedctl explain --format table "$old")" 'never, because it leads to another feed'
has "$(feedctl log "$old")" 'feed.merge'
asked=$(requests /old)
forward 90000
feedctl refresh --force --wait >/dev/null || :
same "$asked" "$(requests /old)"
same "$base/new" "$(url_of "$new")"

claim "until the other one goes, be it kept for its stars: then it is looked at, and takes its place"
feedctl star --feed "$new"
feedctl remove "$new"
same false "$(told "$old" .paused)"
same 0 "$(feedctl status --json | grep -c 'leads to another feed')"
for _ in 1 2 3; do
	pass "$old" 90000
done
until_true sh -c "feedctl explain --json $old | jq -e '.url == \"$base/new\"'"
same ok "$(told "$old" .state)"
same "$base/new#$new" "$(feedctl list --starred --json | jq -r .feed_url | sort -u)"
same 2 "$(feedctl count --starred)"

claim "or until it is resumed, which is for good"
both=$(feedctl add --no-fetch "$base/old?both" | cut -f1)
for _ in 1 2 3; do
	forward 90000
	feedctl refresh --force --wait "$both" >/dev/null || :
done
until_true sh -c "feedctl explain --json $both | jq -e .paused"
feedctl resume "$both"
for _ in 1 2 3 4; do
	pass "$both" 90000
done
same false "$(told "$both" .paused)"
same ok "$(told "$both" .state)"
same "$base/old?both" "$(url_of "$both")"
same "$base/new" "$(told "$both" .effective_url)"
stop

claim "a portal that redirects everything changes no address and fails no feed"
rm -rf data
{
	echo '127.0.0.1*/portal'
	printf '\theader Content-Type: text/html\n\ttext <!DOCTYPE html><html><body>Log in</body></html>\n'
} >portal.routes
echo >routes
polite
for host in one two three four five; do
	feedctl add "http://$host.localhost:$port/feed.xml" >/dev/null
done
{
	cat portal.routes
	printf '*.localhost*/feed.xml\n\tstatus 301\n\tredirect %s/portal\n' "$base"
} | route
asked=$(wc -l <requests.log)
forward 7200
until_true sh -c 'feedctl log | grep -q captive'
sleep 1
# Two looks are evidence, one may have been under way; each is two requests.
# Those that waited for their turn are called back.
[ $(($(wc -l <requests.log) - asked)) -le 6 ] || die "hammered: $(wc -l <requests.log)"
same 5 "$(feedctl feeds --json | jq -r .url | grep -c localhost)"
same 0 "$(feedctl feeds --json | jq -s 'map(select(.failures > 1)) | length')"

claim "who asks all the same is told of the portal, and nothing is sent"
asked=$(wc -l <requests.log)
fails 1 feedctl refresh --wait --force one.localhost two.localhost
same 2 "$(printf '%s\n' "$out" | grep -c 'held.*a portal seems to answer.*next look')"
same "$asked" "$(wc -l <requests.log)"

claim "explain, feeds and status tell that all wait, until when and why"
# held_feeds: how many wait for the probe; who was taken for a page before has a wait of its own
held_feeds() {
	feedctl feeds --json | jq -s "map(select(.reason == \"hold\" and
		(.next_at | fromdate) > $(now))) | length"
}
[ "$(held_feeds)" -ge 3 ] || die "$(feedctl feeds --json)"
same '* a portal seems to answer in place of sites' \
	"$(feedctl status --json | jq -r '.holds[] | "\(.site) \(.reason)"')"
one=$(feedctl feeds --json | jq -r 'select(.reason == "hold").id' | head -n 1)
same 'held true true' "$(told "$one" '"\(.state) \(.next_at == .hold.until) \(.terms.hold > 0)"')"
has "$(feedctl explain --format table "$one")" 'next look.*because a portal seems to answer'
has "$(feedctl status --format table)" '^Every site is left alone; on again .*portal'

claim "it is not over for a restart: all wait for the probe"
until=$(told "$one" .hold.until)
asked=$(wc -l <requests.log)
crash
polite
sleep 1
same "$asked" "$(wc -l <requests.log)"
same "$until" "$(told "$one" .hold.until)"
fails 1 feedctl refresh --wait --force one.localhost two.localhost
same "$asked" "$(wc -l <requests.log)"

claim "once it is time for a look, who asks is the probe"
forward 400
fails 1 feedctl refresh --wait --force one.localhost two.localhost three.localhost
[ "$(printf '%s\n' "$out" | grep -c 'next look')" -ge 2 ] || die "$out"

claim "an answer that tells nothing is no reason to ask again at once, and nobody's failure"
blamed() {
	feedctl feeds --json | jq -s 'map(.failures) | add'
}
# It has ended, and the next one waits.
probed() {
	feedctl status --json |
		jq -e --argjson now "$(now)" '.in_flight == 0 and (.next_at | fromdate) > $now'
}
before=$(blamed)
for odd in 'text Log in' "redirect http://elsewhere.localhost:$port/portal" reset; do
	{
		cat portal.routes
		printf 'elsewhere.localhost*\n\theader Content-Type: text/html\n\ttext <html>\n'
		printf '*.localhost*/feed.xml\n\t%s\n' "$odd"
	} | route
	asked=$(requests /feed.xml)
	forward 400
	until_true looked $((asked + 1)) /feed.xml
	until_true probed
	same $((asked + 1)) "$(requests /feed.xml)" "$odd"
done
same "$before" "$(blamed)"

claim "and when it is gone all goes on"
echo >routes
forward 400
until_true sh -c 'feedctl log | grep -q online'
# One was taken for a web page before the portal was known: an hour, and a chance of more.
forward 6000
for host in one two three four five; do
	until_true sh -c "jq -r 'select(.status == 304).host' requests.log | grep -q '^$host.localhost'"
done
same '' "$(feedctl status --json | jq -r '.holds[].site')"
stop

claim "which is kept, too"
polite
same 'false 0' "$(feedctl status --json | jq -r '"\(.offline) \(.holds | length)"')"
stop

claim "who alone could be the probe is asked no sooner than any feed"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
echo >routes
polite --set poll.floor=15m
for host in one two; do
	feedctl add "http://$host.localhost:$port/feed.xml" >/dev/null
done
{
	cat portal.routes
	printf '*.localhost*/feed.xml\n\tstatus 301\n\tredirect %s/portal\n' "$base"
} | route
forward 7200
until_true sh -c 'feedctl log | grep -q captive'
until_true probed
asked=$(requests /feed.xml)
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	forward 305
	until_true probed
done
# In 6100 s each at most once in 900.
asked=$(($(requests /feed.xml) - asked))
[ "$asked" -ge 4 ] && [ "$asked" -le 14 ] || die "$asked looks"
stop

claim "where feeds have always been led to is no portal, however it answers now"
rm -rf data
printf '*.localhost*/led\n\tstatus 302\n\tredirect http://burner.localhost:%s/feed.xml\n' "$port" >led.routes
route <led.routes
polite
for host in one two three; do
	feedctl add "http://$host.localhost:$port/led" >/dev/null
done
{
	cat led.routes
	printf 'burner.localhost*\n\tstatus 404\n\theader Content-Type: text/html\n\ttext <html>\n'
} | route
forward 7200
until_true sh -c '[ "$(feedctl feeds --json | jq "select(.failures == 1).id" | wc -l)" -eq 3 ]'
same 404 "$(feedctl feeds --json | jq -r .last_status | sort -u)"
same 0 "$(feedctl log --json | jq -r .event | grep -c captive || :)"
stop

claim "who was asked for and has not had his turn when a portal is seen is not sent"
rm -rf data
polite --set manners.private=no --set fetch.in-flight=1
for host in one two three four five six seven eight; do
	feedctl add "http://$host.localhost:$port/feed.xml" >/dev/null
done
{
	cat portal.routes
	printf '*.localhost*/feed.xml\n\tstatus 301\n\tredirect %s/portal\n' "$base"
} | route
asked=$(requests /feed.xml)
fails 1 feedctl refresh --wait --force
same 8 "$(printf '%s\n' "$out" | grep -c failed)"
# Two looks are evidence, one may have been on its way.
[ $(($(requests /feed.xml) - asked)) -le 3 ] || die "hammered: $(wc -l <requests.log)"
crash

claim "and first looks of an import wait for the probe like the others"
asked=$(wc -l <requests.log)
polite --set poll.start-delay=1d
echo "http://nine.localhost:$port/feed.xml" | feedctl import - >/dev/null
sleep 0.3
same "$asked" "$(wc -l <requests.log)"
stop

claim "a portal whose address is private is one, too, though nobody looks what is there"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
echo >routes
: >requests.log
polite --set fetch.allow=127.0.0.1/32
for host in one two three four five; do
	feedctl add "http://$host.localhost:$port/feed.xml" >/dev/null
done
printf '*.localhost*/feed.xml\n\tredirect %s/portal\n' "$second" | route
forward 7200
until_true sh -c 'feedctl log | grep -q captive'
until_true sh -c 'feedctl status --json | jq -e ".in_flight == 0"'
[ "$(wc -l <requests.log)" -le 8 ] || die "hammered: $(wc -l <requests.log)"
[ "$(blamed)" -le 1 ] || die "$(blamed) are blamed"
echo >routes
forward 400
until_true sh -c 'feedctl log | grep -q online'
stop
