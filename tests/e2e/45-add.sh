# Adding: one request, its answer is the first ingest; what is no feed is not
# added, and the user sees what came.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

serve
rss feed.xml "Feed" a b
rss other.xml "Other" c
polite

claim "FRB036: adding is one request, and its answer is what is listed"
id=$(subscribe "$base/feed.xml")
same 1 "$(wc -l <requests.log)"
same 2 "$(feedctl count --feed "$id")"

claim "adding it again asks nobody"
subscribe "$base/feed.xml" >/dev/null
same 1 "$(wc -l <requests.log)"

claim "and what is said of it then does nothing, as one is told"
same "" "$(feedctl add "$base/feed.xml" 2>&1 >/dev/null)"
stays="$base/feed.xml was there already and stays as it is"
feedctl add "$base/feed.xml" --title Mine --tag one --tag two --every 2d --insecure >out 2>err
same "feedctl: $stays: --title --tag --every --insecure did nothing, \`feedctl set\` does" "$(cat err)"
same "$id	Feed	$base/feed.xml" "$(cat out)"
same "null []" "$(feedctl feeds "$id" --json | jq -r '"\(.every) \(.tags)"')"
printf 'someone:s3cret' >auth.txt
feedctl add "$base/feed.xml" --auth @auth.txt --header 'X-A: b' --proxy none --private 2>&1 >/dev/null |
	grep -qx "feedctl: $stays: --proxy --header --auth --private did nothing, .*" || die "not told"
feedctl add push:twice push:twice --tag one >out 2>err
same "2 1 0" "$(wc -l <out) $(sort -u out | wc -l) $(wc -l <err)"
feedctl add push:twice push:other --tag two >/dev/null 2>err
same "feedctl: push:twice was there already" "$(cut -d' ' -f-5 err)"
same '["one"] ["two"] ' "$(feedctl feeds push:twice push:other --json | jq -c .tags | sort | tr '\n' ' ')"
feedctl remove push:twice push:other

claim "--no-fetch asks nobody"
id=$(subscribe --no-fetch "$base/other.xml")
same 0 "$(requests /other.xml)"
feedctl remove "$id"

claim "FRB103: a page that names one feed is followed, with one more request"
page() {
	{
		printf '<!DOCTYPE html><html><head><title>P</title>'
		for href in "$@"; do
			printf '<link rel="alternate" type="application/rss+xml" title="T" href="%s">' "$href"
		done
		printf '</head><body>Hello</body></html>'
	} >www/page.html
	printf '/page*\n\tfile page.html\n\theader Content-Type: text/html\n' | route
}
page /other.xml
before=$(wc -l <requests.log)
line=$(feedctl add "$base/page" 2>/dev/null)
same "$base/other.xml" "$(printf '%s\n' "$line" | cut -f3)"
same $((before + 2)) "$(wc -l <requests.log)"
same 1 "$(requests /other.xml)"

claim "--no-discover does not follow it"
fails 1 feedctl add --no-discover "$base/page?2"
same $((before + 3)) "$(wc -l <requests.log)"

claim "what is no address is called so"
fails 1 feedctl add '|touch x'
has "$err" 'this is no address'
fails 1 feedctl add ''
has "$err" 'this is no address'

claim "a page that names several is listed, and nothing is subscribed"
page /one.xml /two.xml
feeds=$(feedctl feeds | wc -l)
fails 1 feedctl add "$base/page?3"
has "$err" 'several feeds; add the one that you want'
has "$out$err" one.xml
has "$out$err" two.xml
same 0 "$(requests /one.xml)"
same "$feeds" "$(feedctl feeds | wc -l)"

claim "FRB104, FRB105: a page that names none is refused, and nothing is guessed"
page
before=$(wc -l <requests.log)
fails 1 feedctl add "$base/page?4"
same $((before + 1)) "$(wc -l <requests.log)"
same "$feeds" "$(feedctl feeds | wc -l)"

