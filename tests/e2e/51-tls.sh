# TLS: HTTP/2 that misbehaves, certificates of our own, proxies that are spoken
# to in TLS, and a clock that no certificate can be judged by.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.crt" -days 30 \
		-subj "/CN=$1" -addext "subjectAltName=DNS:$1.localhost" >/dev/null 2>&1
}
certificate ok || skip "no openssl"
certificate reader
serve --tls ok.crt ok.key
rss feed.xml "Feed" a b
polite

helper_pid= tunnel_pid=
trap 'kill -9 $helper_pid $tunnel_pid 2>/dev/null || :; finish' EXIT
end_helper() {
	kill "$helper_pid" && wait "$helper_pid" 2>/dev/null || :
	helper_pid=
}

claim "a feed that is led to https when it is added has moved: it is told, kept, and taken back"
plain=http://ok.localhost:$port/feed.xml?up
safe=https://ok.localhost:$port/feed.xml?up
# leads_up TIME: once; the script is another one each time
leads_up() {
	printf '# %s\n/feed.xml?up\n\ttimes 1\n\tstatus 301\n\tredirect %s\n' "$1" "$safe" | route
}
leads_up first
id=$(subscribe --insecure "$plain")
same "$safe $plain $safe" "$(told "$id" '"\(.url) \(.moves[0].from) \(.moves[0].to)"')"
has "$(feedctl log "$id")" "	feed.moved	$safe\$"
same "$id" "$(echo "$plain" | feedctl import --no-fetch - | cut -f1)"
feedctl revert "$id"
leads_up again
look "$id" >/dev/null
same "$plain $safe" "$(told "$id" '"\(.url) \(.effective_url)"')"
feedctl remove "$id"

claim "what is no certificate or no key is refused when it is set"
id=$(subscribe --no-fetch "https://ok.localhost:$port/feed.xml?pem")
refused() {
	fails 2 feedctl set "$id" "$1"
	same "feedctl: $2" "$err"
}
head -n 5 reader.crt >cut.crt
openssl pkey -in reader.key -aes128 -passout pass:x -out secret.key 2>/dev/null
openssl rsa -in reader.key -aes128 -passout pass:x -traditional -out old.key 2>/dev/null
refused cert=reader.crt 'cert is a text in PEM; cert=@FILE reads it from there'
refused cert=@reader.key 'cert holds no certificate'
refused key=@reader.crt 'key holds no private key'
refused ca=@reader.key 'ca holds no certificate'
refused cert=@cut.crt 'cert is cut short'
for secret in secret.key old.key; do
	refused key=@$secret 'key wants a passphrase, and nobody will be there to type it'
done
cat reader.key reader.crt >both.pem
openssl x509 -in reader.crt -text -out text.crt
openssl rsa -in reader.key -traditional -out plain.key 2>/dev/null
openssl ecparam -genkey -name prime256v1 -out ec.key 2>/dev/null
for good in cert=@both.pem key=@both.pem cert=@text.crt key=@plain.key key=@ec.key ca=@ok.crt; do
	feedctl set "$id" $good
done

claim "a key of another certificate is told by the next look"
for key in ok.key ec.key; do
	feedctl set "$id" key=@$key
	look "$id" >/dev/null
	has "$(told "$id" .last_error.text)" '[Kk]ey'
done
feedctl remove "$id"

# h2 WAY CLASS [PROXY]: one look at a server of HTTP/2 that does so is one stream of
# one connection
h2() {
	claim "HTTP/2, $1: one stream, $2${3:+, through a tunnel}"
	rm -f h2.port h2.log
	python3 "$SOURCE_DIR/tests/e2e/manners/h2.py" "$1" ok.crt ok.key h2.port h2.log &
	helper_pid=$!
	until_true test -s h2.port
	id=$(subscribe --no-fetch "https://ok.localhost:$(cat h2.port)/feed")
	feedctl set "$id" ca=@ok.crt ${3:+"proxy=$3"}
	look "$id" >/dev/null
	same "$2" "$(told "$id" '.last_error.class // "well"')" "$(told "$id" .last_error.text)"
	same "1 1" "$(grep -c "^$1 " h2.log) $(grep -cx "+$1" h2.log)" "streams, connections"
	end_helper
}
if python3 -c 'import ssl' 2>/dev/null; then
	h2 good well
	h2 trailers well
	same null "$(told "$id" .etag)"
	h2 reset incomplete
	h2 refused incomplete
	h2 half incomplete
	same 0 "$(feedctl count --all --feed "$id")"
	h2 goaway incomplete
	for way in padding unknown; do
		h2 $way too_large
		has "$(told "$id" .last_error.text)" 'wrapping without end'
	done
fi

