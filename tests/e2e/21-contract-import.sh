# What import takes, and what it says of each kind.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

rss news.xml "News" a b
serve
start

claim "newsboat's list: titles, tags, and what is no feed by name"
cat >urls <<URLS
# mine
$base/news.xml linux "two words" "~My news" !
"query:Unread news:unread = \"yes\" and age < \"7\""
"query:Bad:colour = 3"
exec:/bin/true
URLS
fails 1 feedctl import --no-fetch urls
same "1	My news	$base/news.xml" "$out"
has "$err" 'query:Unread_news is saved: unread = "yes"'
has "$err" 'query:Bad:colour = 3: .*column 1'
has "$err" 'exec:/bin/true'
same 'Unread_news	unread = "yes" and age < "7"' "$(feedctl query list)"
same "linux,two words" "$(feedctl feeds --format '{tags}')"

claim "of another program's tag, what can be one of ours is kept"
long=$(printf 'ä%.0s' $(seq 200))
echo "push:tagged \"News, World\" \"$long\"" >urls
id=$(feedctl import --no-fetch urls | cut -f1)
same "News World,$(printf 'ä%.0s' $(seq 128))" "$(feedctl feeds --match tagged --format '{tags}')"
feedctl remove "$id"

claim "what is refused is named without the password in it, wherever that stands"
cat >urls <<'URLS'
filter:x:http://u:SECRET@h/
"exec:curl http://u:SECRET@h/"
feed:ftp://u:SECRET@h/
ftp://u:SECRET@h/
u:SECRET@h/f
"http://u:my SECRET@h/"
http://u:SE/CRET@h/
URLS
fails 1 feedctl import --no-fetch urls
cat err >named
same 7 "$(printf '%s\n' "$err" | wc -l)"
has "$err" '^feedctl: filter:x:http://h/: only addresses'
fails 1 feedctl add --no-fetch ftp://u:SECRET@h/ u:SECRET@h/f http://u:SECRET@h:99999/
cat err >>named
for command in feeds refresh "list --feed"; do
	# shellcheck disable=SC2086
	fails 1 feedctl $command ftp://u:SECRET@h/
	cat err
done >>named
printf 'feed "A" "ftp://u:SECRET@h/"\n' >sfeedrc
fails 1 feedctl import --no-fetch sfeedrc
cat err >>named
cat >sfeedrc <<'X'
feed "A" "http://u:SECRET@h/$(date)"
feed "A" "http://u:SECRET@h/$(date "+%F %T")"
feed "A" "http://$user:SECRET$(cat "the rest")@h/"
X
fails 1 feedctl import --no-fetch sfeedrc
same 3 "$(printf '%s\n' "$err" | grep -c 'is made by the shell, which is not run$')"
cat err >>named
printf '<opml version="2.0"><body><outline text="a" xmlUrl="x:u:SECRET@h/"/></body></opml>' >u.opml
fails 1 feedctl import --no-fetch u.opml
cat err >>named
grep -E 'SE/?CRET' named && die "a password"

claim "a query that is there stays, and the same again is no complaint"
echo '"query:Unread news:unread = \"no\""' >urls
fails 1 feedctl import urls
has "$err" 'there is another query Unread_news'
echo '"query:Unread news:unread = \"yes\" and age < \"7\""' >urls
feedctl import urls 2>/dev/null
same 1 "$(feedctl query list | wc -l)"
feedctl remove 1

