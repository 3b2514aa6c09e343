# feedctl in pipes: columns, formats, exit codes, standard input.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

# A feed whose texts try to break out of where they are put.
cat >www/hostile.xml <<'X'
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Tabs	and &amp;#27;[31m</title><link>https://h.example/</link>
<item><guid isPermaLink="false">h1</guid><link>https://h.example/1</link>
<title>one	tab&amp;#9;line
end $(touch pwned) `id` &amp;#155;2J &amp;#8238;</title>
<pubDate>Wed, 03 Jun 2026 10:00:00 GMT</pubDate>
<description>&lt;p onclick="x()"&gt;text&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</description></item>
<item><guid isPermaLink="false">h2</guid><link>https://h.example/2</link>
<title>=cmd|'/c calc'!A1</title><pubDate>Wed, 03 Jun 2026 09:00:00 GMT</pubDate></item>
<item><guid isPermaLink="false">h3</guid><title></title>
<pubDate>Wed, 03 Jun 2026 08:00:00 GMT</pubDate>
<description>Words that stand for a title.</description></item>
</channel></rss>
X
serve
start
feedctl add "$base/hostile.xml" >/dev/null

claim "whatever a title says, a line has six columns and no control"
feedctl list >list
same 3 "$(wc -l <list)"
same 6 "$(awk -F'\t' '{ print NF }' list | sort -u)"
same 0 "$(LC_ALL=C tr -d '\t\n' <list | LC_ALL=C grep -c '[[:cntrl:]]' || :)"
same 0 "$(grep -c "$(printf '\302\233\|\342\200\256')" list || :)"

claim "a title that is missing is made of the first words"
same "Words that stand for a title." "$(feedctl list --format '{title}' | tail -n 1)"
same null "$(feedctl list --json | jq -r 'select(.guid == "h3").title')"

claim "read in sh sees each column where it is"
feedctl list | while IFS='	' read -r id date flags feed title url; do
	[ -n "$id" ] && [ -n "$date" ] && [ "$flags" = N ] && [ -n "$feed" ] &&
		[ -n "$title" ] || die "$id $date $flags $feed $title $url"
done

claim "NUL ends records where it is asked for"
same 3 "$(feedctl list -0 --format '{title}' | tr -cd '\0' | wc -c)"
feedctl list -0 --format '{id}' | feedctl star -0 -
same 3 "$(feedctl count --starred)"

claim "templates know fields and escapes, and nothing else"
same "h1|N*" "$(feedctl list -n 1 --format '{guid}|{flags}')"
same "{h1}" "$(feedctl list -n 1 --format '{{{guid}}}')"
fails 2 feedctl list --format '{nonsense}'
fails 2 feedctl list --format tvs
has "$err" 'did you mean tsv'

claim "fields come in the order that was asked for"
same "https://h.example/1	h1" "$(feedctl list -n 1 --fields url,guid)"
same '{"url":"https://h.example/1","guid":"h1"}' "$(feedctl list -n 1 --json --fields url,guid)"

claim "a field without a name is none, wherever it stands"
for fields in "" " " , id,,title ,id "id, " "id, ,title"; do
	fails 2 feedctl list --fields "$fields"
	same "" "$out"
	has "$err" '^feedctl: --fields .*: a name in it is empty$'
	fails 2 feedctl list --json --fields "$fields"
done
same "h1	https://h.example/1" "$(feedctl list -n 1 --fields 'guid, url')"

claim "a spreadsheet finds no formula"
feedctl list --format csv | grep -q "\"'=cmd" || die "a formula"
same 4 "$(feedctl list --format csv | wc -l)"

claim "nothing that acts leaves in any format"
id=$(feedctl list -n 1 --format '{id}')
for format in json atom jsonfeed html sfeed; do
	feedctl list --format "$format" >out
	grep -q -e onclick -e '<script' -e '&lt;script' out && die "$format"
done
feedctl show --html "$id" | grep -q onclick && die "show --html"
feedctl show --source "$id" | grep -q onclick || die "show --source is not what was sent"

claim "feeds and pages are what they say"
feedctl list --format jsonfeed | jq -e '.version and (.items | length) == 3' >/dev/null
same "" "$(feedctl list --tag none --format html)"
same "" "$(feedctl list --tag none --format mbox)"
same 3 "$(feedctl list --format mbox | grep -c '^From ')"
same 0 "$(feedctl list --format mbox | LC_ALL=C grep -c '[^ -~	]' || :)"

