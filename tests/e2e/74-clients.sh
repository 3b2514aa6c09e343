# Clients that mean no good, or are broken: a line without end, a hundred
# connections, one that asks and never reads, ones that stop half-way.  Polling
# and other clients do not notice, and memory stays where it was.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"
command -v socat >/dev/null || skip "no socat"

socket=$XDG_RUNTIME_DIR/feedd/feedd.sock
kb() {
	awk '/^VmRSS/ { print $2 }' "/proc/$daemon_pid/status"
}
served() {
	timeout 5 feedctl count >/dev/null || die "others are not served any more"
}

serve
# shellcheck disable=SC2046
rss feed.xml Feed $(seq 200)
start --set poll.floor=0s --set poll.interval=1s --set poll.jitter=0
feedctl add --every 1s "$base/feed.xml" >/dev/null
feedctl list --all >/dev/null
before=$(kb)

claim "a line without end is cut off"
head -c 1000000000 /dev/zero | tr '\0' x | timeout 30 socat -u - "UNIX-CONNECT:$socket" \
	2>/dev/null || :
served

claim "a hundred connections: the first ones are kept, the rest refused, none for ever"
crowd=
for n in $(seq 100); do
	socat -u "UNIX-CONNECT:$socket" - >/dev/null 2>&1 &
	crowd="$crowd $!"
done
asked=$(requests /feed.xml)
polled() {
	[ "$(requests /feed.xml)" -gt $((asked + 1)) ]
}
until_true polled
# shellcheck disable=SC2086
kill $crowd 2>/dev/null || :
until_true feedctl count
served

claim "one that asks for much and never reads gets no more than a buffer full"
call='{"method":"org.feedd.List","parameters":{"all":true},"more":true}'
for n in $(seq 3000); do printf '%s\0' "$call"; done >calls
socat -u FILE:calls,ignoreeof "UNIX-CONNECT:$socket" 2>/dev/null &
silent=$!
asked=$(requests /feed.xml)
until_true polled
served

claim "ones that stop half-way are answered, or let go"
printf '%s' '{"method":' | timeout 10 socat -t 5 - "UNIX-CONNECT:$socket" >/dev/null || :
printf '%s\0' "$call" | timeout 10 socat -t 5 - "UNIX-CONNECT:$socket" >half || :
[ -s half ] || die "a call behind which the client ended was not answered"
served
kill $silent

claim "what is to be looked at is, though who asked for it leaves at once"
rss left.xml Left 1
feedctl add --every 1d "$base/left.xml" >/dev/null
for how in '"oneway":true' '"more":true'; do
	asked=$(requests /left.xml)
	looked() {
		[ "$(requests /left.xml)" -gt "$asked" ]
	}
	printf '{"method":"org.feedd.Refresh","parameters":{%s},%s}\0' \
		'"all":true,"force":true,"wait":true' "$how" | socat -u - "UNIX-CONNECT:$socket"
	until_true looked
done
feedctl remove --purge left.xml

claim "what clients send in parts has one limit, and who reaches it is told so"
cat >hoard.py <<'E'
import base64, json, socket, sys

def part(n):
    text = base64.b64encode(b"http://%d.example/ " % n * 30000).decode()
    return json.dumps({"method": "org.feedd.Import",
                       "parameters": {"text": text, "part": True}}).encode() + b"\0"

def connect():
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    return s

def hoard(s, n, bytes):
    """The answer to the last part, once so much was sent, or to one that was refused."""
    message, sent, answer = part(n), 0, b""
    while sent < bytes and b'"error"' not in answer:
        s.sendall(message)
        sent += len(message) * 3 // 4
        answer = b""
        while not answer.endswith(b"\0"):
            answer += s.recv(65536)
    return answer

one, two, three = connect(), connect(), connect()
assert b"error" not in hoard(one, 1, 120 << 20)
assert b"error" not in hoard(two, 2, 120 << 20)
refused = hoard(three, 3, 40 << 20)
assert b"org.feedd.Busy" in refused and b"try again" in refused, refused
one.close()
four = connect()
assert b"error" not in hoard(four, 4, 40 << 20)
E
timeout 100 python3 hoard.py "$socket" || die "another limit"
served

