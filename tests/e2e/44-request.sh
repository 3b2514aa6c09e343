# The request, to the byte: what is sent, in which order, and what never is.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

serve --listen 127.0.0.2:0
second=http://127.0.0.2:$(sed -n 2p port)
rss feed.xml "Feed" a b

# A neighbourhood that would like to be heard.
export http_proxy=http://127.0.0.1:1 HTTP_PROXY=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1
export CURL_HOME="$HOME" SSLKEYLOGFILE="$work/keys"
printf 'machine 127.0.0.1 login someone password something\n' >"$HOME/.netrc"
chmod 600 "$HOME/.netrc"
polite
unset http_proxy HTTP_PROXY all_proxy CURL_HOME SSLKEYLOGFILE

# head PATH [N]: the names of the last (or Nth) request's header fields, in order
head_of() {
	jq -rs --arg t "$1" --argjson i "${2:-0}" \
		'[.[] | select(.target == $t)][$i - 1].headers | map(.[0]) | join(" ")' requests.log
}

claim "a first request has these fields in this order, and no others"
id=$(subscribe "$base/feed.xml")
same "Host User-Agent Accept Accept-Encoding" "$(head_of /feed.xml)"
same "127.0.0.1:$port" "$(sent /feed.xml Host)"
same "gzip, deflate, br" "$(sent /feed.xml Accept-Encoding)"
same "application/atom+xml, application/rss+xml, application/feed+json;q=0.9, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1" \
	"$(sent /feed.xml Accept)"

claim "FRB080-090: the User-Agent names feedd, its version and an address, no browser"
agent=$(sent /feed.xml User-Agent)
has "$agent" '^feedd/[0-9][0-9.]* (+https://[^ ]*)$'
if printf '%s' "$agent" | grep -qiE 'bot|crawl|spider|mozilla|chrome|curl|gpt|libcurl|flux'; then
	die "$agent"
fi

claim "a later one has the validators behind them, and is the same otherwise"
look "$id" >/dev/null
same "Host User-Agent Accept Accept-Encoding If-None-Match If-Modified-Since" \
	"$(head_of /feed.xml)"
same "$agent" "$(sent /feed.xml User-Agent)"

claim "FRB087: another feed's request is the same, letter for letter"
cp www/feed.xml www/other.xml
subscribe "$base/other.xml" >/dev/null
same "$(jq -cs '[.[] | select(.target == "/feed.xml")][0].headers' requests.log)" \
	"$(jq -cs '[.[] | select(.target == "/other.xml")][0].headers' requests.log)"

claim "FRB060-066: the target is what was typed, byte for byte"
printf '/*\n\tfile feed.xml\n' | route
while read -r target; do
	feedctl add "$base$target" >/dev/null
	same "$target" "$(jq -r .target requests.log | tail -n 1)"
done <<'TARGETS'
/a/../b/./c
/%7Euser/%7euser/~user
/q?b=2&a=1&&utm_source=rss
/q?
/q?x=%2F/%2f+%20
/semi;colon=1,2/:@!$&'()*=
//double//slash
/UPPER/lower?Q=%c3%BC
TARGETS

claim "a fragment is never sent"
feedctl add "$base/fragment#here" >/dev/null
same /fragment "$(jq -r .target requests.log | tail -n 1)"

claim "FRB063: cookies are not taken, not on a redirect either"
route <<ROUTES
/cookie
	redirect /cookie2
	header Set-Cookie: a=1
/cookie2
	file feed.xml
	header Set-Cookie: b=2; Path=/
ROUTES
id=$(subscribe "$base/cookie")
look "$id" >/dev/null
look "$id" >/dev/null

claim "FRB065: a redirect is no referrer"
same "-" "$(sent /cookie2 Referer)"

claim "configured fields come last, and only at the feed's own origin"
route <<ROUTES
/key
	redirect $second/key2
*/key2
	file feed.xml
ROUTES
printf 'X-Token: s3cret\n' >header.txt
printf 'someone:s3cret' >auth.txt
id=$(subscribe --header @header.txt --auth @auth.txt "$base/key")
same s3cret "$(sent /key X-Token)"
same "Basic $(printf 'someone:s3cret' | base64)" "$(sent /key Authorization)"
same - "$(sent /key2 X-Token)"
same - "$(sent /key2 Authorization)"