claim "NUL ends each article that is shown, in place of the rule between them"
feedctl list --format '{id}' | feedctl show - | grep -c '^──' >rules || :
same 2 "$(cat rules)"
for how in "" --html --source; do
	feedctl list --format '{id}' | tr '\n' '\0' | feedctl show -0 $how - >articles
	same 3 "$(tr -cd '\0' <articles | wc -c)"
	same "" "$(tail -c 1 articles | tr -d '\0')"
	grep -c '^──' articles && die "a rule"
done

claim "an Atom feed has all that is known of an item"
cat >www/rich.json <<'FEED'
{"version":"https://jsonfeed.org/version/1.1","title":"Rich & plain","items":[
{"id":"1","url":"https://r.example/1","external_url":"https://elsewhere.example/","title":"A & B",
"summary":"In short <b>","content_html":"<p>At length</p>","date_published":"2026-01-02T03:04:05Z",
"date_modified":"2026-01-03T03:04:05Z","language":"de","tags":["x","y & z"],
"authors":[{"name":"Ann","url":"https://ann.example/"},{"name":"Bob"}],
"attachments":[{"url":"https://r.example/1.mp3","mime_type":"audio/mpeg","title":"Spoken",
"size_in_bytes":1234}]},
{"id":"2","url":"https://r.example/2","title":"By nobody","content_html":"<p>Words</p>",
"date_published":"2026-01-01T03:04:05Z"}]}
FEED
rich=$(feedctl add "$base/rich.json" | cut -f1)
feedctl list --feed "$rich" --format atom >www/again.atom
again=$(feedctl add "$base/again.atom" | cut -f1)
told() {
	feedctl list --all --feed "$1" --json --full | jq -S '{url, title,
		summary, content_html, date_published, date_modified, language, categories, authors,
		attachments}'
}
told "$rich" >one
told "$again" >two
same "Rich & plain" "$(jq -r 'select(.title == "By nobody").authors[].name' two)"
for fields in 'select(.title == "A & B")' 'select(.title != "A & B") | del(.authors, .date_modified)'; do
	jq -S "$fields" one >one.part
	jq -S "$fields" two >two.part
	diff one.part two.part || die "$fields"
done
same 1 "$(grep -c '<link rel="related" href="https://elsewhere.example/"/>' www/again.atom)"
same 2 "$(grep -c '<id>urn:feedd:[0-9a-f]\{32\}</id>' www/again.atom)"
feedctl remove "$rich" "$again"

claim "a maildir has each item once, and what was read is seen"
feedctl mark-read "$id"
feedctl list --all --format maildir --into mail
feedctl list --all --format maildir --into mail
same 3 "$(find mail -type f | wc -l)"
same 1 "$(find mail/cur -name '*:2,FS' | wc -l)"
sed 's/ 2026 0[89]:/ 2025 07:/' www/hostile.xml >later.xml && mv later.xml www/hostile.xml
feedctl refresh --all --force --wait >/dev/null
same 2 "$(feedctl list --format '{date}' --all | grep -c '^2025')"
feedctl list --all --format maildir --into mail
same 3 "$(find mail -type f | wc -l)"

