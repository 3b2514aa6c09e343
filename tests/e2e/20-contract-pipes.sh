# What scripts lean on in pipes: fields, templates, what is named how.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

rss news.xml "News" a b c
serve
start
id=$(feedctl add "$base/news.xml" | cut -f1)

claim "double braces stand for themselves, whatever is between them"
same "{x} News {guid}" "$(feedctl list -n 1 --format '{{x}} {feed_title} {{guid}}')"

claim "the first field of a line is behind the blanks it begins with"
printf '   %s 1 x\n\t%s\n   \n' $(feedctl list --format '{id}' | head -n 2) | feedctl mark-read -
same 1 "$(feedctl count)"
feedctl undo
same 3 "$(feedctl count)"

claim "a JSON object is one behind blanks, too"
feedctl list --json --fields id | sed 's/^/  /' | feedctl mark-read -
same 0 "$(feedctl count)"
feedctl undo

claim "a value that is empty is told as one that is missing"
for option in --since --limit --format --feed --sort; do
	fails 2 feedctl list $option ""
	has "$err" "^feedctl: $option needs a value: "
done
fails 1 feedctl show ""
same 'feedctl: there is no item ""' "$err"
seq -f 'none%.0f' 10002 >words
fails 1 feedctl mark-read - <words
same 10001 "$(printf '%s\n' "$err" | wc -l)"
has "$err" '^feedctl: there is no item … and 2 more$'
sed 1000q words >thousand
fails 1 feedctl pause - <thousand
same 1000 "$(printf '%s\n' "$err" | wc -l)"
has "$err" '^feedctl: no feed is called none1000$'
fails 1 feedctl pause - <words
same 1001 "$(printf '%s\n' "$err" | wc -l)"
has "$err" '^feedctl: … and 9002 more$'

claim "-0 ends each record of csv, too; without it RFC 4180 has the word"
same "id@$(feedctl list -n 1 --format "{id}")@" "$(feedctl list --feed "$id" -n 1 -0 --format csv --fields id | tr '\0' '@')"
same 2 "$(feedctl list -n 1 --format csv | grep -c "$(printf '\r')\$")"

claim "flags are a field in json, too"
same '{"flags":"N"}' "$(feedctl list -n 1 --json --fields flags)"

claim "each feed has a file of its own, whatever it is called"
rss twin.xml "News" x y
twin=$(feedctl add "$base/twin.xml" | cut -f1)
feedctl list --format sfeed --into files
feedctl list --format sfeed --into files
same "News
News $twin" "$(ls files)"
same 3 "$(wc -l <files/News)"
same 2 "$(wc -l <"files/News $twin")"
feedctl watch --initial --since 1h --no-follow --format sfeed --into followed
same 2 "$(ls followed | wc -l)"

claim "its name is the same whatever else is listed, for a follower, too"
rm -r files followed
feedctl list --feed "$twin" --format sfeed --into files
feedctl mark-read --feed "$id"
feedctl list --format sfeed --into files
same "News $twin" "$(ls files)"
feedctl undo
feedctl watch --initial --format sfeed --into followed --cursor-file cursor &
follower=$!
until_true test -s cursor
rss third.xml "News" z
third=$(feedctl add "$base/third.xml" | cut -f1)
until_true test -s "followed/News $third"
same 1 "$(wc -l <"followed/News $third")" "it does not wait for what another feed has to say"
rss third.xml "News" z zz
feedctl refresh --force --wait "$third" >/dev/null
both() {
	test "$(wc -l <"followed/News $third")" -eq 2
}
until_true both
rm "followed/News $third"
rss third.xml "News" z zz zzz
feedctl refresh --force --wait "$third" >/dev/null
until_true test -s "followed/News $third"
is_written() {
	test -z "$(feedctl watch --no-follow --since "$(cat cursor)")"
}
until_true is_written
kill -9 $follower
wait $follower || :
same "News $third" "$(ls -A followed)"

claim "who follows again goes on with the file of before"
printf 'half a row' >>"followed/News $third"
rss third.xml "News" z zz zzz zzzz
feedctl refresh --force --wait "$third" >/dev/null
feedctl watch --no-follow --format sfeed --into followed --cursor-file cursor
same "Item zzz half a row Item zzzz" "$(cut -f2 "followed/News $third" | xargs)"

