# Proxies: names are left to those that resolve them (socks5h, socks4a, http),
# the environment's count for nothing, and credentials are shown nowhere.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

serve
rss feed.xml "Feed" a b
printf 'http://*\n\tfile feed.xml\n*/feed.xml\n\tfile feed.xml\n' | route
polite

# through PATH FILTER: of the last request for that path
through() {
	jq -rs --arg t "$1" "[.[] | select(.target | endswith(\$t))][-1] | $2" requests.log
}
secret=s3cret
add_by() {
	printf '%s\n' "$1" >proxy.txt
	subscribe --proxy @proxy.txt "$2"
}

claim "socks5h gives the name to the proxy: an address that only Tor knows"
id=$(add_by "socks5h://someone:$secret@127.0.0.1:$port" "http://expyuzz4wqqyqhjn.onion/feed.xml?onion")
same "5 expyuzz4wqqyqhjn.onion 80 someone:$secret" \
	"$(through '?onion' '.socks | "\(.version) \(.host) \(.port) \(.user)"')"
same 2 "$(feedctl count --feed "$id")"
look "$id" >/dev/null
same 304 "$(through '?onion' .status)"

claim "socks4a likewise"
add_by "socks4a://127.0.0.1:$port" "http://four.invalid/feed.xml?four" >/dev/null
same "4 four.invalid" "$(through '?four' '.socks | "\(.version) \(.host)"')"

claim "socks5 resolves here, and gets an address"
add_by "socks5://127.0.0.1:$port" "http://localhost:$port/feed.xml?five" >/dev/null
same "5 127.0.0.1" "$(through '?five' '.socks | "\(.version) \(.host)"')"

claim "an http proxy gets the whole URL, and the credentials that are its own"
id=$(add_by "http://someone:$secret@127.0.0.1:$port" "http://proxied.invalid/feed.xml?http")
same "http://proxied.invalid/feed.xml?http" "$(through '?http' .target)"
same "Basic $(printf 'someone:%s' $secret | base64)" \
	"$(through '?http' '.headers[] | select(.[0] | ascii_downcase == "proxy-authorization")[1]')"
same null "$(through '?http' '.socks')"
same null "$(through '?http' '[.headers[][0] | ascii_downcase] | index("proxy-connection")')"

claim "a setting is for all feeds, and a feed's own goes before it"
stop
polite --set "fetch.proxy=socks5h://127.0.0.1:$port"
subscribe "http://all.invalid/feed.xml?all" >/dev/null
same "5 all.invalid" "$(through '?all' '.socks | "\(.version) \(.host)"')"
look "$id" >/dev/null
same "http://proxied.invalid/feed.xml?http" "$(through '?http' .target)"

claim "a proxy that is not there is named as what failed, and nobody goes around it"
before=$(wc -l <requests.log)
broken=$(subscribe --no-fetch "$base/feed.xml?broken")
feedctl set "$broken" "proxy=socks5h://127.0.0.9:$port"
look "$broken" >/dev/null
same 0 "$(requests '/feed.xml?broken')"
same "$before" "$(wc -l <requests.log)"
has "$(told "$broken" '.last_error.class')" 'proxy\|connect'

claim "no secret in what feedd writes or feedctl prints, nor in argv"
{
	cat daemon.log
	feedctl feeds --json
	feedctl explain --json "$id"
	feedctl explain "$id"
	feedctl log
	feedctl export
	tr '\0' ' ' <"/proc/$daemon_pid/cmdline"
} >words
if grep -q "$secret" words; then die "$(grep "$secret" words)"; fi

claim "and yet it is shown that there is a proxy"
has "$(told "$id" .proxy)" "127.0.0.1:$port"
stop

claim "a proxy on this machine makes no site a private one: the floor is for what is behind it"
start --set poll.floor=1h
floored=$(add_by "http://127.0.0.1:$port" "http://floored.invalid/feed.xml?floored")
feedctl set "$floored" every=60s
feedctl refresh --force --wait "$floored" >/dev/null
same 3600 "$(told "$floored" .terms.base)"
stop