claim "a follower, too, leaves a mail alone that it wrote and somebody has moved"
feedctl watch --states --cursor-file place --format maildir --into moved &
follower=$!
until_true test -s place
behind() {
	[ "$(feedctl status --format '{cursor}')" = "$(cat place)" ]
}
feedctl mark-unread "$id"
until_true behind
mv moved/cur/*:2,F "$(echo moved/cur/*)R"
feedctl mark-read "$id"
until_true behind
kill $follower
same 1 "$(find moved -type f | wc -l)"
feedctl mark-unread "$id"

claim "sfeed's own programs read what is written for them"
feedctl list --format sfeed --into sfeed
same 9 "$(cat sfeed/* | awk -F'\t' '{ print NF }' | sort -u)"
if command -v sfeed_plain >/dev/null; then
	same 3 "$(sfeed_plain sfeed/* | wc -l)"
	sfeed_html sfeed/* | grep -q 'h.example/1' || die sfeed_html
	same 3 "$(sfeed_mbox sfeed/* | grep -c '^From ')"
	same 3 "$(sfeed_atom sfeed/* | grep -c '<entry>')"
else
	echo "no sfeed here: its programs were not tried"
fi

claim "items are named by number, link, guid, line or object; unknown ones are told"
feedctl mark-read --all
feedctl mark-unread h1 https://h.example/2
same 2 "$(feedctl count)"
feedctl list --json | feedctl mark-read -
same 0 "$(feedctl count)"
{ feedctl list --all; echo; echo nosuch; } >words
fails 1 feedctl mark-unread - <words
has "$err" 'feedctl: .*nosuch'
for word in '{"id":[1]}' '{"id":{}}' '{"id":""}' '{"id":[]}' '{"id":"\u0000"}'; do
	printf '%s\n' "$word" >words
	fails 1 feedctl mark-read - <words
	has "$err" 'feedctl: there is no item {"id":'
done
same 3 "$(feedctl count)"
feedctl mark-read - </dev/null
same 3 "$(feedctl count)"

claim "an empty list is done, whoever is there; its row has the cursor of now"
same "0 $(feedctl status --json | jq -r .cursor)" \
	"$(feedctl mark-read - --json </dev/null | jq -r '"\(.changed) \(.cursor)"')"
for command in "mark-read" "mark-read --json" "tag t" "set title=x" remove pause refresh \
	"refresh --wait" feeds "feeds --json" show "show --json" open; do
	# shellcheck disable=SC2086
	same "" "$(echo | feedctl $command - --socket nowhere |
		grep -v '^{"matched":0,"changed":0,"unknown":\[\],"cursor":null}$')"
	# shellcheck disable=SC2086
	feedctl $command - --socket nowhere </dev/null >/dev/null
done
fails 3 feedctl feeds --socket nowhere
fails 3 feedctl show 1 --socket nowhere

claim "a hundred thousand ids are one change, and undo takes it back"
{ seq 1000 101000; feedctl list --format '{id}'; } | feedctl mark-read - 2>/dev/null && die "unknown ones"
same 0 "$(feedctl count)"
feedctl undo
same 3 "$(feedctl count)"

claim "so are those that are shown or opened and marked on the way, and not those by name"
feedctl tag kept --all
feedctl list | feedctl show --mark-read - >/dev/null
same 0 "$(feedctl count)"
same '{"changed":3}' "$(feedctl undo --json)"
same "3 3" "$(feedctl count) $(feedctl count --tag kept)"
feedctl list | BROWSER=true fails 1 feedctl open - --mark-read
same "feedctl: item 1 has no link to open" "$(cat err)"
same "1 1" "$(feedctl list --format '{id}') $(feedctl count)"
same '{"changed":2}' "$(feedctl undo --json)"
feedctl unstar --all
feedctl show "$id" --mark-read >/dev/null
same '{"changed":3}' "$(feedctl undo --json)"
same "2 3" "$(feedctl count) $(feedctl count --starred)"
feedctl mark-unread "$id"
feedctl untag kept --all

claim "what could not be opened stays unread: all of them, or those from the first that fails on"
feedctl list | BROWSER=false fails 1 feedctl open - --mark-read
same 3 "$(feedctl count)"
mkdir bare
cat >bare/xdg-open <<X
#!/bin/sh
case \$1 in *$(feedctl list --limit 1 --format '{url}' | sed 's,.*/,/,')) ;; *) exit 1 ;; esac
X
chmod +x bare/xdg-open
ln -s "$BUILD_DIR/feedctl" /bin/sh bare/
feedctl list --format '{id}' | grep -vx 1 >linked
fails 1 env -u BROWSER PATH="$work/bare" feedctl open --mark-read - <linked
same "$(sed 1d linked; echo 1)" "$(feedctl list --format '{id}')"
feedctl mark-unread --all
rm bare/xdg-open
if [ -c /dev/full ]; then
	fails 1 env -u BROWSER PATH="$work/bare" sh -c 'feedctl open --mark-read - >/dev/full' <linked
	same 3 "$(feedctl count)"
fi

claim "mistakes are told with a cure and exit 2"
fails 2 feedctl lsit
has "$err" 'did you mean list'
fails 2 feedctl list --sicne 2d
has "$err" 'did you mean --since'
fails 2 feedctl list --lim 2
has "$err" 'did you mean --limit'
fails 2 feedctl list --format '{titel}'
has "$err" 'did you mean title?'
fails 2 feedctl list --since soon
fails 2 feedctl --socket= list
fails 2 feedctl list --group week
fails 2 feedctl mark-read
fails 2 feedctl mark-read "$id" --unread
fails 2 feedctl list --sort size
fails 2 feedctl list --json --format-version 2
same "" "$out"

claim "a key that is asked for twice stands once"
same '{"title":null,"id":1}' \
	"$(feedctl list --all --where 'guid = "h3"' --json --fields title,id,title)"

claim "help and version go to standard output"
feedctl help | grep -q 'mark-read' || die help
feedctl list --help | grep -q -- '--since' || die "list --help"

claim "help names no option that the command refuses"
for command in list export dump backup open help completion; do
	for option in --json --format --fields --into --null; do
		argument=
		case $command in
		completion) argument=bash ;;
		backup) argument=copy.db ;;
		open) argument=1 ;;
		esac
		value=
		case $option in
		--format) value=tsv ;;
		--fields) value=id ;;
		--into) value=dir ;;
		esac
		# shellcheck disable=SC2086
		env -u BROWSER feedctl $command $argument $option $value </dev/null >/dev/null 2>err || :
		told=no
		feedctl help $command | grep -q "^  \(-0, \)\{0,1\}$option " && told=yes
		refused=no
		grep -q ' takes no \| of its own' err && refused=yes
		[ $told != $refused ] || die "$command $option: told $told, refused $refused"
	done
