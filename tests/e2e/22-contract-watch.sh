# What followers lean on.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

rss news.xml "News" a b
serve
start
feedctl add "$base/news.xml" >/dev/null

claim "a feed's event is six columns: which, when, what, whose, why and where"
feedctl watch --since 1h --events --no-follow >out
same 1 "$(wc -l <out)"
same "feed:1	feed.initial	News	$base/news.xml" "$(cut -f1,3,4,6 out)"

claim "since a time is by arrival, and both texts say so"
feedctl add push:past >/dev/null
printf '<rss version="2.0"><channel><title>P</title></channel></rss>' | feedctl push past >/dev/null
feedctl push past >/dev/null <<X
<rss version="2.0"><channel><title>P</title><item><title>long ago</title><guid>p</guid>
<pubDate>Tue, 03 Jun 2003 10:00:00 GMT</pubDate></item></channel></rss>
X
same "" "$(feedctl list --feed push:past --since 1h)"
same "long ago" "$(feedctl watch --feed push:past --since 1h --no-follow --format '{title}')"
has "$(feedctl help watch | grep -e --since)" "came or changed at T or later"
has "$(feedctl help list | grep -e --since)" "dated T or later"
feedctl remove push:past --purge

claim "fields are in the order that was asked for, those of items only"
same "https://example.org/a	initial
https://example.org/b	initial" "$(feedctl watch --since 1h --initial --no-follow --fields url,event | sort)"
same 2 "$(feedctl watch --since 1h --initial --no-follow --json --fields title | jq -c keys | grep -cFx '["title"]')"

claim "who begins at a time has a cursor before the first item is handed on"
for begins in missing empty; do
	rm -f c
	[ $begins = missing ] || : >c
	fails 1 feedctl watch --no-follow --initial --since 1h --cursor-file c --exec false
	same 2 "$(feedctl watch --no-follow --initial --cursor-file c --format '{id}' | wc -l)" "$begins"
done

claim "what a command says and nobody takes is not handed on"
rm -f c
fails 1 sh -c 'feedctl watch --no-follow --initial --since 1h --cursor-file c --exec echo said >/dev/full'
has "$err" "the output of echo can't be written"
same 2 "$(feedctl watch --no-follow --initial --cursor-file c --format '{id}' | wc -l)"

claim "a device keeps no cursor, and stays what it is"
ln -s /dev/null nowhere
feedctl watch --no-follow --cursor-file nowhere
[ -c /dev/null ] && [ -L nowhere ] || die "/dev/null was replaced"
[ "$(id -u)" -ne 0 ] || {
	mknod null c 1 3 && feedctl watch --no-follow --cursor-file null
	[ -c null ] || die "a device was replaced"
}

claim "a link to a cursor file stays one, and the file's mode is its own"
feedctl watch --no-follow --cursor-file kept
chmod 640 kept
ln -s kept link
: >kept
same 2 "$(feedctl watch --no-follow --since 1h --cursor-file link --initial --format '{id}' | wc -l)"
[ -L link ] || die "the link was replaced"
same "640 1" "$(stat -c %a kept) $(grep -c ^c kept)"
ln -s new-one dangling
feedctl watch --no-follow --cursor-file dangling
same 1 "$(grep -c ^c new-one)"
fails 2 feedctl watch --no-follow --cursor-file -
[ ! -e ./- ] || die "there is a file that is called -"

claim "events go with what has place for them, and that is said before anything is written"
fails 2 feedctl watch --events --no-follow --format csv
same "" "$out"
has "$err" "not csv"

claim "an attachment and an author that are put right are shown, and nobody is told"
feedctl add push:show >/dev/null
show() {
	printf '<rss version="2.0"><channel><title>S</title><item><guid>s</guid><title>Episode</title>'
	printf '<description>d</description><author>%s</author>' "$1"
	printf '<enclosure url="https://example.org/%s" type="audio/mpeg"/></item></channel></rss>' "$2"
}
has_file() {
	feedctl list --all --feed push:show --format '{authors} {attachments}' | grep -F "$1" | grep -Fq "$2"
}
show Ann wrong.mp3 | feedctl push show
feedctl mark-read --feed push:show
before=$(feedctl status --format '{cursor}')
show Anne right.mp3 | feedctl push show
has_file Anne right.mp3 || die "$(feedctl list --all --feed push:show --json)"
same "R" "$(feedctl list --all --feed push:show --format tsv | cut -f3)"
same "" "$(feedctl watch --no-follow --states --since "$before")"
feedctl remove push:show

claim "with --events, a template and --fields name what events have, too"
told() {
	feedctl watch --since 1h --initial --events --no-follow "$@"
}
same "feed.initial	News	$base/news.xml" "$(told --format '{event}\t{feed_title}\t{feed_url}{title}{flags}{url}' | grep ^feed)"
same "$(told --json | jq -r 'select(.at) | "\(.at) \(.text) \(.new) \(.bytes)"')" \
	"$(told --format '{at} {text} {new} {bytes}' | grep '^2')"
same "initial Item a N" "$(told --format '{event} {title} {flags}{at}{text}' | grep 'Item a')"
same "feed.initial	-	-	$(told --json | jq -r 'select(.at).at')" "$(told --fields event,title,flags,at | grep ^feed)"
same '["event","at","title"]' "$(told --json --fields event,at,title | jq -c keys_unsorted | sort -u)"
same 'feed.initial null' "$(told --json --fields event,at,title | jq -r 'select(.at) | "\(.event) \(.title)"')"
fails 2 feedctl watch --events --no-follow --format '{ta}'
has "$err" "there is no field ta.* cursor .* at status ms bytes new text$"
for without in --states --initial; do
	fails 2 feedctl watch $without --no-follow --format '{at}'
	fails 2 feedctl watch $without --no-follow --fields at
