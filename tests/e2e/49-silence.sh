# A network that swallows what is sent: no word comes back, not even that nobody is
# there.  It is away like one that refuses.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

serve
rss feed.xml "Feed" a b
sites="11 12 13 14 15 16 17 18"

# at_sites HTTPD-OPTION...: a server at each site, where the last one was; sets $other_pid
at_sites() {
	listen=
	n=0
	for site in $sites; do
		n=$((n + 1))
		there=$([ ! -f had ] || sed -n ${n}p had)
		listen="$listen --listen 127.0.0.$site:${there:-0}"
	done
	rm -f ports
	# shellcheck disable=SC2086
	httpd $listen --port-file ports --root www "$@" routes 2>>server.err &
	other_pid=$!
	until_true test -s ports
	cp ports had
}
away() {
	kill "$other_pid"
	wait "$other_pid" 2>/dev/null || :
	other_pid=
}

at_sites
polite --set fetch.connect-timeout=0.5s
n=0
for site in $sites; do
	n=$((n + 1))
	feedctl add "http://127.0.0.$site:$(sed -n ${n}p ports)/feed.xml" >/dev/null
done

claim "connections that nobody answers are a sign of being offline, and no feed is blamed"
away
at_sites --deaf
forward 7200
until_true sh -c 'feedctl status --json | jq -e .offline'
until_true sh -c 'feedctl status --json | jq -e ".in_flight == 0"'
same 2 "$(feedctl feeds --json | jq -s 'map(select(.failures > 0)) | length')"
same 'connect there was no connection in time' \
	"$(feedctl feeds --json | jq -sr 'map(.last_error // empty)[0] | "\(.class) \(.text)"')"

claim "what was on its way with them puts off no probe: the first is half a minute away"
probe_s() {
	feedctl status --json | jq ".holds[0].until | fromdate | . - $(now)"
}
[ "$(probe_s)" -le 30 ] || die "$(probe_s)"

claim "and the next one twice as far, and so on"
probed() {
	left=$(probe_s) && [ "$left" -gt "$1" ] && [ "$left" -le "$2" ]
}
forward 31
until_true probed 50 60
forward 61
until_true probed 110 120
away

claim "it is back: a probe finds it, and all are looked at once"
at_sites --log back.log
forward 121
until_true sh -c 'feedctl status --json | jq -e ".offline | not"'
until_true sh -c '[ "$(wc -l <back.log)" -ge 6 ]'
until_true sh -c 'feedctl status --json | jq -e ".in_flight == 0 and .due == 0"'
same '' "$(jq -r .host back.log | sort | uniq -d)"
stop

claim "a probe that is heard and not answered is a request: the next to that site has to wait"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
sites="11 12 13"
rm had
away
at_sites
polite --set fetch.connect-timeout=0.5s --set fetch.timeout=0.5s
n=0
for site in $sites; do
	n=$((n + 1))
	feedctl add "http://127.0.0.$site:$(sed -n ${n}p ports)/feed.xml" >/dev/null
done
away
at_sites --deaf
forward 7200
until_true sh -c 'feedctl status --json | jq -e .offline'
until_true sh -c 'feedctl status --json | jq -e ".in_flight == 0"'
away
printf '*\n\tdelay 10s\n' | route
at_sites --log heard.log
forward 31
until_true test -s heard.log
for _ in 1 2 3 4; do
	until_true sh -c 'feedctl status --json | jq -e ".in_flight == 0"'
	forward 130
done
same 1 "$(wc -l <heard.log)"
away
stop

claim "what was due, and is claimed when the network is away already, stays here"
rm -rf data
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
echo >routes
rm had
at_sites
polite --set fetch.connect-timeout=2s --set poll.interval=60s --set poll.floor=60s
n=0 silent=
for site in $sites; do
	n=$((n + 1))
	silent="$silent $(subscribe "http://127.0.0.$site:$(sed -n ${n}p ports)/feed.xml")"
done
for n in 1 2 3 4 5; do
	feedctl add "http://due$n.localhost:$port/feed.xml?due" >/dev/null
done
away
at_sites --deaf
forward 25
forward 25
# shellcheck disable=SC2086
feedctl refresh --force $silent
# The writer has to wait, and with it the claim.
mkfifo words
sqlite3 data/feedd.db <words >locked &
exec 3>words
echo 'begin immediate; select 1;' >&3
until_true test -s locked
forward 20
until_true sh -c 'feedctl status --json | jq -e .offline'
echo 'rollback;' >&3
exec 3>&-
until_true sh -c "feedctl feeds --json | jq -es 'map(select(.failures > 0)) | length == 2'"
until_true sh -c 'feedctl status --json | jq -e ".in_flight == 0"'
same 5 "$(requests '/feed.xml?due')"
away
stop
