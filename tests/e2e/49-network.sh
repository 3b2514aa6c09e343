# Networks that go away and come back: looking pauses, nobody is hammered on return,
# and nobody's failure is counted.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

serve --listen 127.0.0.2:0
second=http://127.0.0.2:$(sed -n 2p port)
rss feed.xml "Feed" a b

# others: three sites with a server of their own, whose feeds are well; the server goes
# away with gone.  Sets $others (ids)
others() {
	rm -f ports
	httpd --listen 127.0.0.11:0 --listen 127.0.0.12:0 --listen 127.0.0.13:0 \
		--port-file ports --root www routes 2>>server.err &
	other_pid=$!
	until_true test -s ports
	others=
	for n in 1 2 3; do
		others="$others $(subscribe "http://127.0.0.1$n:$(sed -n ${n}p ports)/feed.xml")"
	done
}
gone() {
	kill "$other_pid"
	wait "$other_pid" 2>/dev/null || :
	other_pid=
}

claim "sites that have been gone for long say nothing about the network"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
echo >routes
polite
well=$(subscribe "$base/feed.xml?well")
for n in 1 2 3 4 5; do
	feedctl add --no-fetch "http://127.0.0.$((20 + n)):$port/feed.xml" >/dev/null
done
# Three failures each, with a success between any two.
for _ in 1 2 3; do
	for n in 1 2 3 4 5; do
		feedctl refresh --force --wait "http://127.0.0.$((20 + n)):$port/feed.xml" >/dev/null || :
		feedctl refresh --force --wait "$well" >/dev/null
	done
done
for n in 1 2 3 4 5; do
	feedctl refresh --force --wait "http://127.0.0.$((20 + n)):$port/feed.xml" >/dev/null || :
done
same false "$(feedctl status --json | jq .offline)"
same 5 "$(feedctl feeds --json | jq -s 'map(select(.failures == 4)) | length')"
stop

claim "the network goes away: looking pauses, and no feed is blamed"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
echo >routes
polite
for n in 1 2 3 4 5 6; do
	feedctl add "http://b$n.localhost:$port/feed.xml?b$n" >/dev/null
done
own=$(feedctl add push:own | cut -f1)
kill "$server_pid"
wait "$server_pid" 2>/dev/null || :
forward 7200
until_true sh -c 'feedctl status --json | jq -e .offline'
has "$(feedctl log)" offline
[ "$(feedctl feeds --json | jq -s 'map(.failures) | max')" -le 1 ] || die "somebody is blamed"
[ "$(feedctl feeds --json | jq -s 'map(select(.failures > 0)) | length')" -le 2 ] || die "somebody is blamed"

claim "which all who wait for the next probe tell, and who waits for nobody does not"
until_true sh -c "feedctl feeds --json | jq -es 'map(select(.reason == \"hold\")) | length >= 3'"
same '* the network seems to be away' \
	"$(feedctl status --json | jq -r '.holds[] | "\(.site) \(.reason)"')"
id=$(feedctl feeds --json | jq -r 'select(.reason == "hold").id' | head -n 1)
has "$(feedctl explain --format table "$id")" 'next look.*because the network seems to be away'
same 'new null' "$(told "$own" '"\(.state) \(.hold)"')"

claim "hours of that are a few probes, and still nobody's failure"
for _ in 1 2 3; do
	forward 1000
	sleep 0.3
done
[ "$(feedctl feeds --json | jq -s 'map(.failures) | max')" -le 1 ] || die "somebody is blamed"
same true "$(feedctl status --json | jq .offline)"

claim "it comes back: each feed is looked at once, and all is well"
before=$(wc -l <requests.log)
rm -f up
httpd --port "$port" --listen "${second#http://}" --port-file up --log requests.log --root www routes 2>>server.err &
server_pid=$!
until_true test -s up
# Which probe finds it is not ours to say: the last one may still be under way.
probed() {
	forward 1000
	feedctl status --json | jq -e '.offline | not'
}
until_true probed
forward 7200
until_true sh -c 'feedctl feeds --json | jq -se "all(.failures == 0)"'
same 0 "$(feedctl feeds --json | jq -s 'map(select(.last_error != null)) | length')"
stop

claim "sites that were never reached do not stop the others"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
polite --set poll.interval=5m --set poll.floor=5m
for n in 1 2 3; do
	feedctl add "http://well$n.localhost:$port/feed.xml?well$n" >/dev/null
