# The main road: subscribe, list, mark, refresh, crash, come back.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

claim "without a daemon every command exits 3 and says how to start one"
fails 3 feedctl list
has "$err" '^feedctl: .*feedd'
same "" "$out"

serve
rss news.xml "News" a b c
start

claim "what can't be read is usage, with a daemon or without"
for line in "list --since never" "count --limit x" "list --sort size" "feeds --state ill" \
	"add --every often http://x/" "watch --since never" "list --format csv --until x"; do
	fails 2 feedctl --socket "$work/none" $line
	same "" "$out" "$line"
done

claim "an empty list is an empty list"
same "" "$(feedctl list)"
same 0 "$(feedctl count)"

claim "adding a feed makes exactly one request, and prints the feed"
line=$(feedctl add "$base/news.xml")
id=$(printf '%s\n' "$line" | cut -f1)
same "$base/news.xml" "$(printf '%s\n' "$line" | cut -f3)"
same "News" "$(printf '%s\n' "$line" | cut -f2)"
same 1 "$(requests /news.xml)"

claim "adding it again prints the same line and asks nobody"
same "$line" "$(feedctl add "$base/news.xml")"
same 1 "$(requests /news.xml)"

claim "list prints six columns, newest first, none of the first five empty"
same 3 "$(feedctl list | wc -l)"
feedctl list | awk -F'\t' 'NF != 6 { exit 1 } { for (i = 1; i < 6; i++) if ($i == "") exit 1 }'
same "N" "$(feedctl list | cut -f3 | sort -u)"

claim "one JSON object a line, with every key"
same 3 "$(feedctl list --json | jq -s length)"
same "true" "$(feedctl list --json | jq -s 'all(has("guid") and has("date") and has("tags") and has("cursor") and (has("content_html") | not))')"
same "https://example.org/a" "$(feedctl list --json | jq -r 'select(.guid == "a").url')"

claim "a pipe of ids empties the list"
feedctl list | cut -f1 | feedctl mark-read -
same "" "$(feedctl list)"
same 3 "$(feedctl list --all | wc -l)"
same 3 "$(feedctl list --read | wc -l)"

claim "a second look sends the validators back and adds nothing twice"
feedctl refresh --force --wait "$id" >out
same "" "$(cat out)"
same 2 "$(requests /news.xml)"
same 304 "$(jq -r 'select(.target == "/news.xml").status' requests.log | tail -n 1)"
same 3 "$(feedctl count --all)"

claim "a new item appears once, unread; what was read stays read"
rss news.xml "News" d a b c
feedctl refresh --force --wait "$id" >out
same "$id	new" "$(cut -f1,2 out)"
same d "$(feedctl list --json | jq -r .guid)"
feedctl refresh --force --wait >/dev/null
same 4 "$(feedctl count --all)"

claim "what was acknowledged survives kill -9"
feedctl mark-read "$(feedctl list | cut -f1)"
crash
start
same "" "$(feedctl list)"
same 4 "$(feedctl count --all)"

claim "marks by filter, and their undoing"
feedctl mark-unread --feed "$id"
same 4 "$(feedctl count)"
feedctl undo
same 0 "$(feedctl count)"
same 4 "$(feedctl count --all)"

claim "unknown items are named, the others are done, exit 1"
one=$(feedctl list --all -n 1 | cut -f1)
fails 1 feedctl mark-unread "$one" 999999
has "$err" '999999'
same "$one" "$(feedctl list | cut -f1)"

claim "a template, JSON names, and an unknown field"
same "$one News" "$(feedctl list --format '{id} {feed_title}')"
fails 2 feedctl list --format '{nonsense}'

claim "feeds prints id, state, unread, total, title and URL"
same "$id	ok	1	4	News	$base/news.xml" "$(feedctl feeds)"

claim "a wrong command, option or date is usage"
fails 2 feedctl lisst
has "$err" 'list'
fails 2 feedctl list --nonsense
fails 2 feedctl list --since gestern
fails 2 feedctl mark-read

claim "several feeds that fit are named, nothing is done"
rss other.xml "Other news" x
feedctl add "$base/other.xml" >/dev/null
fails 1 feedctl list --feed ews
has "$err" 'Other news'

claim "import takes OPML and prints what it subscribed"
rss third.xml "Third" y z
cat >list.opml <<OPML
<opml version="2.0"><body><outline text="Folder">
<outline type="rss" text="Third" xmlUrl="$base/third.xml"/>
</outline></body></opml>
OPML
feedctl import --wait list.opml >out
same "$base/third.xml" "$(cut -f3 out)"
until_true sh -c 'test "$(feedctl count --tag Folder)" -eq 2'

claim "a removed feed is gone with its items"
feedctl remove "$base/third.xml"
same 2 "$(feedctl feeds | wc -l)"
same 0 "$(feedctl count --tag Folder)"

claim "status knows"
same 2 "$(feedctl status --json | jq .feeds)"

claim "SIGTERM ends it with 0"
stop

claim "and soon, though another program has the store locked, which a mark waits for"
start
unread=$(feedctl count --feed News)
mkfifo gate
sqlite3 data/feedd.db 'begin immediate' '.shell touch locked; cat gate' &
locking=$!
until_true test -e locked
fails 124 timeout 1 feedctl mark-unread --feed News
began=$(date +%s)
stop
[ $(($(date +%s) - began)) -lt 8 ] || die "after $(($(date +%s) - began)) s"
echo >gate
wait $locking || :

claim "behind such an end it goes on, and has done nothing of what it did not acknowledge"
start
same "$unread" "$(feedctl count --feed News)"
stop