done

claim "who watches a feed that is removed is told, and does not wait for ever"
feedctl add push:left >/dev/null
feedctl add push:stays >/dev/null
feedctl add push:other >/dev/null
feedctl watch --feed push:left --cursor-file gone-c >gone 2>gone-err &
one=$!
feedctl watch --feed push:left --feed push:stays --events --cursor-file both-c >both 2>both-err &
two=$!
until_true test -s gone-c
until_true test -s both-c
item() {
	printf '{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"%s","title":"%s"},{"id":"0","title":"0"}]}' "$1" "$1"
}
item 1 | feedctl push left
item 2 | feedctl push left
until_true grep -q '	2	' gone
feedctl remove push:other
feedctl set push:left title=Renamed
feedctl remove push:left
code=0
wait $one || code=$?
same 1 $code
same "feedctl: the feed was removed: nothing is left to watch" "$(cat gone-err)"
same 1 "$(wc -l <gone)" "all that came before was told"
item 1 | feedctl push stays
item 2 | feedctl push stays
until_true grep -q '	2	' both
feedctl remove push:stays
code=0
wait $two || code=$?
same 1 $code
same "feedctl: all the feeds were removed: nothing is left to watch" "$(cat both-err)"

claim "in a script's background Ctrl-C is the script's, whatever is run for an item"
feedctl add push:hooked >/dev/null
(
	trap '' INT
	exec feedctl watch --feed push:hooked --cursor-file hooked-c --exec sh -c 'echo "$FEEDD_TITLE"'
) >hooked &
hooked=$!
until_true test -s hooked-c
item 1 | feedctl push hooked
item 2 | feedctl push hooked
until_true grep -qx 2 hooked
kill -INT $hooked
item 3 | feedctl push hooked
until_true grep -qx 3 hooked
kill $hooked
wait $hooked 2>/dev/null || :

claim "whatever ends it ends what runs for an item, which would run once more"
cat >slow-hook <<'END_OF_SCRIPT'
#!/bin/sh
exec >slow-hook.out 2>&1
trap 'echo >told; exit' TERM
echo >began
i=0
while [ $i -lt 600 ]; do
	i=$((i + 1))
	sleep 0.1
done
END_OF_SCRIPT
chmod +x slow-hook
for signal in TERM INT HUP QUIT; do
	rm -f told began ended-c
	# A shell's background has INT and QUIT ignored, which is respected.
	env --default-signal feedctl watch --feed push:hooked --cursor-file ended-c \
		--exec ./slow-hook &
	hooked=$!
	until_true test -s ended-c
	item "$signal" | feedctl push hooked
	until_true test -s began
	kill -$signal $hooked
	until_true test -s told
	wait $hooked 2>/dev/null || :
	item "$signal" | feedctl push hooked
done

claim "of a backup in the store's place, cursors count up to where it was made, and never beyond"
feedctl add push:mine >/dev/null
titles() {
	printf '{"version":"https://jsonfeed.org/version/1.1","title":"Mine","items":['
	printf '{"id":"%s","title":"%s"},' $(for i; do echo "$i" "$i"; done)
	printf '{"id":"0","title":"0"}]}'
}
titles 1 | feedctl push mine
before=$(feedctl status --format '{cursor}')
titles 1 2 | feedctl push mine
feedctl backup copy.db
titles 1 2 3 4 | feedctl push mine
lost=$(feedctl status --format '{cursor}')
stop
rm -f data/feedd.db*
cp copy.db data/feedd.db
start
fails 1 feedctl watch --no-follow --since "$lost"
titles 1 2 5 6 7 8 | feedctl push mine
fails 1 feedctl watch --no-follow --since "$lost"
has "$err" "this store did not give the cursor $lost; .* begin anew at a time, with an empty cursor file\$"
echo "$lost" >refused-c
fails 1 feedctl watch --no-follow --cursor-file refused-c
has "$err" 'begin anew'
: >refused-c
feedctl watch --no-follow --since 1h --cursor-file refused-c --format '{title}' >anew
grep -qx 8 anew || die "nothing came: $(cat anew)"
same "2 5 6 7 8" "$(feedctl watch --no-follow --since "$before" --format '{title}' | sort | xargs)"
after=$(feedctl status --format '{cursor}')
stop
start
same "" "$(feedctl watch --no-follow --since "$after")" "a restart changes no cursor"
fails 1 feedctl watch --no-follow --since "$lost"

claim "a follower that wants so many has had those that came before a restart"
feedctl watch --limit 2 --cursor-file few --format '{title}' >few-seen &
few=$!
until_true test -s few
titles 1 2 5 6 7 8 9 | feedctl push mine
until_true grep -qx 9 few-seen
stop

claim "a daemon that was never there is not waited for, wherever it would go on"
fails 3 timeout 20 feedctl watch --cursor-file few
fails 3 timeout 20 feedctl watch --since "$after"
start
titles 1 2 5 6 7 8 9 10 11 12 | feedctl push mine
wait $few
same 2 "$(wc -l <few-seen)"
cp few none
same "" "$(timeout 20 feedctl watch --limit 0 --cursor-file none)"
cmp -s few none || die "nothing was wanted, and it is behind something"
same "" "$(timeout 20 feedctl watch --limit 0)"
stop
