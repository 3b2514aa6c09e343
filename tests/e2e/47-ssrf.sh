# Who may be reached: judged by the address that is connected, at every hop;
# private ones only if the user says so, for that feed, or the settings do.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

serve --listen 127.0.0.2:0 --listen '[::1]:0' --events
port2=$(sed -n 2p port)
port6=$(sed -n 3p port)
rss feed.xml "Feed" a b

# connections: how many the server has seen
connections() {
	jq -r 'select(.event == "connect") | .conn' requests.log 2>/dev/null | wc -l
}

# The start of lib.sh allows all of loopback; this one allows nothing.
closed() {
	feedd --data-dir "$work/data" --set poll.start-delay=0s --set poll.avoid-hot=no \
		--set manners.private=yes --set manners.gap=0.05s "$@" 2>>daemon.log &
	daemon_pid=$!
	until_true feedctl status
}

closed
claim "without a word from the user nothing private is reached, however it is written"
for host in 127.0.0.1 127.0.0.2 127.1 0177.1 0x7f.1 2130706433 0x7f000001 0.0.0.0 \
	localhost a.localhost '[::1]' '[::]' '[::ffff:127.0.0.1]' '[::127.0.0.1]' \
	'[64:ff9b::7f00:1]' '[2002:7f00:1::]' 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 \
	100.64.0.1 192.0.0.1 198.18.0.1 224.0.0.1 255.255.255.255 '[fe80::1]' '[fc00::1]' '[ff02::1]'; do
	fails 1 feedctl add "http://$host:$port/feed.xml"
	[ -n "$err" ] || die "no words for $host"
	case $err in *private* | *address*) ;; *) die "$host: $err" ;; esac
done
same 0 "$(connections)"

claim "and the refusal says how to allow it"
fails 1 feedctl add "$base/feed.xml"
same "feedctl: 127.0.0.1 is a private address; --private permits it, \
--no-fetch subscribes all the same" "$err"
fails 1 feedctl add "http://0x7f.1:$port/feed.xml"
has "$err" '--private permits it'
fails 1 feedctl add "http://[::ffff:127.0.0.1]:$port/feed.xml"
has "$err" '^feedctl: ::ffff:127.0.0.1 is a private address; --private permits it'
fails 1 feedctl discover "$base/feed.xml"
same "feedctl: 127.0.0.1 is a private address; --private permits it" "$err"

claim "--private allows that host and port, for that feed"
id=$(subscribe --private "$base/feed.xml")
same 200 "$(answered /feed.xml)"
look "$id" >/dev/null
same 304 "$(answered /feed.xml)"

claim "and for that only: at another address it is not permitted, nor said to be"
same true "$(told "$id" .private)"
feedctl set "$id" "url=http://127.0.0.2:$port2/feed.xml"
same false "$(told "$id" .private)"
same false "$(feedctl feeds --json | jq "select(.id == $id).private")"
until_true sh -c "feedctl explain --json $id | jq -e '.last_error.class == \"blocked_address\"'"
feedctl set "$id" "url=$base/feed.xml"
same true "$(told "$id" .private)"
until_true sh -c "feedctl explain --json $id | jq -e '.last_error == null'"

claim "another feed of the same host and port is refused, though a connection is open"
before=$(connections)
fails 1 feedctl add "$base/other.xml"
same 0 "$(requests /other.xml)"
same "$before" "$(connections)"

claim "a redirect of it may not go to another private place"
printf '/away\n\tredirect http://127.0.0.2:%s/feed.xml\n/away6\n\tredirect http://[::1]:%s/feed.xml\n/self\n\tredirect /feed.xml\n' \
	"$port2" "$port6" | route
before=$(connections)
fails 1 feedctl add --private "$base/away"
fails 1 feedctl add --private "$base/away6"
same "feedctl: it redirects to ::1, a private address; --no-fetch subscribes all the same" "$err"

claim "which --private is not said to permit"
fails 1 feedctl add --private "$base/away"
case $err in *--private*) die "$err" ;; esac
same 0 "$(jq -r 'select(.listener | endswith(":'"$port"'") | not) | .conn' requests.log | wc -l)"

claim "but to itself it may"
subscribe --private "$base/self" >/dev/null

claim "an OPML file can't say it"
cat >list.opml <<OPML
<opml version="2.0"><body><outline type="rss" text="x" private="yes" feedd:private="true"
 xmlns:feedd="x" xmlUrl="http://127.0.0.2:$port2/feed.xml"/></body></opml>
OPML
feedctl import --wait list.opml >/dev/null 2>&1 || :
sleep 0.5
same 0 "$(jq -r 'select(.listener == "127.0.0.2:'"$port2"'") | .conn' requests.log | wc -l)"

claim "who subscribes to a private address without a look is told that there will be none"
none="is a private address, and no look at it is let go but with"
feedctl add --no-fetch http://10.0.0.1/ 'http://me:SECRET@[::1]/x?key=SECRET' \
	http://e.invalid/ >rows 2>told