claim "FRB100-102: what is no feed is not added; status and body are shown, made safe"
printf '/broken\n\tstatus 500\n\ttext The \\x1b[31mdatabase\\x07 is on fire\n' | route
fails 1 feedctl add "$base/broken"
has "$err" 500
has "$err" 'database'
has "$err" 'is on fire'
has "$err" 'is on fire.*; --no-fetch subscribes all the same$'
if printf '%s' "$err" | grep -q "$(printf '[\001-\010\016-\037]')"; then die "control bytes: $err"; fi
for status in 401 403 404 410 429 451 503; do
	printf '/broken*\n\tstatus %s\n\ttext Some words\n' $status | route
	crash
	rm -rf data
	polite
	fails 1 feedctl add "$base/broken?$status"
	case $err in *"(status $status)"*) die "said twice: $err" ;; esac
	has "$err" "$status"
	same 0 "$(feedctl feeds | wc -l)"
	same 1 "$(requests "/broken?$status")"
done

claim "an empty answer is no feed"
printf '/empty\n\tlength 0\n' | route
crash
rm -rf data
polite
fails 1 feedctl add "$base/empty"
has "$err" '[a-z)]; --no-fetch subscribes all the same$'
same 0 "$(feedctl feeds | wc -l)"

claim "FRB060: addresses that can't be one are refused before anybody is asked"
before=$(wc -l <requests.log)
for url in "" "http://" "not a url at all" "ftp://127.0.0.1/x" "file:///etc/passwd" \
	"javascript:alert(1)" "|touch $work/x" "exec:touch $work/x" "scp://127.0.0.1/x" \
	"socks5://127.0.0.1/x" "http://127.0.0.1:99999/" "http://[::1/"; do
	code=0
	feedctl add "$url" >out 2>&1 || code=$?
	[ $code -eq 1 ] || [ $code -eq 2 ] || die "exit $code for '$url'"
	[ -s out ] || die "no words for '$url'"
done
same 0 "$(feedctl feeds | wc -l)"
same "$before" "$(wc -l <requests.log)"
[ ! -e x ] || die "a command ran"

claim "an import looks at each feed once, at most one a second, duplicates once"
echo >routes
{
	echo '<opml version="2.0"><body>'
	for n in 1 2 3 2 1; do
		printf '<outline type="rss" text="%s" xmlUrl="%s/feed.xml?import%s"/>\n' "$n" "$base" "$n"
	done
	echo '</body></opml>'
} >list.opml
printf '/feed.xml?import3\n\tfile feed.xml\n\tgated\n' | route
feedctl import --wait list.opml >out &
import=$!
for n in 1 2 3; do until_true looked 1 "/feed.xml?import$n"; done

claim "whose rows come as first looks end"
until_true grep -q 'import2$' out
same "import1 import2" "$(cut -d'?' -f2 out | paste -sd' ')"
touch www/gate
wait "$import" || die "import failed"
same "import1 import2 import3" "$(cut -d'?' -f2 out | paste -sd' ')"
same 3 "$(feedctl feeds | wc -l)"

claim "nobody waits for one that is paused or removed before its turn"
rm www/gate
printf '/feed.xml?stuck*\n\tfile feed.xml\n\tgated\n' | route
for n in 1 2 3; do echo "$base/feed.xml?stuck$n"; done | feedctl import --wait - >out &
import=$!
until_true looked 1 '/feed.xml?stuck1'
feedctl pause "$base/feed.xml?stuck2" >/dev/null
feedctl remove "$base/feed.xml?stuck3" >/dev/null
touch www/gate
timeout 30 tail --pid="$import" -f /dev/null || die "it waits"
wait "$import" || die "import failed"
same "stuck1 stuck2" "$(grep -o 'stuck[0-9]' out | sort -u | paste -sd' ')"

claim "and for a client that has left nothing is waited for"
rm www/gate
echo "$base/feed.xml?stuck4" | feedctl import --wait - >/dev/null 2>&1 &
import=$!
until_true looked 1 '/feed.xml?stuck4'
kill "$import"
wait "$import" || :
# Sooner than that look would end for want of an answer.
timeout 30 sh -c 'until [ "$(grep -c "$0" /proc/net/unix)" -eq 1 ]; do sleep 0.1; done' \
	"$XDG_RUNTIME_DIR/feedd/feedd.sock" || die "its call goes on"
touch www/gate
for n in 1 2 4; do feedctl remove "$base/feed.xml?stuck$n" >/dev/null; done