claim "a removed feed's file is called by title and number"
feedctl star --feed "$third"
feedctl remove "$twin" "$third"
feedctl list --all --format sfeed --into files
same "News
News $twin
News $third" "$(ls files)"
feedctl unstar --starred

claim "an untitled item is called by its first words in every format"
feedctl add push:bare
echo '{"version":"https://jsonfeed.org/version/1.1","title":"Bare","items":[
	{"id":"7","content_text":"First words\nof it"},{"id":"8","content_html":"<p>And <b>more</b></p>"}]}' |
	feedctl push bare
same "And more
First words of it" "$(feedctl list --feed push:bare --format sfeed | cut -f2 | sort)"
same "$(feedctl list --feed push:bare | cut -f5)" \
	"$(feedctl list --feed push:bare --format mbox | sed -n 's/^Subject: //p')"
same "null" "$(feedctl list --feed push:bare --full --json | jq -r .title | uniq)"

claim "a label is never empty"
feedctl add push:file
echo '<rss version="2.0"><channel><title>Files</title><item><enclosure url="https://e.org/1"/></item>
	</channel></rss>' | feedctl push file
same "$(feedctl list --feed push:file | cut -f5)" \
	"$(feedctl list --feed push:file --fields label --json | jq -r .label)"
feedctl list --all --format '{id}' | feedctl show - --fields label,feed_label --json >labels
jq -e '.label != "" and .label != null and .feed_label != null' labels >/dev/null
same "$(feedctl list --all | cut -f4,5 | sort)" "$(jq -r '[.feed_label, .label] | @tsv' labels | sort)"

claim "a JSON Feed says of each file what type it has"
same '[{"url":"https://e.org/1","mime_type":"application/octet-stream"}]' \
	"$(feedctl list --feed push:file --format jsonfeed | jq -c '.items[0].attachments')"

claim "what is titled with blanks is called by its words, then by its address"
feedctl add push:blank >/dev/null
echo '{"version":"https://jsonfeed.org/version/1.1","title":"Blank","items":[
	{"id":"1","title":" ","content_text":"  ","url":"https://blank.example/1"},
	{"id":"2","title":"\u00a0","content_html":"<p>&nbsp;</p>","url":"https://blank.example/2"},
	{"id":"3","title":"\u3000","content_text":"Words"},
	{"id":"4","title":"\u200b \u00a0","summary":" ","content_html":"<p>More <b>words</b></p>"}]}' |
	feedctl push blank
words="More words
Words
https://blank.example/1
https://blank.example/2"
same "$words" "$(feedctl list --feed push:blank | cut -f5 | sort)"
same "$words" "$(feedctl list --feed push:blank --fields title | sort)"
same "$words" "$(feedctl list --feed push:blank --format '{title}' | sort)"
same "$words" "$(feedctl list --feed push:blank --format sfeed | cut -f2 | sort)"
same "$words" "$(feedctl list --feed push:blank --format mbox | sed -n 's/^Subject: //p' | sort)"
same "$words" "$(feedctl list --feed push:blank --format atom |
	sed -n 's/^<title>\(.*\)<\/title>.*/\1/p' | sort | grep -v '^feedd')"
feedctl remove push:blank

claim "both texts of an item are kept, and follow the feed"
feedctl add push:both >/dev/null
both() { # QUERY
	echo '{"version":"https://jsonfeed.org/version/1.1","title":"Both","items":[{"id":"1","title":"Film",
		"content_html":"<a href=\"https://both.example/watch?v='"$1"'\">film</a>",
		"content_text":"film: https://both.example/watch?v='"$1"'"}]}'
}
texts() {
	jq -r '"\(.content_html | split("\"")[1]) \(.content_text)"'
}
both wrong | feedctl push both
both right | feedctl push both
same "https://both.example/watch?v=right film: https://both.example/watch?v=right" \
	"$(feedctl list --feed push:both --full --json | texts)"
same "$(feedctl list --feed push:both --full --json | texts)" \
	"$(feedctl list --feed push:both --format jsonfeed | jq '.items[]' | texts)"