same "http://10.0.0.1/ http://[::1]/x?key=SECRET http://e.invalid/" "$(cut -f3 rows | xargs)"
same "feedctl: http://10.0.0.1/ $none \`feedctl set $(head -n 1 rows | cut -f1) private=yes\` or \
the setting allow
feedctl: http://[::1]/x?… $none \`feedctl set $(sed -n 2p rows | cut -f1) private=yes\` or \
the setting allow" "$(cat told)"
printf 'http://0x7f.1/\nhttp://localhost/\nhttp://f.invalid/\n' >lines
feedctl import --no-fetch lines >rows 2>told
same 3 "$(wc -l <rows)"
same "http://127.0.0.1/ http://localhost/" "$(grep "$none" told | cut -d' ' -f2 | xargs)"
same 2 "$(wc -l <told)"

claim "but not who permits it, or has a proxy that may do as it likes"
feedctl add --no-fetch --private http://10.0.0.2/ >/dev/null 2>told
feedctl add --no-fetch --proxy http://127.0.0.1:9 http://10.0.0.3/ >/dev/null 2>>told
same "" "$(cat told)"

stop
rm -rf data

claim "no list leads around the proxy of all feeds, unless the reader permits it"
cat >proxy.opml <<OPML
<opml version="2.0" xmlns:feedd="https://feedd.org/ns/opml"><body>
<outline type="rss" text="x" xmlUrl="http://far.invalid/" feedd:proxy="http://127.0.0.2:$port2"/>
<outline type="rss" text="y" xmlUrl="http://near.invalid/" feedd:proxy="none"/>
<outline type="rss" text="z" xmlUrl="http://same.invalid/" feedd:proxy="socks5h://127.0.0.1:9050"/>
</body></opml>
OPML
closed --set fetch.proxy=socks5h://127.0.0.1:9050
fails 1 feedctl import --no-fetch proxy.opml
has "$err" 'http://far.invalid/: the list leads it around your proxy; --proxies permits that'
has "$err" 'http://near.invalid/: the list leads it around your proxy'
same http://same.invalid/ "$(feedctl feeds --format '{url}')"
feedctl import --no-fetch --proxies proxy.opml >/dev/null
same "http://127.0.0.2:$port2" "$(feedctl feeds --match far.invalid --format '{proxy}')"
same 3 "$(feedctl feeds | wc -l)"

claim "nor when the settings are read again while the list is"
grep -v '127.0.0.2\|"none"' proxy.opml | sed 's/same.invalid/again.invalid/' >again.opml
pkill -STOP -P "$daemon_pid"
feedctl import --no-fetch again.opml >again 2>&1 &
import=$!
read_again() {
	[ "$(grep -c 'no configuration file was read\|was read again' daemon.log)" -eq "$1" ]
}
for n in 1 2 3 4 5; do
	kill -HUP "$daemon_pid"
	until_true read_again "$n"
	feedctl status >/dev/null
done
pkill -CONT -P "$daemon_pid"
wait "$import" || die "$(cat again)"
same http://again.invalid/ "$(cut -f3 again)"
stop
rm -rf data

claim "nor through what may be a door on this machine, where they have none"
closed
fails 1 feedctl import --no-fetch proxy.opml
has "$err" 'http://far.invalid/: the list leads it through a proxy of its own; --proxies permits that'
has "$err" 'http://same.invalid/: the list leads it through a proxy of its own'
same http://near.invalid/ "$(feedctl feeds --format '{url}')"

claim "but a list of one's own brings all of them back"
feedctl import --no-fetch --proxies proxy.opml >/dev/null
same "http://127.0.0.2:$port2" "$(feedctl feeds --match far.invalid --format '{proxy}')"
feedctl export >back.opml
same 3 "$(grep -c 'feedd:proxy=' back.opml)"
stop
rm -rf data

claim "a setting allows a range, or one port of it"
closed --set "fetch.allow=127.0.0.1/32:$port"
subscribe "$base/feed.xml?allowed" >/dev/null
same 200 "$(answered '/feed.xml?allowed')"
fails 1 feedctl add "http://127.0.0.2:$port2/feed.xml"
fails 1 feedctl add "http://127.0.0.1:$((port + 1))/feed.xml"
has "$err" '--private'
fails 1 feedctl add "$base/away"
same 0 "$(jq -r 'select(.listener == "127.0.0.2:'"$port2"'") | .conn' requests.log | wc -l)"

claim "ports of other protocols are refused wherever they are"
for bad in 22 25 110 143 6000 6667; do
	fails 1 feedctl add --private "http://127.0.0.1:$bad/"
	has "$err" "port $bad belongs to another protocol"
	fails 1 feedctl add "http://127.0.0.1:$bad/"
	case $err in *--private*) die "$err" ;; esac
done
port_feed=$(subscribe --private --no-fetch http://127.0.0.1:25/)
look "$port_feed" >/dev/null
same bad_port "$(told "$port_feed" .last_error.class)"

claim "a document fetches nothing else by itself"
same "" "$(jq -r '.target // empty' requests.log | grep -vE '^/(feed|self|away)' || :)"
stop