claim "one a second"
# On a machine that is busy the server may see one late, and the next one in time.
same true "$(jq -s '[.[] | select(.target | test("import")).time] | sort |
	[.[1:], .[:-1]] | transpose | map(.[0] - .[1]) | min >= 500' requests.log)"

claim "a start does not look at them again"
before=$(wc -l <requests.log)
stop
polite
feedctl status >/dev/null
sleep 0.5
same "$before" "$(wc -l <requests.log)"
stop

claim "first looks of an import that a crash cut short come after the start, each once"
rm -rf data
: >requests.log
polite
for n in $(seq 30); do echo "$base/feed.xml?cut$n"; done | feedctl import - >/dev/null
until_true looked 1 '/feed.xml?cut2'
crash
polite
feedctl set "$base/feed.xml?cut30" every=2h
same null "$(told "$base/feed.xml?cut30" .checked_at)"

claim "another list's begin behind them"
echo "$base/feed.xml?behind" | feedctl import - >/dev/null
[ "$(told "$base/feed.xml?behind" '.next_at | fromdate')" -gt \
	"$(told "$base/feed.xml?cut30" '.next_at | fromdate')" ] || die "it comes before"
same 0 "$(requests '/feed.xml?behind')"
forward 25
sleep 0.2
forward 25
until_true looked 1 '/feed.xml?behind'
for n in $(seq 30); do until_true looked 1 "/feed.xml?cut$n"; done
same 31 "$(jq -s 'map(select(.target | test("cut|behind"))) | length' requests.log)"
stop

claim "nor do first looks wait for the schedule to begin"
polite --set poll.start-delay=1d
echo "$base/feed.xml?early" | feedctl import --wait - >/dev/null
same 1 "$(requests '/feed.xml?early')"

claim "and who is refreshed before his turn came has had his first look"
printf '%s\n' "$base/feed.xml?turn1" "$base/feed.xml?turn2" "$base/feed.xml?turn3" |
	feedctl import - >/dev/null
feedctl refresh --wait >/dev/null
echo "$base/feed.xml?turn4" | feedctl import --wait - >/dev/null
for n in 1 2 3 4; do same 1 "$(requests "/feed.xml?turn$n")"; done
stop

claim "an address that a page names is taken as if it had been typed"
rm -rf data
: >requests.log
polite
page "http://user:secret@127.0.0.1:$port/feed.xml?named#x" "/feed.xml?named#y"
same "$base/feed.xml?named" "$(feedctl discover "$base/page?named" | cut -f1)"
line=$(feedctl add "$base/page?named" 2>notes)
same "$base/feed.xml?named" "$(printf '%s\n' "$line" | cut -f3)"
same "Basic $(printf user:secret | base64)" "$(sent '/feed.xml?named' Authorization)"
has "$(cat notes)" 'its feed is'
shown=$(cat notes && feedctl feeds --json && feedctl explain --json "$(printf '%s\n' "$line" | cut -f1)" &&
	feedctl export)
case $shown in *secret*) die "the password: $shown" ;; esac
page "HTTP://127.0.0.1:$port/лента?1#x"
printf '/page*\n\tfile page.html\n/%%D0%%BB*\n\tfile feed.xml\n' | route
feedctl add "$base/page?letters" >out 2>/dev/null
same "$base/%D0%BB%D0%B5%D0%BD%D1%82%D0%B0?1" "$(cut -f3 out)"
same 1 "$(requests '/%D0%BB%D0%B5%D0%BD%D1%82%D0%B0?1')"
feedctl add "$base/лента?1" >/dev/null
same 2 "$(feedctl feeds | wc -l)"

claim "and a feed that discover is given is told without its password"
same "$base/feed.xml?own" "$(feedctl discover "http://user:secret@127.0.0.1:$port/feed.xml?own#x" | cut -f1)"

claim "a password in a page is sent to the origin that it stands with, and what was typed for another is not"
page "http://user:secret@localhost:$port/feed.xml?there"
feedctl add --header 'X-Key: typed' "http://me:mine@127.0.0.1:$port/page?there" >/dev/null 2>&1
same "Basic $(printf me:mine | base64)" "$(sent '/page?there' Authorization)"
same typed "$(sent '/page?there' X-Key)"
same "Basic $(printf user:secret | base64)" "$(sent '/feed.xml?there' Authorization)"
same - "$(sent '/feed.xml?there' X-Key)"
page "http://user:secret@127.0.0.1:$port/feed.xml?here"
feedctl add "http://me:mine@127.0.0.1:$port/page?here" >/dev/null 2>&1
same "Basic $(printf me:mine | base64)" "$(sent '/feed.xml?here' Authorization)"

