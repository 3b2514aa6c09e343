# Failures: each is told in its own words, costs one request, keeps the items,
# and makes the next look later; 410 ends it.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

openssl req -x509 -newkey rsa:2048 -nodes -keyout ok.key -out ok.crt \
	-days 30 -subj /CN=localhost -addext "subjectAltName=DNS:ok.localhost" \
	>/dev/null 2>&1 || skip "no openssl"

serve --tls ok.crt ok.key
rss feed.xml "Feed" a b
polite

# back_off CLAIM NAME CLASS WORDS ROUTE...: a look at a feed that is well and
# then answers so; three: the waits after this look and two more like it
back_off() {
	claim "$1"
	path=$2 class=$3 words=$4
	shift 4
	echo >routes
	id=$(subscribe "$base/feed.xml?$path")
	{
		echo "/feed.xml?$path"
		printf '\tunconditional\n'
		for word in "$@"; do printf '\t%s\n' "$word"; done
	} | route
	asked=$(requests "/feed.xml?$path")
	look "$id" >/dev/null
	same "$class" "$(told "$id" .last_error.class)"
	has "$(told "$id" .last_error.text)" "$words"
	same $((asked + 1)) "$(requests "/feed.xml?$path")"
	same 2 "$(feedctl count --all --feed "$id")"
}
three() {
	about "$1" "$(wait_of "$id")"
	look "$id" >/dev/null
	about "$2" "$(wait_of "$id")"
	look "$id" >/dev/null
	about "$3" "$(wait_of "$id")"
	same backoff "$(told "$id" .reason)"
	same 3 "$(told "$id" .failures)"
	feedctl remove "$id"
}

back_off "FRB118: 500 is told, and each in a row doubles the wait" 500 http 500 'status 500'
three 3600 7200 14400
back_off "FRB118: 503 without Retry-After likewise" 503 http 503 'status 503'
three 3600 7200 14400
back_off "FRB113: 404 likewise" 404 http 404 'status 404'
three 3600 7200 14400
back_off "FRB115: any other 4xx likewise" 418 http 418 'status 418'
three 3600 7200 14400
back_off "FRB112: 403 waits four hours first" 403 http 403 'status 403'
three 14400 28800 57600
back_off "FRB112: 451 likewise" 451 http 451 'status 451'
three 14400 28800 57600
back_off "FRB110: a page in place of a feed slows down" html not_feed 'page' \
	'header Content-Type: text/html' 'text <!DOCTYPE html><html><body>Hi</body></html>'
three 3600 7200 14400
back_off "FRB117: a connection that is reset" reset incomplete '.' 'file feed.xml' 'reset 0'
three 3600 7200 14400
back_off "FRB119: no more than a day, whatever is wrong" max http 500 'status 500'
for _ in 1 2 3 4 5 6; do look "$id" >/dev/null; done
about 86400 "$(wait_of "$id")"

claim "FRB120: what fails stands first, with its words, in feeds and in status"
same "$id" "$(feedctl feeds | head -n 1 | cut -f1)"
same failing "$(feedctl feeds | head -n 1 | cut -f2)"
same "$id" "$(feedctl feeds --state failing | cut -f1)"
has "$(feedctl status --json | jq -c .)" '"failing"'
words="$(told "$id" .last_error.text) ($(told "$id" .failures) times"
has "$(feedctl status --json | jq -r '.attention[0].text')" "$words"
has "$(feedctl feeds --format table)" "  $words"
has "$(feedctl explain --format table "$id")" "what is wrong $words"

claim "one success, and all is as it was"
echo >routes
look "$id" >/dev/null
same 0 "$(told "$id" .failures)"
same null "$(told "$id" .last_error)"
same base "$(told "$id" .reason)"
has "$(feedctl log "$id")" \
	'	feed.recovered	after [0-9]* failed looks in .*, the last one: the server answers 500'
feedctl remove "$id"

claim "404 for more than 14 days: dead?, once a week, never given up"
id=$(subscribe "$base/feed.xml?dead")
printf '/feed.xml*\n\tstatus 404\n' | route
look "$id" >/dev/null
forward 604800
look "$id" >/dev/null
[ "$(told "$id" .state)" != dead ] || die "dead after a week"
forward 691200
look "$id" >/dev/null
same dead "$(told "$id" .state)"
about 604800 "$(wait_of "$id")"
has "$(feedctl log "$id")" feed.dead
asked=$(requests '/feed.xml?dead')
pass "$id" 605000
[ "$(requests '/feed.xml?dead')" -gt "$asked" ] || die "given up"

claim "a 404 among other errors is not that"
printf '/feed.xml*\n\tstatus 500\n' | route
look "$id" >/dev/null
same failing "$(told "$id" .state)"
printf '/feed.xml*\n\tstatus 404\n' | route
look "$id" >/dev/null
same failing "$(told "$id" .state)"
feedctl remove "$id"