done
feedctl --version | grep -q '^feedctl ' || die version
for library in jansson yajl gumbo libutf8proc; do
	has "$(feedctl --version)" "^$library [0-9]"
done

claim "a full disk is told, a closed pipe is not"
if [ -w /dev/full ]; then
	code=0
	feedctl list >/dev/full 2>err || code=$?
	same 1 "$code"
	has "$(cat err)" '^feedctl: '
fi
same 1 "$(feedctl list | head -n 1 | wc -l)"

claim "changes print nothing without --json"
same "" "$(feedctl star "$id")"
same 1 "$(feedctl unstar "$id" --json | jq .changed)"
same "" "$(feedctl star "$id" --format '{changed}')"
same "" "$(feedctl unstar "$id" --fields changed)"

claim "what they can't print is a mistake all the same, and nothing is done"
feedctl dump >dumped
for format in '{nope}' '{changed' '\q' tvs sfeed urls maildir; do
	fails 2 feedctl star "$id" --format "$format"
	fails 2 feedctl tag a "$id" --format "$format"
	fails 2 feedctl set 1 title=Other --format "$format"
	fails 2 feedctl rule add 'unread = "yes"' drop --format "$format"
	fails 2 feedctl restore /dev/null --format "$format"
done
fails 2 feedctl star "$id" --fields matched,nope
has "$err" 'nope'
fails 2 feedctl star "$id" --into dir
fails 2 feedctl push other --fields nope </dev/null
feedctl dump >dumped-again
cmp dumped dumped-again

claim "the rule that was added is printed in the format that was asked for"
unread='unread = "yes"'
same "1|star" "$(feedctl rule add "$unread" star --format '{id}|{action}')"
same "2	tag x" "$(feedctl rule add "$unread" tag x --fields id,action)"
same "3	$unread	star	0" "$(feedctl rule add "$unread" star --format tsv)"
same "" "$(feedctl rule add "$unread" star)"
for rule in 1 2 3 4; do feedctl rule remove $rule; done

claim "a file is never overwritten, nor opened for another"
: >there
fails 1 feedctl backup there
same "" "$(cat there)"

claim "a backup that is interrupted leaves no file"
kill -STOP "$daemon_pid"
feedctl backup interrupted &
backup=$!
until_true sh -c "ls -l /proc/$backup/fd | grep -q '/#[0-9]* (deleted)\|/interrupted'"
kill -TERM $backup
wait $backup || :
kill -CONT "$daemon_pid"
case $(stat -f -c %T .) in
ext2/ext3 | xfs | btrfs | tmpfs) same "" "$(find . -name 'interrupted*')" ;;
esac

claim "atom's and jsonfeed's ids are the same from a backup, and on another machine"
ids() {
	feedctl list --all --format atom | sed -n 's,^<id>\(urn:feedd:[0-9a-f]*\)</id>$,\1,p' | sort
}
ids >were
same 3 "$(sort -u were | wc -l)"
feedctl list --all --format jsonfeed | jq -r '.items[].id' | sort | diff were -
feedctl show --format jsonfeed "$(feedctl list --all --format '{id}' | head -n 1)" |
	jq -r '.items[].id' | grep -qxFf were || die "another id of one item"
feedctl rule test 'age >= 0' --format jsonfeed | jq -r '.items[].id' | sort | diff were -
rm -f copy.db
feedctl backup copy.db
feedctl dump >dumped
stop
rm data/feedd.db*
mv copy.db data/feedd.db
start
ids | diff were -
stop
mv data before
start
rss first.xml First 1 2
feedctl add "$base/first.xml" >/dev/null
feedctl restore dumped
feedctl refresh --all --force --wait >/dev/null
ids | grep -Fxf were | diff were -

[ ! -e pwned ] || die "a title was run"
stop

claim "an answer that ends in the middle is told, whatever came before it stays"
if command -v socat >/dev/null; then
	printf '{"parameters":{"items":[{"id":1,"title":"t"}]},"continues":true}\0{"par' >half
	socat -u OPEN:half UNIX-LISTEN:half.sock &
	until_true test -S half.sock
	fails 3 feedctl list --socket half.sock --format '{id} {title}'
	same "1 t" "$out"
	has "$err" 'went away'
else
	echo "no socat here: a daemon that leaves was not tried"
fi