same "$(feedctl list --feed push:both --full --json | texts)" \
	"$(both right | feedd --parse - | jq '.items[]' | texts)"
same 0 "$(feedctl count --all --changed --feed push:both)"
feedctl remove push:both

claim "a word that is a number is an id, and never a guid"
rss numbers.xml "Numbers" 0 99999999999999999999
feedctl add "$base/numbers.xml" >/dev/null
for number in 0 99999999999999999999; do
	fails 1 feedctl mark-read $number
	same "feedctl: there is no item $number" "$err"
done

claim "a word is a link or a guid: it means who has it as one and who has it as the other"
for name in tracked planet; do
	feedctl add push:$name >/dev/null
done
feedctl push tracked <<Y
<rss version="2.0"><channel><title>T</title><item><title>post</title>
<guid>https://blog.example/post</guid><link>https://track.example/1</link></item>
<item><title>own</title><guid>https://blog.example/own</guid>
<link>https://blog.example/own</link></item></channel></rss>
Y
feedctl push planet <<Y
<rss version="2.0"><channel><title>P</title><item><title>Blog: post</title>
<guid isPermaLink="false">77</guid><link>https://blog.example/post</link></item></channel></rss>
Y
same '{"matched":2,"changed":2}' "$(feedctl star https://blog.example/post --json |
	jq -c '{matched, changed}')"
same "2" "$(feedctl count --all --starred --feed push:tracked --feed push:planet --no-cluster)"
same "1" "$(feedctl show https://blog.example/own --json | wc -l)"

claim "a pushed document that is cut is in as far as it is whole, and its feed tells of it"
feedctl add push:cut >/dev/null
printf '<rss version="2.0"><channel><title>Cut</title><item><guid>1</guid><title>One</title></item><item><guid>2</guid><title>Tw' >cut.xml
fails 1 feedctl push cut <cut.xml
has "$err" 'the document ends early; what was whole before that is kept'
same One "$(feedctl list --feed push:cut --format '{title}')"
same "failing partial" "$(feedctl explain --json push:cut | jq -r '.state + " " + .last_error.class')"
has "$(feedctl log push:cut)" 'feed.failing.*the document ends early'
fails 1 feedctl push cut --json <cut.xml
same 1 "$(printf '%s\n' "$out" | jq '.refused | length')"
same 1 "$(feedctl log push:cut | grep -c feed.failing)" "it is no news any more"
{
	cat cut.xml
	printf 'o</title></item></channel></rss>'
} >whole.xml
same null "$(feedctl push cut --json <whole.xml | jq -c .refused)"
same "ok" "$(feedctl explain --json push:cut | jq -r .state)"
has "$(feedctl log push:cut)" 'feed.recovered.*after 2 failed'

claim "links go where the browser's words say, else behind them"
feedctl add push:web >/dev/null
feedctl push web <<Y
<rss version="2.0"><channel><title>W</title><item><title>t</title><guid>w</guid>
<link>https://example.org/w</link></item></channel></rss>
Y
item=$(feedctl list --feed push:web --format '{id}')
same "pre https://example.org/w post" "$(BROWSER='nowhere:echo pre %s post' feedctl open "$item")"
same "pre https://example.org/w" "$(BROWSER='echo pre' feedctl open "$item")"

claim "a link in any script is one to open, as it is, in every locale"
feedctl add push:scripts >/dev/null
feedctl push scripts <<Y
<rss version="2.0"><channel><title>S</title><item><title>t</title><guid>seen</guid>
<link>https://bücher.example/Zürich</link></item></channel></rss>
Y
for locale in C C.UTF-8; do
	same "pre https://bücher.example/Zürich" \
		"$(LC_ALL=$locale BROWSER='echo pre' feedctl open seen)"
done
feedctl list --feed push:scripts --format html |
	grep -q 'href="https://bücher.example/Zürich"' || die "html has no link"
feedctl remove push:scripts

claim "where there is no browser links are printed, and have no other format"
mkdir bare
ln -s "$BUILD_DIR/feedctl" bare/
same "https://example.org/w@https://example.org/w@" \
	"$(printf '%s\0' "$item" "$item" | env -u BROWSER PATH="$work/bare" feedctl open -0 - |
		tr '\0' '@')"