claim "a certificate of the reader's is shown to the feed it was given for"
openssl s_server -accept 127.0.0.1:0 -cert ok.crt -key ok.key -CAfile reader.crt \
	-Verify 1 -verify_return_error -WWW >s_server.log 2>&1 &
helper_pid=$!
until_true grep -q '^ACCEPT 127' s_server.log
door=$(sed -n 's/^ACCEPT 127.0.0.1:\([0-9]*\).*/\1/p' s_server.log)
cp www/feed.xml feed.xml
id=$(subscribe --no-fetch "https://ok.localhost:$door/feed.xml")
feedctl set "$id" ca=@ok.crt
look "$id" >/dev/null
same "0 tls" "$(feedctl count --all --feed "$id") $(told "$id" .last_error.class)"
feedctl set "$id" cert=@reader.crt key=@reader.key
look "$id" >/dev/null
same "null 2" "$(told "$id" .last_error) $(feedctl count --all --feed "$id")"
end_helper

claim "a proxy is spoken to in TLS, and its certificate judged like any other"
printf 'http://*\n\tfile feed.xml\n' | route
id=$(subscribe --no-fetch "http://far.invalid/feed.xml?far")
feedctl set "$id" "proxy=https://ok.localhost:$port"
look "$id" >/dev/null
same 0 "$(jq -r .target requests.log | grep -c far.invalid)"
has "$(told "$id" .last_error.class)" 'tls\|proxy'
feedctl set "$id" ca=@ok.crt
look "$id" >/dev/null
same null "$(told "$id" .last_error)"
same "http://far.invalid/feed.xml?far true" \
	"$(jq -r 'select(.target | endswith("?far")) | "\(.target) \(.tls)"' requests.log)"

if python3 -c 'import ssl' 2>/dev/null; then
	rm -f tunnel.port
	python3 "$SOURCE_DIR/tests/e2e/manners/tunnel.py" tunnel.port tunnel.log &
	tunnel_pid=$!
	until_true test -s tunnel.port
	proxy=http://127.0.0.1:$(cat tunnel.port)
	printf '/tunnel\n\tfile feed.xml\n' | route
	# tunnelled KIND: prints the id of a feed that is read through such a tunnel
	tunnelled() {
		subscribe --no-fetch --insecure --proxy "$proxy" \
			"https://$1.localhost:$port/tunnel"
	}
	heard='[.etag, .last_modified, .last_status, .last_error, .terms, .hold, .url]'

	claim "what a proxy says before there is a tunnel is nothing of the feed's"
	plain=$(subscribe --no-fetch --insecure "https://ok.localhost:$port/tunnel")
	look "$plain" >/dev/null
	same 200 "$(told "$plain" .last_status)"
	for kind in tinyproxy apache headed; do
		id=$(tunnelled $kind)
		look "$id" >/dev/null
		same "null 2" "$(told "$id" .last_error) $(feedctl count --all --feed "$id")"
		same "$(told "$plain" "$heard")" \
			"$(told "$id" "$heard" | sed "s/$kind.localhost/ok.localhost/")"
		look "$id" >/dev/null
		same 304 "$(told "$id" .last_status)"
	done

	claim "a proxy that refuses is named with its status, and its page with no end ends"
	# refused KIND WORDS
	refused_by() {
		id=$(tunnelled "$1")
		look "$id" >/dev/null
		same "proxy null 1" "$(told "$id" '"\(.last_error.class) \(.hold) \(.failures)"')"
		has "$(told "$id" .last_error.text)" "$2"
		same 1 "$(grep -cx "$1" tunnel.log)"
		same null "$(told "$id" .last_status)"
	}
	for status in 302 403 429 503; do
		refused_by $status "the proxy .* with $status\$"
	done
	for kind in 407 page; do
		refused_by $kind 'the proxy .* with 407, .* password'
	done
	refused_by fields "the proxy's answer to CONNECT has no end"
	same "[]" "$(feedctl status --json | jq -c .holds)"

	h2 good well "$proxy"
	h2 reset incomplete "$proxy"
	h2 padding too_large "$proxy"
	has "$(told "$id" .last_error.text)" 'wrapping without end'
	kill $tunnel_pid && wait $tunnel_pid 2>/dev/null || :
	tunnel_pid=
fi

claim "by a clock from before feedd was built no certificate is judged"
id=$(subscribe --no-fetch "https://ok.localhost:$port/feed.xml")
forward -630720000
look "$id" >/dev/null
same "0 null" "$(told "$id" '"\(.failures) \(.last_error)"')"
wait=$(($(told "$id" '.next_at | fromdate') - $(now)))
[ $wait -gt 3500 ] && [ $wait -le 3601 ] || die "the next look is in $wait s"
forward 630720000
look "$id" >/dev/null
# (By then it may have been due, too.)
same "true tls" "$(told "$id" '"\(.failures > 0) \(.last_error.class)"')"
stop