done
feedctl refresh --force --wait >/dev/null
for n in 1 2 3 4 5 6 7 8; do
	echo "http://127.0.0.$((20 + n)):$port/feed.xml"
done | feedctl import --no-fetch - >/dev/null
feedctl refresh --wait >/dev/null 2>&1 || :
same false "$(feedctl status --json | jq .offline)"
same 8 "$(feedctl feeds --json | jq -s 'map(select(.failures == 1)) | length')"
stop

claim "what answers on our own network does not say that the Internet is there"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
polite --set manners.private=no
own=$(subscribe "$base/feed.xml?own")
for n in 1 2 3 4; do
	feedctl add --proxy "$base" "http://abroad$n.invalid/feed.xml?$n" >/dev/null
done
feedctl refresh --force --wait >/dev/null
feedctl feeds --match abroad --format '{id}' | feedctl set - proxy=
forward 7200
until_true sh -c 'feedctl status --json | jq -e .offline'
look "$own" >/dev/null
same true "$(feedctl status --json | jq .offline)"
[ "$(feedctl feeds --json | jq -s 'map(.failures) | max')" -le 1 ] || die "somebody is blamed"

claim "and is looked at meanwhile, without being a reason to wait for longer"
asked=$(requests '/feed.xml?own')
forward 3000
own_is_looked_at() {
	forward 1000
	looked $((asked + 1)) '/feed.xml?own'
}
until_true own_is_looked_at
same true "$(feedctl status --json | jq .offline)"
feedctl feeds --match abroad --format '{id}' | feedctl set - "proxy=$base"
probed() {
	forward 1000
	feedctl status --json | jq -e '.offline | not'
}
until_true probed
forward 4000
until_true sh -c 'feedctl feeds --json | jq -se "all(.failures == 0)"'

claim "nor does it where nothing else has answered since the start"
feedctl feeds --match abroad --format '{id}' | feedctl set - proxy=
stop
polite --set manners.private=no
forward 7200
until_true sh -c 'feedctl status --json | jq -e .offline'
asked=$(requests '/feed.xml?own')
forward 3000
until_true own_is_looked_at
same true "$(feedctl status --json | jq .offline)"
[ "$(feedctl feeds --json | jq -s 'map(.failures) | max')" -le 1 ] || die "somebody is blamed"
feedctl feeds --match abroad --format '{id}' | feedctl set - "proxy=$base"
until_true probed
stop

claim "who has been asked, and waits for where that leads, is not asked again at once"
rm -rf data
: >requests.log
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
echo >routes
polite
slow=$(subscribe "$base/feed.xml?slow")
led=$(subscribe "$second/feed.xml?led")
others
gone
route <<ROUTES
/feed.xml?slow
	file feed.xml
	gated
/feed.xml?led
	redirect $base/feed.xml?end
ROUTES
feedctl refresh --force "$slow"
until_true looked 2 '/feed.xml?slow'
feedctl refresh --force "$led"
until_true looked 2 '/feed.xml?led'
# shellcheck disable=SC2086
feedctl refresh --force --wait $others >/dev/null || :
same true "$(feedctl status --json | jq .offline)"
touch www/gate
until_true sh -c 'feedctl status --json | jq -e ".offline | not"'
until_true sh -c "feedctl explain --json $led | jq -e '(.next_at | fromdate) > $(now) + 600'"
same 2 "$(requests '/feed.xml?led')"
same 0 "$(told "$led" .failures)"
stop

claim "sites that lead to one that is dead are there: that is no network that is away"
rm -rf data
: >requests.log
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
echo >routes
polite
others
led=$(subscribe "$second/feed.xml?led")
gone
printf '/feed.xml*\n\tredirect http://127.0.0.77:4/\n' | route
others_again() {
	rm -f ports.new
	httpd --listen "127.0.0.11:$(sed -n 1p ports)" --listen "127.0.0.12:$(sed -n 2p ports)" \
		--listen "127.0.0.13:$(sed -n 3p ports)" --port-file ports.new routes 2>>server.err &
	other_pid=$!
	until_true test -s ports.new
}
others_again
# shellcheck disable=SC2086
feedctl refresh --force --wait $others "$led" >/dev/null || :
gone
same false "$(feedctl status --json | jq .offline)"
same '1 1 1 1' "$(feedctl feeds --json | jq -r .failures | paste -sd' ')"
same 2 "$(requests '/feed.xml?led')"
stop