if command -v sqlite3 >/dev/null; then
	claim "newsboat's cache is a list, too: its rows are printed, and --no-fetch is obeyed"
	sqlite3 cache.db "CREATE TABLE rss_feed (rssurl TEXT, title TEXT);
		CREATE TABLE rss_item (feedurl TEXT, guid TEXT, unread INT, flags TEXT);
		INSERT INTO rss_feed VALUES ('$base/news.xml', 'Cached'), ('exec:x', 'A program');
		INSERT INTO rss_item VALUES ('$base/news.xml', 'a', 0, 's');"
	fails 1 feedctl import --no-fetch cache.db
	same "$base/news.xml" "$(printf '%s\n' "$out" | cut -f3)"
	has "$err" '^feedctl: exec:x: '
	same "" "$(feedctl log | grep news.xml || :)"
	same 0 "$(requests /news.xml)"
	same new "$(feedctl feeds --format '{state}')"

	claim "what was read there is read here, once it has come"
	feedctl refresh --wait --force >/dev/null
	same b "$(feedctl list --json | jq -r .guid)"
	same "a s" "$(feedctl list --read --format '{guid} {tags}')"

	claim "a cache of many pieces is taken whole, and leaves no copy behind"
	sqlite3 large.db "CREATE TABLE rss_feed (rssurl TEXT, title TEXT);
		CREATE TABLE rss_item (content TEXT, feedurl TEXT, guid TEXT, unread INT, flags TEXT);
		INSERT INTO rss_feed VALUES ('$base/large.xml', 'Large');
		WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
		INSERT INTO rss_item SELECT printf('%.1000c', 'x'), '$base/large.xml', 'g' || i, 0, ''
		FROM n;"
	test "$(wc -c <large.db)" -gt 3000000
	feedctl import --no-fetch large.db >/dev/null
	same 3000 "$(feedctl dump | grep -c large.xml.*read)"
	same "" "$(find data -type f -size +2000k ! -name 'feedd.db*')"
	feedctl remove "$base/large.xml"

	claim "and the urls beside it give their tags and titles after it, too"
	echo "$base/news.xml linux \"~My news\"" >urls
	feedctl import --no-fetch urls >/dev/null
	same "My news linux" "$(feedctl feeds --format '{title} {tags}')"

	claim "again it is no other feed, and --wait has nothing to wait for"
	fails 1 feedctl import --wait cache.db
	same 1 "$(feedctl feeds | wc -l)"
fi

claim "a list that is cut off is said to be, and what is whole is taken"
printf '<opml version="2.0"><body><outline xmlUrl="%s/news.xml"/><outline xmlUrl="http' "$base" >cut.opml
fails 1 feedctl import --no-fetch cut.opml
has "$out" "$base/news.xml$"
same "feedctl: the list's end: it is cut off; what was whole before that is done" "$err"
printf '<opml version="2.0"><body><outline xmlUrl="%s/news.xml"/><outline xmlUrl="%s/%05000d"/></body></opml>' \
	"$base" "$base" 0 >long.opml
fails 1 feedctl import --no-fetch long.opml
has "$out" "$base/news.xml$"
has "$err" '^feedctl: a part of the list: too many subscriptions, or an address'
printf 'a\0b' >bytes
fails 1 feedctl import bytes
has "$err" 'neither OPML nor lines of text'