for option in --json --format=csv --fields=url --into=dir; do
	BROWSER='echo pre' fails 2 feedctl open $option "$item"
	same "" "$out"
done

claim "an item without a link is named, and the others are opened"
feedctl add push:linkless >/dev/null
printf '<rss version="2.0"><channel><title>b</title><item><title>x</title></item></channel></rss>' |
	feedctl push linkless
unlinked=$(feedctl list --feed push:linkless --format '{id}')
BROWSER='echo pre' fails 1 feedctl open "$item" "$unlinked"
same "pre https://example.org/w feedctl: item $unlinked has no link to open" "$out $err"
feedctl remove push:linkless --purge

claim "where there is no answer there is no head either"
for format in csv atom jsonfeed; do
	fails 3 feedctl --socket nowhere list --format $format
	same "" "$out"
done
fails 1 feedctl discover http://127.0.0.1:1/ --format csv
same "" "$out"
has "$(feedctl list --tag none --format csv)" "^id,"

claim "an item that several words mean is one"
same '{"matched":1,"changed":1}' "$(printf '%s\n' "$item" w "$item" https://example.org/w |
	feedctl star - --json | jq -c '{matched, changed}')"

claim "what writes a text of its own says so where it is asked for another"
for command in export dump "backup -"; do
	fails 2 feedctl $command --json
	fails 2 feedctl $command --format csv
	same "" "$out"
	fails 2 feedctl $command -0
	same "" "$out"
done

claim "an interval of 0 is none, and of more than a year no setting, wherever it is said"
feedctl add push:often --every 2h >/dev/null
for zero in 0 0s 0.0m; do
	fails 2 feedctl set push:often every=$zero
	has "$err" "every: 0 is no interval"
	fails 2 feedctl add push:never --every $zero
	has "$err" "every: 0 is no interval"
done
for much in 367d 53w 99999d; do
	fails 2 feedctl set push:often every=$much
	has "$err" "every: $much is not between 0.001s and 366d"
	fails 2 feedctl add push:never --every $much
	has "$err" "every: $much is not between 0.001s and 366d"
done
feedctl set push:often every=366d
feedctl set push:often every=2h
same 7200 "$(feedctl feeds --match push:often --format '{every}')"
feedctl feeds --match push:never | grep . && die "it was subscribed"
feedctl export | sed 's/every="7200s"/every="0s"/' >zero.opml
feedctl remove push:often
feedctl import --no-fetch zero.opml >/dev/null
same "null" "$(feedctl feeds --match push:often --json | jq -r .every)"
feedctl remove push:often

claim "a tag that is too long is told how long it may be, everywhere the same"
long=$(head -c 256 /dev/zero | tr '\0' x)
feedctl tag "$long" "https://example.org/0"
feedctl set "$base/numbers.xml" "tags+=$long"
feedctl add push:tagged --tag "$long" >/dev/null
fails 2 feedctl tag "${long}y" "https://example.org/0"
has "$err" 'of 1 to 256 bytes$'
fails 2 feedctl set push:tagged "tags+=${long}y"
has "$err" 'of 1 to 256 bytes$'
fails 2 feedctl add push:other --tag "${long}y"
has "$err" 'of 1 to 256 bytes$'


claim "a word that is not UTF-8 is refused, not changed; names of files are any bytes"
latin=$(printf 'caf\351')
refused() {
	fails 2 feedctl "$@"
	has "$err" '^feedctl: .*caf.* is not UTF-8'
}
refused add --no-fetch "http://x.example/$latin"
has "$err" '; an address has such bytes as %E9$'
refused add --no-fetch --title "$latin" http://x.example/
refused tag "$latin" 1
refused set 1 title="$latin"
refused query add q "title ~ $latin"
refused list --match "$latin"
refused list --format "{id}$latin"
printf 'user:%s' "$latin" >"$latin"
fails 2 feedctl add --no-fetch --auth "@$latin" http://x.example/
has "$err" 'what stands in .* is not UTF-8'
fails 2 feedctl set 1 auth="@$latin"
has "$err" 'what stands in .* is not UTF-8'
printf 'user:secret\0more' >cut
fails 2 feedctl add --no-fetch --auth @cut http://x.example/
same "feedctl: what stands in cut has a NUL byte in it" "$err"
fails 2 feedctl set 1 auth=@cut
feedctl export >"$latin"
feedctl import --no-fetch "$latin" >/dev/null
fails 3 feedctl --socket "$work/$latin" count