claim "a list of many pages has each item once, in its order, wherever it ends"
# shellcheck disable=SC2046
rss many.xml Many $(seq 1001 5500)
# shellcheck disable=SC2046
rss more.xml More $(seq 5501 10000)
cat >www/odd.xml <<'X'
<rss version="2.0"><channel><title>Odd</title><link>https://odd.example/</link>
<item><guid isPermaLink="false">no more than this</guid></item>
<item><guid isPermaLink="false">b</guid><link>https://odd.example/b</link></item>
<item><guid isPermaLink="false">c</guid><description>Words, "quoted"</description></item>
<item><guid isPermaLink="false">d</guid><title>A title</title><author>d@example.org</author>
<category>x</category><link>https://odd.example/d</link><description>e</description></item>
</channel></rss>
X
sed -i 's,</guid>,&<pubDate>Sat\, 01 Jan 2000 00:00:00 GMT</pubDate>,' www/odd.xml
feedctl add "$base/many.xml" "$base/more.xml" "$base/odd.xml" >/dev/null
feedctl list --all >all
same 9204 "$(cut -f1 all | sort -u | wc -l)"
# What is on the last page is as it is on a first one.
for format in tsv urls json '{title} {feed_url} {authors} {guid}'; do
	feedctl list --all --feed odd.xml --format "$format" >odd
	feedctl list --all --format "$format" >whole
	same 4 "$(wc -l <odd)" "$format"
	tail -n 4 whole | cmp -s - odd || die "other rows at the end in $format"
done
for n in 1 4095 4096 4097 8193 9203 9204; do
	feedctl list --all --limit $n >some
	head -n $n all | cmp -s - some || die "the first $n differ"
done
same "$(cut -f1 all)" "$(feedctl list --all --format json | jq .id)"
same "$(cut -f1 all | sort -n)" "$(feedctl list --all --sort added | cut -f1 | sort -n)"

claim "who wants a copy gets it in turn, and who was killed meanwhile leaves none"
copies=
kill -STOP "$daemon_pid"
feedctl backup gone &
gone=$!
for n in 1 2 3 4 5; do
	feedctl backup "copy$n" &
	copies="$copies $!"
done
# All have asked: their files are made behind the connection.
asks() {
	for pid in $gone $copies; do ls -l "/proc/$pid/fd" | grep -q '#\|/copy\|/gone' || return 1; done
}
until_true asks
kill -9 $gone
wait $gone || :
kill -CONT "$daemon_pid"
for pid in $copies; do wait "$pid" || die "no copy"; done
for n in 1 2 3 4 5; do
	same 9204 "$(sqlite3 "copy$n" 'SELECT count(*) FROM item')"
done
nothing_left() {
	[ -z "$(find data/backup -name '.copy-*')" ]
}
until_true nothing_left

claim "a reply is as large as a page, whatever its titles need"
awk 'BEGIN { title = sprintf("%900s", ""); gsub(/ /, "\\&quot;", title)
	print "<rss version=\"2.0\"><channel><title>Quotes</title><link>https://q.example/</link>"
	for (i = 0; i < 3000; i++)
		print "<item><guid isPermaLink=\"false\">q" i "</guid><title>" title i "</title></item>"
	print "</channel></rss>" }' >www/quotes.xml
feedctl add "$base/quotes.xml" >/dev/null
printf '%s\0' '{"method":"org.feedd.List","parameters":{"all":true},"more":true}' |
	timeout 20 socat -t 10 - "UNIX-CONNECT:$socket" | tr '\0' '\n' >replies
same 12204 "$(jq '.parameters.items | length' replies | awk '{ n += $1 } END { print n }')"
same 12204 "$(jq '.parameters.items[].id' replies | sort -u | wc -l)"
longest=$(awk '{ if (length > most) most = length } END { print most }' replies)
[ "$longest" -lt $((512 * 1024 + 4096)) ] || die "a reply of $longest bytes"
feedctl remove quotes.xml

claim "each reply of a listing but the last has rows, though a page of it may be copies"
for name in newer older; do
	feedctl add "push:$name" >/dev/null
	jq -nc --arg name "$name" '{version: "https://jsonfeed.org/version/1.1", title: $name,
		items: [range(4000) | {id: "\($name)\(.)", url: "https://c.example/\(.)",
		title: "Copy \(.)",
		date_published: (1e9 + . + if $name == "newer" then 1e6 else 0 end | todate)}]}' |
		feedctl push "$name"