claim "a page that names itself as its feed is asked once"
page "/page?self#top"
fails 1 feedctl add "$base/page?self"
has "$err" 'neither a feed nor a page that names one'
same 1 "$(requests '/page?self')"

claim "an address that several add at once is asked once"
rm -f www/gate
printf '/feed.xml?same\n\tfile feed.xml\n\tgated\n' | route
feedctl add "$base/feed.xml?same" "$base/feed.xml?same#f" >out.1 &
one=$!
feedctl add "$base/feed.xml?same" >out.2 &
two=$!
feedctl add --auth @- "$base/feed.xml?same" >out.3 <<-'.' &
	user:secret
.
three=$!
until_true looked 1 '/feed.xml?same'
touch www/gate
for client in $one $two $three; do wait "$client" || die "it was refused"; done
same 1 "$(requests '/feed.xml?same')"
same "$base/feed.xml?same" "$(cat out.1 out.2 out.3 | cut -f3 | sort -u)"
same 1 "$(feedctl feeds --match '?same' | wc -l)"

claim "be it the page, or the feed that it names"
rm -f www/gate
page "/feed.xml?through"
printf '/page*\n\tfile page.html\n\tgated\n/feed.xml?through\n\tfile feed.xml\n' | route
feedctl add "$base/page?through" "$base/page?through#f" "$base/feed.xml?through" >out 2>notes &
one=$!
until_true looked 1 '/page?through'
touch www/gate
wait "$one" || die "it was refused: $(cat notes)"
same 1 "$(requests '/page?through')"
same 1 "$(requests '/feed.xml?through')"
same 3 "$(grep -c '?through$' out)"
same 2 "$(grep -c "is a page; its feed is $base/feed.xml?through" notes)"

claim "one that follows no page does not get its feed"
rm -f www/gate
page "/feed.xml?led"
feedctl add "$base/page?led" >out &
one=$!
until_true looked 1 '/page?led'
feedctl add --no-discover "$base/page?led" >out.2 2>/dev/null &
two=$!
touch www/gate
wait "$one" || die "it was refused"
! wait "$two" || die "it followed: $(cat out.2)"

claim "each is told the several feeds of a page"
rm -f www/gate
page /one.xml /two.xml
feedctl add "$base/page?several" "$base/page?several#f" >out 2>notes &
one=$!
until_true looked 1 '/page?several'
touch www/gate
! wait "$one" || die "it chose"
same 1 "$(requests '/page?several')"
same 2 "$(cat out notes | grep -c one.xml)"
printf '/none*\n\tstatus 404\n\tgated\n' | route

claim "and fails once for all, but for one that asks in another way"
rm -f www/gate
feedctl add "$base/none" "$base/none#f" >/dev/null 2>err.1 &
one=$!
until_true looked 1 /none
touch www/gate
! wait "$one" || die "there is no feed"
same 1 "$(requests /none)"
same 2 "$(grep -c '404.*subscribes all the same' err.1)"
rm -f www/gate
feedctl add "$base/none?2" >/dev/null 2>&1 &
one=$!
until_true looked 1 '/none?2'
printf 'user:secret\n' | feedctl add --auth @- "$base/none?2" >/dev/null 2>&1 &
two=$!
touch www/gate
! wait "$one" || die "there is no feed"
! wait "$two" || die "there is no feed"
same 2 "$(requests '/none?2')"
same "Basic $(printf user:secret | base64)" "$(sent '/none?2' Authorization)"

claim "who goes away takes nobody along"
rm -f www/gate
printf '/feed.xml?left\n\tfile feed.xml\n\tgated\n' | route
feedctl add "$base/feed.xml?left" >/dev/null 2>&1 &
one=$!
until_true looked 1 '/feed.xml?left'
feedctl add "$base/feed.xml?left" >out &
two=$!
kill "$one"
touch www/gate
wait "$two" || die "it was refused"
same "$base/feed.xml?left" "$(cut -f3 out)"
stop