claim "nor does a floor that was raised since its last answer"
printf '[poll]\nfloor = 15m\n' >floor.conf
start --config floor.conf
feedctl refresh --force --wait "$floored" >/dev/null
same 900 "$(told "$floored" .terms.base)"
printf '*/feed.xml?floored\n\traw \\n\n' >routes
printf '[poll]\nfloor = 1h\n' >floor.conf
kill -HUP "$daemon_pid"
until_true grep -q 'was read again' daemon.log
fails 1 feedctl refresh --force --wait "$floored"
same '0 3600' "$(told "$floored" '"\(.last_status // 0) \(.terms.base)"')"
stop

claim "the proxy of all feeds goes away: looking pauses, and no feed is blamed"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
printf 'http://*\n\tfile feed.xml\n*/feed.xml*\n\tfile feed.xml\n' | route
way() {
	rm -f way.port
	httpd --listen "127.0.0.1:${1:-0}" --port-file way.port --root www routes 2>>server.err &
	other_pid=$!
	until_true test -s way.port
}
no_way() {
	kill "$other_pid"
	wait "$other_pid" 2>/dev/null || :
	other_pid=
}
way
way=$(head -n 1 way.port)
polite --set "fetch.proxy=socks5h://127.0.0.1:$way"
for n in 1 2 3 4; do
	subscribe "http://site$n.invalid/feed.xml" >/dev/null
done
blamed() {
	feedctl feeds --json | jq -s 'map(select(.failures > 0)) | length'
}
paused() {
	feedctl status --json | jq -e .offline
}
no_way
forward 7200
until_true paused
same 0 "$(blamed)"
same "* the proxy of all feeds can't be reached" \
	"$(feedctl status --json | jq -r '.holds[] | "\(.site) \(.reason)"')"
has "$(feedctl log)" "offline.*the proxy of all feeds can't be reached: "

claim "nor after hours, nor when one is asked for by hand"
for _ in 1 2 3; do
	forward 1000
	feedctl refresh --force --wait >/dev/null 2>&1 || :
done
same 0 "$(blamed)"
paused >/dev/null

claim "what goes around it is looked at meanwhile, and does not show that it is back"
own=$(subscribe --proxy none "$base/feed.xml?around")
look "$own" >/dev/null
same 304 "$(answered '/feed.xml?around')"
paused >/dev/null

claim "so are as many as are due, before it is probed again"
for n in 1 2 3 4 5 6 7 8; do
	subscribe --proxy none "$base/feed.xml?around$n" >/dev/null
done
all_around() {
	for n in 1 2 3 4 5 6 7 8; do
		[ "$(requests "/feed.xml?around$n")" -ge "$1" ] || return 1
	done
}
all_around 1
forward 7200
until_true all_around 2
paused >/dev/null

claim "and by their own schedule, however long its next probe is away; none of them is held"
own_state() {
	feedctl feeds --json | jq -r --arg way "$1" \
		'select((.proxy != null) == ($way == "own")) | .state' | sort | uniq -c | xargs
}
feedctl set "$own" every=15m
seen() { [ "$(requests '/feed.xml?around')" -gt "$1" ]; }
for _ in 1 2 3; do
	before=$(requests '/feed.xml?around')
	forward 950
	until_true seen "$before"
	paused >/dev/null
done
same "9 ok" "$(own_state own)"
same "4 held" "$(own_state all)"
same null "$(feedctl explain --json "$own" | jq .hold)"

claim "nor is one of them held after a restart"
stop
polite --set "fetch.proxy=socks5h://127.0.0.1:$way" --set fetch.connect-timeout=1s
forward 7200
until_true paused
before=$(requests '/feed.xml?around')
forward 950
until_true seen "$before"
same "9 ok" "$(own_state own)"
same "4 held" "$(own_state all)"
same 0 "$(blamed)"

claim "it comes back: all are looked at, and are well"
way "$way"
found() {
	forward 1000
	feedctl status --json | jq -e '.offline | not'
}
until_true found
has "$(feedctl log)" online
forward 7200
until_true sh -c "feedctl feeds --json | jq -se 'all(.checked_at != null and .failures == 0)'"
same 0 "$(blamed)"

claim "it goes away again a moment later, and still nobody is blamed"
no_way
feedctl refresh --force --wait >/dev/null 2>&1 || :
until_true paused
same 0 "$(blamed)"
way "$way"
until_true found

claim "it goes away while the network is away: what goes around it is no more blamed than others"
no_way
socat "TCP-LISTEN:$way,bind=127.0.0.1,fork,reuseaddr" 'EXEC:sleep 10' &
other_pid=$!
until_true socat -u OPEN:/dev/null "TCP:127.0.0.1:$way"
kill "$server_pid"
wait "$server_pid" 2>/dev/null || :
forward 7200
why() {
	feedctl status --json | jq -e --arg why "$1" '.holds | any(.reason == $why)'
}
until_true why "the network seems to be away"
failures() {
	feedctl feeds --json | jq -r 'select(.proxy != null) | .failures' | xargs
}
before=$(failures)
no_way
proxy_too() {
	forward 1000
	why "the proxy of all feeds can't be reached"
}
until_true proxy_too
for _ in 1 2 3; do
	forward 1000
	until_true paused
done
same "$before" "$(failures)"
rm -f up
httpd --port "$port" --port-file up --log requests.log --root www routes 2>>server.err &
server_pid=$!
until_true test -s up
way "$way"
until_true found

claim "a feed's own proxy that is not there is that feed's failure"
feedctl refresh --force --wait >/dev/null 2>&1 || :
feedctl set "$own" "proxy=socks5h://127.0.0.9:$port"
look "$own" >/dev/null
same '1 proxy' "$(told "$own" '"\(.failures) \(.last_error.class)"')"
has "$(told "$own" .last_error.text)" '^the proxy: .*127.0.0.9'
same false "$(feedctl status --json | jq .offline)"
stop
no_way

claim "one site that is dead is no network that is away, for who goes around the proxy that is"
rm -rf data way.port
httpd --listen 127.0.0.1:0 --listen 127.0.0.2:0 --port-file way.port --root www routes 2>>server.err &
other_pid=$!
until_true test -s way.port
way=$(sed -n 1p way.port)
site=http://127.0.0.2:$(sed -n 2p way.port)
polite --set "fetch.proxy=socks5h://127.0.0.1:$way"
far=$(subscribe "http://far.invalid/feed.xml")
by=$(subscribe --private "$base/feed.xml?by")
own=$(subscribe --proxy none "$base/feed.xml?well")
dead=
for n in 1 2 3 4; do
	dead="$dead $(subscribe --proxy none "$site/feed.xml?$n")"
done
stop
no_way
polite --set "fetch.proxy=socks5h://127.0.0.1:$way"
look "$by" >/dev/null
paused >/dev/null
look "$own" >/dev/null
# shellcheck disable=SC2086
feedctl refresh --force --wait $dead >/dev/null || :
same '4 ok' "$(feedctl feeds --json | jq -r 'select(.failures == 1) | .id' | wc -l) $(told "$own" .state)"
why "the proxy of all feeds can't be reached" >/dev/null

claim "nor are those at home, where the proxy leads abroad"
stop
polite --set "fetch.proxy=socks5h://127.0.0.1:$way"
look "$far" >/dev/null
paused >/dev/null
# shellcheck disable=SC2086
feedctl refresh --force --wait $dead >/dev/null || :
same '4 ok' "$(feedctl feeds --json | jq -r 'select(.failures == 2) | .id' | wc -l) $(told "$own" .state)"

claim "two are, if all are at home"
stop
polite --set "fetch.proxy=socks5h://127.0.0.1:$way"
look "$by" >/dev/null
look "$own" >/dev/null
# shellcheck disable=SC2086
feedctl refresh --force --wait $dead >/dev/null || :
why "the proxy of all feeds can't be reached" >/dev/null
kill "$server_pid"
wait "$server_pid" 2>/dev/null || :
look "$own" >/dev/null
until_true why "the network seems to be away"
stop
rm -f up
httpd --port "$port" --port-file up --log requests.log --root www routes 2>>server.err &
server_pid=$!
until_true test -s up

claim "with a SOCKS server that is not ours, names resolved there"
command -v microsocks >/dev/null || { echo "(no microsocks)"; exit 0; }
rm -rf data
# It takes no port 0 and says nothing when it listens: try until one is free.
listens() {
	kill -0 $micro_pid && socat -u OPEN:/dev/null "TCP:127.0.0.1:$socks"
}
socks=$((port % 20000 + 10000))
micro_pid=
while [ -z "$micro_pid" ]; do
	socks=$((socks + 7))
	microsocks -i 127.0.0.1 -p $socks >microsocks.log 2>&1 &
	micro_pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		listens 2>/dev/null && continue 2
		sleep 0.1
	done
	kill $micro_pid 2>/dev/null || :
	micro_pid=
done
polite
code=0
id=$(add_by "socks5h://127.0.0.1:$socks" "http://localhost:$port/feed.xml?micro") || code=$?
kill $micro_pid
same 0 $code
same 200 "$(answered '/feed.xml?micro')"
has "$(cat microsocks.log)" "localhost:$port"
stop