claim "an address without end is refused with its reason, not with all of it"
{
	head -c 8000000 /dev/zero | tr '\0' x
	printf '\nhttp://after.example/\nhttp://long.example/'
	head -c 60000 /dev/zero | tr '\0' y
} >long
fails 1 feedctl import --no-fetch long
same 2 "$(printf '%s\n' "$err" | wc -l)"
has "$err" '^feedctl: xxxx.*: its line is too long$'
has "$err" '^feedctl: http://long.example/yyyy.*: longer than 4096 bytes$'
[ ${#err} -lt 1000 ] || die "${#err} characters"
same http://after.example/ "$(cut -f3 "$work/out")"
feedctl remove http://after.example/

claim "a list that is none is not repeated whole, nor held whole in the daemon"
before=$(awk '/^VmHWM/ { print $2 }' "/proc/$daemon_pid/status")
seq 30000 | sed 's/^/nonsense/' >no.list
fails 1 feedctl import --no-fetch no.list
same 10001 "$(printf '%s\n' "$err" | wc -l)"
has "$err" "^feedctl: the list's rest: 20000 more are refused, too many to name\$"
[ -n "${FEEDD_SANITIZED:-}" ] ||
	[ $(($(awk '/^VmHWM/ { print $2 }' "/proc/$daemon_pid/status") - before)) -lt 30000 ] ||
	die "it took $before kB before, and now $(grep VmHWM "/proc/$daemon_pid/status")"

stop

claim "a list of nothing is done"
for list in '' '\n' '\357\273\277'; do
	same "" "$(printf "$list" | feedctl import -)"
done

claim "what export wrote is taken again, a feed of one's own, too"
rm -rf data
start
feedctl add push:mine --title "My own" >/dev/null
feedctl add "$base/news.xml" --title 'Called "so" & so' --tag x >/dev/null
feedctl export >own.opml
feedctl dump | grep -v '	added	' >dumped
feedctl remove push:mine "$base/news.xml"
feedctl import own.opml --wait >rows
grep -q "	My own	push:mine\$" rows || die "$(cat rows)"
grep -q "	Called \"so\" & so	$base/news.xml\$" rows || die "$(cat rows)"
feedctl push mine <www/news.xml
same "My own" "$(feedctl feeds push:mine --format '{title}')"
same "$(cat dumped)" "$(feedctl dump | grep -v '	added	')"

claim "the list in the data directory is what export writes, once it is quiet and at the end"
feedctl set push:mine tags=Linux/BSD,x
feedctl export >own.opml
until_true cmp -s own.opml data/subscriptions.opml
feedctl set push:mine every=2h
feedctl export >own.opml
stop
grep -q 'every="7200s"' own.opml || die "$(cat own.opml)"
same "$(cat own.opml)" "$(cat data/subscriptions.opml)"

# again_written: what was done is in the list after another start and stop
again_written() {
	start
	feedctl export >own.opml
	stop
	same "$(cat own.opml)" "$(cat data/subscriptions.opml)"
}

claim "a list that is behind after a kill, or is not there, is written anew"
start
feedctl set push:mine every=3h
crash
again_written
grep -q 'every="10800s"' own.opml || die "$(cat own.opml)"
rm data/subscriptions.opml
again_written

claim "nor does it keep what an upgrade takes out of an address"
sqlite3 data/feedd.db "PRAGMA user_version = 12;
	UPDATE feed SET url = 'http://me:SECRET@e.org/f' WHERE url = 'push:mine'"
sed -i 's|push:mine|http://me:SECRET@e.org/f|' data/subscriptions.opml
again_written
fails 1 grep SECRET data/subscriptions.opml
sqlite3 data/feedd.db "UPDATE feed SET url = 'http://7@e.org/f' WHERE url = 'http://e.org/f'"
start
feedctl export | grep -q 'xmlUrl="http://e.org/f"' || die "a number is in an address"
stop
sqlite3 data/feedd.db "UPDATE feed SET url = 'push:mine', auth = NULL
	WHERE url = 'http://7@e.org/f'"

claim "one that could not be written is owed, at the end and after the next start"
rm data/subscriptions.opml
mkdir data/subscriptions.opml
start
feedctl set push:mine every=4h
until_true grep -q 'subscriptions.opml could not be written, .*: Is a directory' daemon.log
feedctl export >own.opml
rmdir data/subscriptions.opml
stop
same "$(cat own.opml)" "$(cat data/subscriptions.opml)"
start
mv data/subscriptions.opml behind
mkdir data/subscriptions.opml
feedctl set push:mine every=5h
stop
rmdir data/subscriptions.opml
mv behind data/subscriptions.opml
again_written
grep -q 'every="18000s"' own.opml || die "$(cat own.opml)"

start
feedctl remove push:mine "$base/news.xml"

claim "a feed that a list has in several folders has all their tags, one that was there too"
feedctl add push:there --tag Old >/dev/null
{
	printf '<opml version="2.0"><body><outline text="Blogs, mine">'
	printf '<outline text="N" xmlUrl="%s/news.xml"/></outline>' "$base"
	printf '<outline text="Tech"><outline text="N" xmlUrl="%s/news.xml"/>' "$base"
	printf '<outline text="T" xmlUrl="push:there"/></outline></body></opml>\n'
} >folders.opml
feedctl import --no-fetch folders.opml >rows
same "Blogs mine,Tech" "$(feedctl feeds "$base/news.xml" --format '{tags}')"
same "Old,Tech" "$(feedctl feeds push:there --format '{tags}')"

claim "what was there has the tags of each list, and a title where its reader gave none"
feedctl add push:plain >/dev/null
feedctl add push:called --title Mine --tag one --every 2h >/dev/null
feedctl pause push:called
printf 'push:plain news "~A title"\npush:called one two ~Theirs\n' >again.urls
feedctl import --no-fetch again.urls >again.rows
same "A title	push:plain Mine	push:called" "$(cut -f2,3 again.rows | xargs -d '\n')"
same "news" "$(feedctl feeds push:plain --format '{tags}')"
same "Mine one,two paused" "$(feedctl feeds push:called --format '{title} {tags} {state}')"
same 7200 "$(feedctl feeds push:called --json | jq .every)"
printf '<opml version="2.0" xmlns:feedd="https://feedd.org/ns/opml"><body>%s</body></opml>\n' \
	'<outline text="B"><outline text="C" xmlUrl="push:called" feedd:every="9h"/></outline>' >b.opml
feedctl import --no-fetch b.opml >/dev/null
same "Mine B,one,two paused" "$(feedctl feeds push:called --format '{title} {tags} {state}')"
same 7200 "$(feedctl feeds push:called --json | jq .every)"
until_true grep -q 'category="one,two"' data/subscriptions.opml

claim "a list's title holds until the feed has told its own, for one that was there, too"
printf '<opml version="2.0"><body><outline text="%s" xmlUrl="push:told"/></body></opml>\n' \
	"From a list" >told.opml
feedctl add push:told >/dev/null
feedctl import --no-fetch told.opml >/dev/null
same "From a list" "$(feedctl feeds push:told --format '{title}')"
feedctl push told <www/news.xml
feedctl import --no-fetch told.opml >/dev/null
same News "$(feedctl feeds push:told --format '{title}')"

claim "what export wrote changes nothing of what is there"
feedctl add push:nameless >/dev/null
feedctl export >own.opml
feedctl dump >dumped
for n in 1 2; do
	feedctl import --no-fetch own.opml >/dev/null
	feedctl export | cmp - own.opml
	feedctl dump | cmp - dumped
done
same null "$(feedctl feeds push:nameless --json | jq .title)"
feedctl remove push:plain push:called push:told push:nameless

claim "its row is printed once, where it stood first; add has one for each word"
same "$base/news.xml push:there" "$(cut -f3 rows | xargs)"
same "push:there $base/news.xml" "$(printf '%s\n' push:there "$base/news.xml" push:there \
	"$base/news.xml" push:there | feedctl import --no-fetch - | cut -f3 | xargs)"
same "push:there $base/news.xml push:there" \
	"$(feedctl add push:there "$base/news.xml" push:there | cut -f3 | xargs)"
same "push:twice" "$(printf 'push:twice\npush:twice\n' | feedctl import --wait - | cut -f3)"
feedctl remove push:twice

claim "who waits for first looks is told of those that failed; all stay subscribed"
printf '/gone.xml\n\tstatus 410\n' >>routes
echo '<html><body>no feed</body></html>' >www/page.html
rss looked.xml Looked l1
for name in missing.xml gone.xml page.html looked.xml; do echo "$base/$name"; done >looks
fails 1 feedctl import --wait looks
same "4" "$(printf '%s\n' "$out" | wc -l)"
same 3 "$(printf '%s\n' "$err" | wc -l)" "$err"
has "$err" "^feedctl: $base/missing.xml: .*404"
has "$err" "^feedctl: $base/gone.xml: .*410"
has "$err" "^feedctl: $base/page.html: "
same 4 "$(feedctl feeds --format '{url}' | grep -cxFf looks)"

claim "but of those that were there nobody asked; nor of any without --wait"
echo "$base/looked.xml?again" >>looks
same 5 "$(feedctl import --wait looks 2>&1 | wc -l)"
fails 0 feedctl import looks
echo "$base/missing.xml?later" | feedctl import - >/dev/null
feedctl remove $(feedctl feeds --match "$base/" --format '{id} {url}' |
	grep -E 'missing|gone|page|looked' | cut -d ' ' -f 1)

claim "so it is of one that was removed, and has its old id again"
feedctl add push:kept >/dev/null
rss kept.xml Kept k1
feedctl push kept <www/kept.xml
feedctl star k1
feedctl remove push:kept
same "push:fresh push:kept" \
	"$(printf '%s\n' push:fresh push:kept | feedctl import --wait - | cut -f3 | sort | xargs)"
feedctl remove push:fresh push:kept

claim "and it has the tags of all folders that it stands in, too"
{
	printf '<opml version="2.0"><body>'
	for folder in One Two; do
		printf '<outline text="%s"><outline text="K" xmlUrl="push:kept"/></outline>' $folder
	done
	printf '</body></opml>\n'
} >folders.opml
feedctl import --no-fetch folders.opml >/dev/null
same "One,Two" "$(feedctl feeds push:kept --format '{tags}')"
feedctl remove push:kept --purge

claim "what export writes has all tags of a feed, and import takes them"
feedctl add push:tagged >/dev/null
feedctl set push:tagged $(seq -f 'tags+=t%g' 150)
feedctl export >tagged.opml
feedctl remove push:tagged
feedctl import --no-fetch tagged.opml >/dev/null
same 150 "$(feedctl feeds push:tagged --json | jq '.tags | length')"
feedctl remove push:tagged

claim "what can't be a proxy is one in no list either: without it nobody is asked"
cat >proxies.opml <<X
<opml version="2.0" xmlns:feedd="https://feedd.org/ns/opml"><body>
<outline text="A" xmlUrl="push:a" feedd:proxy="ftp://x.example"/>
<outline text="B" xmlUrl="push:b" feedd:proxy="socks5h://127.0.0.1:9050"/>
<outline text="C" xmlUrl="push:c" feedd:proxy="none"/></body></opml>
X
fails 1 feedctl import --no-fetch --proxies proxies.opml
same "push:b push:c" "$(cut -f3 out | xargs)"
has "$err" '^feedctl: push:a: proxy: it must begin with http'
feedctl export >proxies.opml
feedctl import --no-fetch --proxies proxies.opml >/dev/null
feedctl remove push:b push:c

claim "lines in an old encoding are read as OPML would be; nothing is dropped silently"
printf 'push:latin "caf\351" "~Caf\351" ok\npush:plain x\n' | feedctl import --no-fetch - >rows
same "push:latin push:plain" "$(cut -f3 rows | xargs)"
same "Café café,ok" "$(feedctl feeds push:latin --format '{title} {tags}')"
printf 'push:cyr "\315\356\342\356\361\362\350 \361\362\360\340\355\373 \350 \354\350\360\340"\n' |
	feedctl import --no-fetch - >/dev/null
same "Новости страны и мира" "$(feedctl feeds push:cyr --format '{tags}')"
printf '\037\213\010\360http://a.example/\n' >list.gz
fails 1 feedctl import --no-fetch list.gz
has "$err" 'compressed (gzip)'
feedctl remove push:latin push:plain push:cyr
for order in LE BE; do
	{
		[ $order = LE ] && printf '\377\376' || printf '\376\377'
		printf 'push:wide%s "~Широкая"\n' $order | iconv -f UTF-8 -t UTF-16$order
	} | feedctl import --no-fetch - >rows
	same "Широкая push:wide$order" "$(cut -f2,3 rows | xargs)"
	feedctl remove push:wide$order
done

claim "a title that a list gives is one line, and shows as it reads"
cat >titles.opml <<X
<opml version="2.0" xmlns:feedd="https://feedd.org/ns/opml"><body>
<outline text="A" xmlUrl="push:a" feedd:title="Two&#10;lines&#x202E;&#x85;here"/>
<outline text="B" xmlUrl="push:b" feedd:title="&#x200B; "/></body></opml>
X
feedctl import --no-fetch titles.opml >/dev/null
printf 'push:c "~a\tb\342\200\256c"\n' | feedctl import --no-fetch - >/dev/null
same '"Two lines here"' "$(feedctl feeds push:a --json | jq .title)"
same '"B"' "$(feedctl feeds push:b --json | jq .title)"
same '"a bc"' "$(feedctl feeds push:c --json | jq .title)"
feedctl remove push:a push:b push:c
feedctl remove push:there
printf 'push:a/b\n' >bad.list
fails 1 feedctl import bad.list

claim "a title that a person gives is one line from the start, so export, import, export is one text"
odd=$(printf 'a\tb\nc\302\205d\001e\177f\342\200\256g')
feedctl add push:odd1 --title "$odd" >/dev/null
feedctl add push:odd2 >/dev/null
feedctl set push:odd2 "title=$odd"
{ printf 'feedd-dump 1\nfeed\tpush:odd3\nfeed\tpush:odd3\ttitle\t' &&
	printf 'a\\tb\\nc\302\205d\001e\177f\342\200\256g\n'; } | feedctl restore -
same '"a b c d e fg"' "$(feedctl feeds push:odd1 push:odd2 push:odd3 --json | jq .title | sort -u)"
feedctl export >once.opml
feedctl remove push:odd1 push:odd2 push:odd3
feedctl import --no-fetch once.opml >/dev/null
feedctl export | cmp once.opml -
feedctl add push:odd4 --title "$(printf '\001\342\200\213')" >/dev/null
same null "$(feedctl feeds push:odd4 --json | jq .title)"

claim "what joins letters and emoji stays in a person's tags and titles, wherever they come from"
joined=$(printf '\331\205\333\214\342\200\214\330\256\342\200\215x') # with U+200C and U+200D
feedctl add push:joined1 --tag "$joined" --title "$joined" >/dev/null
feedctl add push:joined2 >/dev/null
feedctl set push:joined2 "tags+=$joined" "title=$joined"
printf '<rss version="2.0"><channel><title>t</title><item><guid>j</guid></item></channel></rss>' |
	feedctl push joined2
item=$(feedctl list --all --feed push:joined2 --format '{id}')
feedctl tag "$joined" "$item"
feedctl rule add "tags # \"$joined\"" "tag $joined" >/dev/null
same "$joined" "$(feedctl list --all --tag "$joined" --json | jq -r '.tags[]')"
same 1 "$(feedctl count --all --where "tags # \"$joined\"")"
feedctl export >joined.opml
feedctl dump >joined.dump
feedctl remove push:joined1 push:joined2
feedctl import --no-fetch joined.opml >/dev/null
feedctl export | cmp joined.opml -
feedctl restore joined.dump
feedctl dump | cmp joined.dump -
printf 'push:joined3 "%s" "~%s"\n' "$joined" "$joined" | feedctl import --no-fetch - >/dev/null
same 3 "$(feedctl feeds --tag "$joined" --json | jq -r .title | grep -cxF "$joined")"
for bad in 'a\342\200\213' 'a\342\200\216' 'a\342\200\256' 'a\357\273\277' '\342\200\215' 'a\302\205'; do
	# shellcheck disable=SC2059
	fails 2 feedctl set push:joined2 "tags+=$(printf "$bad")"
done

claim "lists that come at once are all imported, each whole"
lists=
for n in 1 2 3 4 5 6; do
	if [ $n -lt 4 ]; then
		seq -f "http://l$n.example/%.0f" 1500 >list$n
	else
		{
			echo '<opml version="2.0"><body>'
			seq -f "<outline xmlUrl=\"http://l$n.example/%.0f\"/>" 1500
			echo '</body></opml>'
		} >list$n
	fi
	feedctl import --no-fetch list$n >rows$n &
	lists="$lists $!"
done
for pid in $lists; do wait "$pid" || die "a list was refused"; done
for n in 1 2 3 4 5 6; do
	same 1500 "$(grep -c "	http://l$n.example/[0-9]*$" rows$n)"
done

claim "a rule and a query that mean a feed by its number mean that feed in another store"
feedctl add push:num1 push:num2 >/dev/null
number=$(feedctl feeds push:num2 --format '{id}')
feedctl rule add "feed = $number" star >/dev/null
feedctl query add mine "feedindex = $number"
feedctl dump >dumped
feedctl restore dumped
feedctl dump | cmp dumped -
sed -n '1p;/push:num/p' dumped >numbers.dump
same "query	mine	feedindex = 1	push:num2
rule	feed = 1	star	push:num2" "$(grep -e ^query -e ^rule numbers.dump)"
stop
rm -rf data
start
feedctl add push:elsewhere push:num2 push:another >/dev/null
feedctl restore numbers.dump
for name in num1 num2 elsewhere another; do
	printf '<rss version="2.0"><channel><title>t</title><item><guid>%s</guid></item></channel></rss>' \
		$name | feedctl push $name
done
same "num2" "$(feedctl list --starred --format '{guid}')"
same "num2" "$(feedctl list --all --feed query:mine --format '{guid}')"
feedctl dump | grep -e ^query -e ^rule | cmp - <<X
$(grep -e ^query -e ^rule numbers.dump)
X
printf 'feedd-dump 1\nrule\tfeed = 77\tstar\nquery\told\tage < 2\n' >old.dump
fails 1 feedctl restore old.dump
has "$err" "^feedctl: feed = 77: it means a feed or an item by a number .*rssurl"
same old "$(feedctl query list --format '{name}' | grep -x old)"
same 1 "$(feedctl rule list | wc -l)"