done
# As long as items wait for their place among the dates, no page is read ahead.
settled() {
	[ "$(sqlite3 data/feedd.db 'SELECT dated_id + 1 = next_item_id FROM store')" = 1 ]
}
until_true settled
printf '%s\0' '{"method":"org.feedd.List","parameters":{"all":true},"more":true}' |
	timeout 20 socat -t 10 - "UNIX-CONNECT:$socket" | tr '\0' '\n' >replies
same 13204 "$(jq '.parameters.items[].id' replies | sort -u | wc -l)"
same 0 "$(jq 'select(.continues and .parameters.items == [])' replies | wc -l)"
feedctl remove push:newer push:older

claim "who leaves in the middle of it leaves nothing behind"
# Its own for servers come and go as it polls.
of_clients() {
	find "/proc/$daemon_pid/fd" -lname 'socket:*' -printf '%l\n' | tr -cd '0-9\n' >inodes
	awk 'NR == FNR { ours[$1]; next } $7 in ours' inodes /proc/net/unix | wc -l
}
sockets=$(of_clients)
for n in $(seq 20); do
	feedctl list --all 2>/dev/null | head -n $((n * 400)) >/dev/null || :
done
served
gone() {
	[ "$(of_clients)" -le "$sockets" ]
}
until_true gone

claim "memory is where it was"
grown=$(($(kb) - before))
[ $grown -lt 12288 ] || [ -n "${FEEDD_SANITIZED:-}" ] || die "it grew by $grown kB"

claim "of many short answers that nobody reads, whoever they are for, it keeps no more"
yes '{"method":"org.feedd.Count"}' | head -n 80000 | tr '\n' '\0' >short
for n in 1 2 3 4 5 6 7 8 9 10; do
	socat -u FILE:short,ignoreeof "UNIX-CONNECT:$socket" 2>/dev/null &
	deaf="${deaf:-} $!"
done
asked=$(requests /feed.xml)
until_true polled
served
grown=$(($(kb) - before))
[ $grown -lt 20480 ] || [ -n "${FEEDD_SANITIZED:-}" ] || die "it grew by $grown kB"
# shellcheck disable=SC2086
kill $deaf
stop

claim "a file that is no large one is not mapped, nor is any for a listing that may not be read"
start --set poll.start-delay=1d
feedctl list --all >/dev/null
feedctl list --all --sort title >/dev/null
feedctl count --all --where 'content =~ "nowhere"' >/dev/null
feedctl dump >/dev/null
! grep '/feedd\.db$' "/proc/$daemon_pid/maps" || die "it is mapped"
stop

claim "where calls must be short, what is long goes in more of them"
start --set control.message-max=4K
feedctl add push:long >/dev/null
# shellcheck disable=SC2046
rss long.xml Long $(seq 20001 24000)
feedctl push long <www/long.xml
same 4000 "$(feedctl count --feed push:long)"
feedctl list --feed push:long | feedctl mark-read -
same 0 "$(feedctl count --feed push:long)"
# shellcheck disable=SC2046
feedctl star $(feedctl list --all --feed push:long --limit 3000 --format '{id}')
same 3000 "$(feedctl count --starred --feed push:long)"
feedctl mark-unread --feed push:long
feedctl list --feed push:long | feedctl show - --mark-read --format '{id}' >shown
same 4000 "$(wc -l <shown)"
same 0 "$(feedctl count --feed push:long)"
feedctl undo
same 4000 "$(feedctl count --feed push:long)"
seq -f "$base/none/%.0f.xml" 1000 | feedctl import --no-fetch - >/dev/null
same 1000 "$(feedctl feeds --match /none/ | wc -l)"
feedctl feeds --match /none/ --format '{id}' | feedctl pause -
same 1000 "$(feedctl feeds --state paused | wc -l)"
# shellcheck disable=SC2046
printf 'someone:secret\n' | feedctl set $(feedctl feeds --match /none/ --format '{id}') auth=@-
same 1000 "$(feedctl dump --secrets | grep -c '	auth	someone:secret$')"
feedctl dump >dump
feedctl restore dump
stop

claim "more clients at once than there are places get theirs one after the other"
start --set control.clients=2
many=
for n in $(seq 40); do
	feedctl star "$(feedctl list --all --feed push:long --limit 1 --format '{id}')" 2>"refused.$n" &
	many="$many $!"
done
for one in $many; do
	wait "$one" || die "one was refused: $(cat refused.*)"
done

claim "where places stay taken, who waited for one is told"
for n in 1 2; do
	feedctl watch --cursor-file "place.$n" >/dev/null 2>&1 &
	crowd="$crowd $!"
	until_true test -s "place.$n"