claim "a file that may grow no further is output that can't be written"
code=0
(ulimit -f 1 && exec feedctl completion bash >limited 2>limited.err) || code=$?
same 1 "$code"
has "$(cat limited.err)" "^feedctl: output can't be written: File too large"
same 512 "$(wc -c <limited)"

claim "what feedctl runs has that signal as it was"
mask() {
	sed -n 's/^SigIgn:[^0-9a-f]*/0x/p' "$1"
}
cat >ignored <<'E2'
#!/bin/sh
cat /proc/$$/status >ignored.status
E2
chmod +x ignored
BROWSER=$work/ignored feedctl open "$item"
same 0 $(($(mask ignored.status) & 0x1000000))
rm ignored.status
feedctl watch --no-follow --initial --since 1d --exec "$work/ignored"
same 0 $(($(mask ignored.status) & 0x1000000))

claim "a message is one line, whatever is in the titles it names"
feedctl add push:line1 push:line2 >/dev/null
feedctl set push:line1 title="$(printf 'Mine\nall is lost\033[31m')"
fails 1 feedctl pause push:line
same 1 "$(printf '%s\n' "$err" | wc -l)"
has "$err" '^feedctl: push:line fits 2 feeds: .*Mine all is lost \[31m'
feedctl remove push:line1 push:line2

claim "a runtime directory that is not absolute is none, as for feedd"
mkdir -p relative/feedd
ln -s "$XDG_RUNTIME_DIR/feedd/feedd.sock" relative/feedd/feedd.sock
if [ ! -e /run/feedd/feedd.sock ]; then
	XDG_RUNTIME_DIR=relative fails 3 feedctl count
	has "$err" 'listening at /run/feedd/feedd.sock.*: XDG_RUNTIME_DIR is not absolute$'
	XDG_RUNTIME_DIR= fails 3 feedctl count
	has "$err" ': XDG_RUNTIME_DIR is not set here$'
fi

claim "nobody is told to start a feedd that would listen elsewhere"
fails 3 feedctl --socket "$work/elsewhere" count
same "feedctl: no feedd is listening at $work/elsewhere; one started with \`feedd --socket $work/elsewhere &\` does" "$err"

claim "who is started outside a login, as by cron, is told why nobody is there"
if [ ! -e /run/feedd/feedd.sock ]; then
	fails 3 env -u XDG_RUNTIME_DIR feedctl count
	has "$err" ', or say where it is with FEEDD_SOCKET: XDG_RUNTIME_DIR is not set here$'
fi
same "$(feedctl count)" "$(env -u XDG_RUNTIME_DIR \
	FEEDD_SOCKET="$XDG_RUNTIME_DIR/feedd/feedd.sock" feedctl count)"
FEEDD_SOCKET=nowhere fails 3 feedctl count
has "$err" 'systemctl --user start feedd`$'

claim "flags tell in a word what the three marks tell, wherever they are shown"
rss marks.xml "Marks" plain edited starred
marks=$(feedctl add "$base/marks.xml" | cut -f1)
sed -i 's/Item edited/Item that was edited/' www/marks.xml
feedctl refresh --force --wait "$marks" >/dev/null
feedctl list --feed "$marks" --format '{guid}	{id}' | sed -n 's/^starred\t//p' | feedctl star -
feedctl list --feed "$marks" --format '{guid}	{id}' | sed -n 's/^edited\t//p' | feedctl mark-read -
same "N N* R+" "$(feedctl list --all --feed "$marks" --fields flags | sort | paste -sd ' ')"
same "N N* R+" "$(feedctl list --all --feed "$marks" | cut -f3 | sort | paste -sd ' ')"
same "N N* R+" "$(feedctl list --all --feed "$marks" --json --fields flags | jq -r .flags | sort | paste -sd ' ')"

stop