claim "where the feed is given an address elsewhere they are dropped, but what comes with it"
moving=$(feedctl add --no-fetch --header @header.txt --auth @auth.txt "$base/mine" | cut -f1)
feedctl set "$moving" url="$base/mine2"
look "$moving" >/dev/null || :
same s3cret "$(sent /mine2 X-Token)"
feedctl set "$moving" url="$second/mine3" auth=@auth.txt
look "$moving" >/dev/null || :
same - "$(sent /mine3 X-Token)"
same "Basic $(printf 'someone:s3cret' | base64)" "$(sent /mine3 Authorization)"
feedctl set "$moving" url="$base/mine4"
look "$moving" >/dev/null || :
same "- -" "$(sent /mine4 X-Token) $(sent /mine4 Authorization)"
feedctl remove "$moving"

claim "nor does a feed that a page names at another origin get them, or keep them"
route <<ROUTES
/page
	header Content-Type: text/html
	text <!DOCTYPE html><html><head><link rel=alternate type=application/rss+xml href="$second/named"></head></html>
*/named
	file feed.xml
ROUTES
feedctl add --header @header.txt --auth @auth.txt "$base/page" 2>said | cut -f1 >named
has "$(cat said)" 'is a page; its feed is'
same "s3cret - -" "$(sent /page X-Token) $(sent /named X-Token) $(sent /named Authorization)"
look "$(cat named)" >/dev/null
same "2 - -" "$(requests /named) $(sent /named X-Token) $(sent /named Authorization)"
feedctl add "$(printf %s "$base" | sed 's#//#//someone:s3cret@#')/page" >/dev/null 2>said
grep -q s3cret said && die "the password was shown: $(cat said)"

printf 'someone:s3cret\n' | feedctl add --auth @- "$base/feed.xml?stdin" >/dev/null
# It can be read for one thing only; a second one would be empty, and be a change.
echo "$base/feed.xml?stdin" | fails 2 feedctl set - auth=@-
has "$(cat err)" 'standard input'
printf 'x:y\n' >input.txt
fails 2 feedctl set "$base/feed.xml?stdin" auth=@- header=@- <input.txt
has "$err" '^feedctl: standard input can be read only once$'
fails 2 feedctl add --auth @- --header @- "$base/feed.xml?twice" <input.txt
has "$err" '^feedctl: standard input can be read only once$'
# What makes a password that fails is no wish to have none.
for file in /dev/null -; do
	fails 2 feedctl set "$base/feed.xml?stdin" auth=@$file </dev/null
	has "$err" '^feedctl: auth: nothing stands in '
done
has "$(feedctl dump --secrets)" 'auth	someone:s3cret$'
same "Basic $(printf 'someone:s3cret' | base64)" "$(sent '/feed.xml?stdin' Authorization)"

claim "a credential without a colon is none, by any way, and what is empty beside one may be"
printf 's3cret\n' >token.txt
printf 'someone:s3cret\nmore' >lines.txt
for file in token.txt lines.txt; do
	before=$(wc -l <requests.log)
	fails 2 feedctl add --auth @$file "$base/feed.xml?colon"
	has "$err" '^feedctl: auth: .*user:password$'
	fails 2 feedctl add --auth @$file --no-fetch "$base/feed.xml?colon"
	fails 2 feedctl set "$id" auth=@$file
	has "$err" '^feedctl: auth: .*user:password$'
	grep -q s3cret err && die "it is shown: $err"
	same "$before" "$(wc -l <requests.log)"
done
same Usage "$(printf '{"method":"org.feedd.Set","parameters":{"feeds":["%s"],"settings":["auth=@/token.txt"]}}\0' "$id" |
	socat -t 10 - "UNIX:$XDG_RUNTIME_DIR/feedd/feedd.sock" | tr -d '\0' | jq -r '.error | ltrimstr("org.feedd.")')"
for auth in 'someone:' ':s3cret' ':' 'some:one:s3cret'; do
	feedctl set "$id" auth="$auth"
	has "$(feedctl dump --secrets)" "auth	$auth\$"
done
feedctl set "$id" auth=
feedctl dump --secrets | grep "/key	" | grep -q auth && die "it has one still"
feedctl set "$id" auth=@auth.txt

claim "but none that the request or the connection is made of, by any way"
before=$(wc -l <requests.log)
for header in 'Host: other.example' 'content-length: 5' 'Transfer-Encoding: chunked' \
	'Connection: close' 'If-None-Match: "x"' 'no colon' 'X Y: z' 'User-Agent:' \
	'X-Nothing: '; do
	fails 2 feedctl add --header "$header" "$base/feed.xml?own"
	has "$err" '^feedctl: header: '
	fails 2 feedctl set "$id" "header=$header"
	has "$err" '^feedctl: header: '
done
same "$before" "$(wc -l <requests.log)"
look "$id" >/dev/null
same s3cret "$(sent /key X-Token)"

claim "and are never shown"
feedctl log >words
feedctl explain "$id" >>words
feedctl explain --json "$id" >>words
feedctl feeds --json >>words
feedctl export >>words
cat daemon.log >>words
if grep -q s3cret words; then die "$(grep s3cret words)"; fi