claim "FRB111, FRB114: after 410 no request, until the user resumes"
echo >routes
id=$(subscribe "$base/feed.xml?gone")
printf '/feed.xml*\n\tstatus 410\n' | route
look "$id" >/dev/null
same gone "$(told "$id" .state)"
same never "$(wait_of "$id")"
same gone "$(feedctl status --json | jq -r '.attention[0].state')"
same "$(feedctl feeds --state failing | wc -l)" "$(feedctl status --json | jq .failing)"
has "$(feedctl explain --format table "$id")" 'never, because the site said that it is gone'
has "$(feedctl log "$id")" feed.gone
asked=$(requests '/feed.xml?gone')
forward 31536000
has "$(look "$id")" '"gone"'
feedctl refresh --force --wait >/dev/null || :
crash
polite
sleep 0.5
same "$asked" "$(requests '/feed.xml?gone')"
same 2 "$(feedctl count --all --feed "$id")"

claim "whatever else is set"
feedctl set "$id" every=30m
same never "$(wait_of "$id")"
feedctl pause "$id"
forward 86400
sleep 0.3
same "$asked" "$(requests '/feed.xml?gone')"

claim "FRB114: and then it is asked once"
feedctl resume "$id"
until_true looked $((asked + 1)) '/feed.xml?gone'
until_true sh -c "feedctl explain --json $id | jq -e '.state == \"gone\"'"
asked=$((asked + 1))
echo >routes
feedctl resume "$id"
until_true looked $((asked + 1)) '/feed.xml?gone'
until_true sh -c "feedctl explain --json $id | jq -e '.state == \"ok\"'"
has "$(feedctl log "$id")" 'feed.recovered	it was gone'

claim "another address has no past: it is asked at once"
printf '/feed.xml*\n\tstatus 404\n' | route
look "$id" >/dev/null
same failing "$(told "$id" .state)"
echo >routes
feedctl set "$id" "url=$base/feed.xml?other"
until_true looked 1 '/feed.xml?other'
until_true sh -c "feedctl explain --json $id | jq -e '.state == \"ok\"'"
feedctl remove "$id"

# Names and connections; never three of them in a row at several sites, which
# would be a network that is away.
closed=127.0.0.9:$port
once() {
	claim "$1"
	id=$(subscribe --no-fetch "$2")
	look "$id" >/dev/null
	same "$3" "$(told "$id" .last_error.class)"
	[ -n "$(told "$id" .last_error.text)" ] || die "no words"
	about 3600 "$(wait_of "$id")"
	feedctl remove "$id"
	[ "$4" = 0 ] || look "$(subscribe "$base/feed.xml?between$4")" >/dev/null
}
once "FRB117: nobody listens" "http://$closed/feed.xml" connect 1
once "FRB116: a name that there is not" "http://there-is-no-such-name.invalid/feed.xml" dns 2
once "FRB136: a certificate of nobody we know" "https://ok.localhost:$port/feed.xml" tls 3

claim "FRB136: and no request was sent, over http neither"
same 0 "$(jq -r 'select(.host | startswith("ok.localhost")).target' requests.log | wc -l)"

claim "FRB136: insecure is a setting of one feed, and shown"
id=$(subscribe --no-fetch "https://ok.localhost:$port/feed.xml")
feedctl set "$id" insecure=yes
look "$id" >/dev/null
same true "$(told "$id" .insecure)"
has "$(feedctl feeds --format table --match ok.localhost)" ' insecure '
has "$(feedctl explain --format table "$id")" '^insecure *nobody makes sure'
same 200 "$(told "$id" .last_status)"
same true "$(jq -r 'select(.host | startswith("ok.localhost")).tls' requests.log)"

claim "an authority given for one feed is believed for it, and names must fit"
fails 2 feedctl set "$id" ca=ok.crt
has "$err" '^feedctl: .*ca=@FILE'
feedctl set "$id" insecure=no ca=@ok.crt
look "$id" >/dev/null
same null "$(told "$id" .last_error)"
wrong=$(subscribe --no-fetch "https://wrong.localhost:$port/feed.xml")
feedctl set "$wrong" ca=@ok.crt
look "$wrong" >/dev/null
same tls "$(told "$wrong" .last_error.class)"

claim "https does not lead back to http"
printf '*ok.localhost*/feed.xml\n\tredirect http://ok.localhost:%s/plain.xml\n' "$port" | route
look "$id" >/dev/null
has "$(told "$id" .last_error.class)" redirect
same 0 "$(requests /plain.xml)"

claim "http that leads to the same with https is adopted at once"
rss up.xml "Up" u
up=$(subscribe --no-fetch "http://ok.localhost:$port/up.xml")
feedctl set "$up" ca=@ok.crt
printf '*/up.xml\n\ttimes 1\n\tstatus 301\n\tredirect https://ok.localhost:%s/up.xml\n' "$port" | route
look "$up" >/dev/null
until_true sh -c "feedctl explain --json $up | jq -e '.url | startswith(\"https:\")'"

claim "unless that was taken back"
feedctl revert "$up"
printf '/nothing\n*/up.xml\n\ttimes 1\n\tstatus 301\n\tredirect https://ok.localhost:%s/up.xml\n' "$port" | route
look "$up" >/dev/null
same "http://ok.localhost:$port/up.xml" "$(told "$up" .url)"
same "ok https://ok.localhost:$port/up.xml" "$(told "$up" '.state + " " + .effective_url')"
stop