done
fails 1 feedctl count
has "$err" '^feedctl: 2 clients are connected; that is the limit$'

claim "who follows waits for a place, too, and ends with its reader all the same"
feedctl watch --no-follow >/dev/null 2>refused &
present=$!
mkfifo followed
{ feedctl watch --cursor-file place.1 --json >followed || echo $? >ended; } >/dev/null 2>&1 &
exec 3<followed
timeout 1 feedctl count && die "there was a place"
# shellcheck disable=SC2086
kill $crowd 2>/dev/null || :
wait $present || die "$(cat refused)"
until_true feedctl count
printf '{"version":"https://jsonfeed.org/version/1.1","title":"F","items":[{"id":"1"}]}' |
	feedctl push long >/dev/null
read -r event <&3
same new "$(echo "$event" | jq -r .event)"
exec 3<&-
until_true test -s ended
stop

claim "a costly expression is asked of all items while others change some; who leaves changes none"
start
feedctl add push:costly >/dev/null
{
	echo '<rss version="2.0"><channel><title>Costly</title><link>https://e.org/</link>'
	awk 'BEGIN {
		for (word = 0; word < 3000; word++)
			text = text "word" (word * 7919) % 9973 " "
		for (item = 0; item < 500; item++)
			print "<item><guid isPermaLink=\"false\">costly" item "</guid><title>T</title>" \
				"<description>" text "</description></item>"
	}'
	echo '</channel></rss>'
} >costly.xml
feedctl push costly <costly.xml
same 500 "$(feedctl count --feed push:costly)"
# All of it would take a minute; nothing else is written meanwhile if the writer asks it.
pattern='content !~ ".{500}#"'
rule=$(feedctl rule add "$pattern" mark-read --json | jq .id)
two_clients() {
	[ "$(feedctl status --metrics | awk '/^feedd_clients / { print $2 }')" -ge 2 ]
}
others_change_some() {
	"$@" &
	bulk=$!
	until_true two_clients
	for n in $(seq 5); do
		timeout 10 feedctl star "costly$n" || die "a mark waits for an expression"
		timeout 10 feedctl unstar "costly$n" || die "a mark waits for an expression"
	done
	kill $bulk
	wait $bulk 2>/dev/null && die "it was over already"
	same 0 "$(feedctl count --read --feed push:costly)"
}
others_change_some feedctl mark-read --where "$pattern"
others_change_some feedctl rule apply "$rule"

claim "who has left is missed whatever lies unread, and costs nothing any more"
counts='"parameters":{"all":true,"where":"content !~ \".{500}#\""}}'
for n in $(seq 4000); do printf '{"method":"org.feedd.Count",%s\0' "$counts"; done >costly
clients() {
	feedctl status --metrics | awk '/^feedd_clients / { print $2 }'
}
crowd=
for n in $(seq 31); do
	socat -u FILE:costly "UNIX-CONNECT:$socket" 2>/dev/null &
	crowd="$crowd $!"
done
all_there() {
	[ "$(clients)" -eq 32 ]
}
alone() {
	[ "$(clients)" -eq 1 ]
}
until_true all_there
# shellcheck disable=SC2086
kill $crowd
until_true alone

claim "what would only answer is not done for who wants no answer"
{
	for n in $(seq 20); do printf '{"method":"org.feedd.Count","oneway":true,%s\0' "$counts"; done
	printf '{"method":"org.feedd.MarkRead","oneway":true,"parameters":{"items":["costly1"]}}\0'
	printf '{"method":"org.feedd.Count","parameters":{"read":true}}\0'
} | timeout 20 socat -t 15 - "UNIX-CONNECT:$socket" | tr '\0' '\n' >answers
same '{"parameters":{"count":1}}' "$(cat answers)"

claim "who waits for an answer while the daemon leaves is told so"
feedctl mark-read --where "$pattern" 2>marks &
marks=$!
until_true two_clients
feedctl count --all --where "$pattern" >/dev/null 2>count &
count=$!
three_clients() {
	[ "$(clients)" -eq 3 ]
}
until_true three_clients
stop
for pid in $marks $count; do
	code=0
	wait "$pid" || code=$?
	same 3 "$code"
done
same "feedctl: feedd is about to leave" "$(cat marks)"
same "feedctl: feedd is about to leave" "$(cat count)"