claim "credentials in a URL are split off it, sent, and never shown"
route <<ROUTES
/private
	file feed.xml
ROUTES
subscribe "http://someone:s3cret@127.0.0.1:$port/private" >/dev/null
same "Basic $(printf 'someone:s3cret' | base64)" "$(sent /private Authorization)"
feedctl feeds --json >words
feedctl log >>words
fails 1 feedctl refresh "http://someone:s3cret@127.0.0.1:$port/nowhere"
same "feedctl: no feed is called http://127.0.0.1:$port/nowhere" "$err"
cat daemon.log >>words
if grep -q s3cret words; then die "$(grep s3cret words)"; fi

claim "FRB106: the query of a URL is not in the daemon's log"
printf '/secret*\n\tstatus 500\n' | route
id=$(subscribe --no-fetch "$base/secret?user=s3cret")
look "$id" >/dev/null
has "$(cat daemon.log)" '/secret?…'
if grep -q s3cret daemon.log; then die "a query in the log"; fi

claim "FRB140, FRB141: compressed answers are asked for and understood"
gzip -9 -c www/feed.xml >www/zipped
printf '/zipped\n\tfile zipped\n\theader Content-Encoding: gzip\n' | route
id=$(subscribe "$base/zipped")
same 2 "$(feedctl count --feed "$id")"

claim "FRB050, FRB051, FRB061-065: in all of this nothing but GET, no robots.txt,
no favicon, no homepage, and none of the fields that spy, steer or bust caches"
same GET "$(jq -r .method requests.log | sort -u)"
same "" "$(jq -r .target requests.log | grep -E 'robots|favicon|^/$' || :)"
same "" "$(jq -r '.headers[][0] | ascii_downcase' requests.log |
	grep -xE 'cookie|referer|origin|range|cache-control|pragma|from|dnt|sec-.*|a-im|te|connection|upgrade.*' || :)"

claim "FRB030-032: no post, picture or enclosure is ever fetched"
route <<'ROUTES'
/rich.xml
	text <rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>R</title><link>/home</link><description>d</description><atom:link rel="self" href="/self.xml"/><atom:link rel="hub" href="/hub"/><itunes:new-feed-url>/new.xml</itunes:new-feed-url><image><url>/logo.png</url></image><item><guid>r</guid><title>T</title><link>/post</link><enclosure url="/sound.mp3" length="1" type="audio/mpeg"/><description>&lt;img src="/picture.png"&gt;</description></item></channel></rss>
ROUTES
id=$(subscribe "$base/rich.xml")
look "$id" >/dev/null
feedctl show --feed "$id" --json >/dev/null 2>&1 || :
sleep 0.5
same "/rich.xml" "$(jq -r .target requests.log | tail -n 2 | sort -u)"

claim "a connection that the server has reset while it rested is no failure, and asks nobody"
if command -v python3 >/dev/null; then
	python3 "$SOURCE_DIR/tests/e2e/manners/rests.py" rests.port rests.log >rests.out 2>&1 &
	other_pid=$!
	until_true test -s rests.port
	id=$(subscribe "http://127.0.0.1:$(cat rests.port)/")
	for n in 1 2 3; do
		touch "rest.$n"
		until_true grep -q "reset $n" rests.log
		look "$id" >/dev/null
		same "0 null" "$(told "$id" '"\(.failures) \(.last_error)"')"
		same $((n + 1)) "$(grep -c asked rests.log)"
	done
	kill $other_pid
	other_pid=
fi

claim "one that is closed without a word under a request that nobody reads is none, either;
but whoever reads it and hangs up is not asked twice"
if command -v python3 >/dev/null; then
	python3 "$SOURCE_DIR/tests/e2e/manners/closes.py" closes.port closes.log >closes.out 2>&1 &
	other_pid=$!
	until_true test -s closes.port
	id=$(subscribe "http://127.0.0.1:$(cat closes.port)/5")
	look "$id" >/dev/null
	look "$id" >/dev/null
	same "0 null" "$(told "$id" '"\(.failures) \(.last_error)"')"
	same "/5/4/3/2/1/0/5/4/3/2/1/0/5/4/3/2/1/0" "$(tr -d '\n' <closes.log)"
	id=$(feedctl add --no-fetch "http://127.0.0.1:$(cat closes.port)/rude" | cut -f1)
	look "$id" >/dev/null
	same "1 incomplete" "$(told "$id" '"\(.failures) \(.last_error.class)"')"
	same "/rude/read" "$(tail -n 2 closes.log | tr -d '\n')"
	kill $other_pid
	other_pid=
fi
stop
