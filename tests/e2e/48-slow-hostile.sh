# Servers that are slow, endless, cut, lying or hostile: each fails its own feed,
# with one request, and nobody else waits for it.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

serve --events
rss feed.xml "Feed" a b
head -c 100000000 /dev/zero | gzip -9 >www/bomb.gz
gzip -9 -c www/bomb.gz >www/bomb.gz.gz
gzip -9 -c www/feed.xml >www/feed.gz
# Five bytes are a block of deflate with nothing in it.
printf '\037\213\010\0\0\0\0\0\0\003' >www/nothing.gz
printf '\0\0\0\377\377' >block
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	cat block block >blocks
	mv blocks block
done
cat block >>www/nothing.gz
head -c $(($(wc -c <www/feed.gz) / 2)) www/feed.gz >www/half.gz
polite --set manners.private=no --set fetch.timeout=2s --set fetch.connect-timeout=1s \
	--set fetch.body-max=2M --set fetch.header-max=16K

# ends NAME CLASS ROUTE...: a feed that was well answers so; it fails with one of
# these classes, one request, its items and its validators kept
ends() {
	claim "$1"
	name=$2 classes=$3
	shift 3
	echo >routes
	id=$(subscribe "$base/feed.xml?$name")
	{
		echo "/feed.xml?$name"
		printf '\tunconditional\n'
		for word in "$@"; do printf '\t%s\n' "$word"; done
	} | route
	look "$id" >/dev/null
	class=$(told "$id" .last_error.class)
	words=$(told "$id" .last_error.text)
	case " $classes " in *" $class "*) ;; *) die "$class, not $classes: $words" ;; esac
	same 2 "$(requests "/feed.xml?$name")"
	same 2 "$(feedctl count --all --feed "$id")"
	echo >routes
	look "$id" >/dev/null
	same 304 "$(answered "/feed.xml?$name")"
}

ends "a head that drips" drip-head timeout 'file feed.xml' 'drip-head 5'
ends "a body that drips" drip timeout 'file feed.xml' 'drip 20'
ends "a body that drips for ever" endless-drip "timeout incomplete" \
	'file feed.xml' 'repeat endless' 'drip 200'
ends "silence" silent timeout silent
has "$(feedctl log "$id")" 'the answer was not whole in time'
ends "an answer that hangs" hang "timeout incomplete" 'file feed.xml' 'length 100000' hang
ends "a head without end" junk "too_large protocol" 'file feed.xml' 'junk 10000 100'
ends "one field that is huge" line "too_large protocol" 'file feed.xml' 'junk 1 1M'
case $words in *header*) ;; *) die "$words" ;; esac
ends "interim answers without end" interim "too_large protocol" 'file feed.xml' 'interim 5000'
ends "a gzip bomb" bomb too_large 'file bomb.gz' 'header Content-Encoding: gzip'
ends "a bomb in two layers" bomb2 too_large \
	'file bomb.gz.gz' 'header Content-Encoding: gzip, gzip'
ends "compression with nothing in it" nothing too_large \
	'file nothing.gz' 'header Content-Encoding: gzip'
ends "chunks that are extensions, and hardly a byte of document" extensions too_large \
	'text 1;xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n<\r\n' \
	'repeat endless' 'length none' 'header Transfer-Encoding: chunked'
ends "gzip that is cut" half "bad_encoding incomplete partial" \
	'file half.gz' 'header Content-Encoding: gzip'
ends "gzip that is none" nogzip bad_encoding 'file feed.xml' 'header Content-Encoding: gzip'
ends "gzip that nothing tells of" untold bad_encoding 'file feed.gz'
ends "an encoding nobody asked for" zstd bad_encoding \
	'file feed.xml' 'header Content-Encoding: zstd'
ends "a document that is cut by a reset" reset "incomplete partial" 'file feed.xml' 'reset 150'
ends "chunks that do not end" chunked "incomplete partial" \
	'file feed.xml' 'cut 150' 'chunked unended'
rss newer.xml "Feed" c a b
gzip -9 -c www/newer.xml >www/newer.gz
head -c $(($(wc -c <www/newer.gz) - 12)) www/newer.gz >www/most.gz
ends "a new item in a cut answer is not taken: a reset" cut-new-reset incomplete \
	'file newer.xml' 'reset 300'
ends "likewise, by a length that lies" cut-new-length incomplete \
	'file newer.xml' 'length 9999' 'cut 300'
ends "likewise, by a length that counts less than comes" cut-new-less incomplete \
	'file newer.xml' 'length 300'
ends "likewise, chunks that do not end" cut-new-chunked incomplete \
	'file newer.xml' 'cut 300' 'chunked unended'
ends "likewise, where only the close ends it" cut-new-close incomplete \
	'file newer.xml' 'length none' 'cut 300'
ends "likewise, gzip without its end" cut-new-gzip "incomplete bad_encoding" \
	'file most.gz' 'header Content-Encoding: gzip'
ends "an SSH server" ssh protocol 'raw SSH-2.0-OpenSSH_9.2\r\n'
ends "HTTP/0.9" old protocol 'raw <rss version="2.0"></rss>'
ends "nothing but a close" close "protocol incomplete connect empty" 'raw \r\n'
ends "garbage" garbage protocol 'raw \x00\x01\x02\x03\xff\xfe\r\n\r\n'
ends "204" 204 empty 'status 204'

claim "a kept connection that ends without an answer is not asked again"
id=$(subscribe "$base/feed.xml?kept")
look "$id" >/dev/null
printf '/feed.xml?kept\n\traw \n' | route
look "$id" >/dev/null
same 3 "$(requests '/feed.xml?kept')"
same incomplete "$(told "$id" .last_error.class)"
echo >routes

# most NAME KIB: the server's kernel took so much at most beyond the limit
taken() {
	jq -es --arg t "/feed.xml?$1" '(map(select(.target == $t and .status == 200)) | last.conn)
		as $conn | map(select(.event == "close" and .conn == $conn)) | last.bytes' requests.log
}
most() {
	until_true taken "$1"
	over=$(($(taken "$1") - (2 << 20)))
	[ "$over" -lt $(($2 << 10)) ] || die "$over bytes beyond the limit"
}

claim "no more than the limit is taken of what has no end: what is beyond it stays in
the server's own queue, and hardly in ours"
ends "with a send buffer of 16 KiB" endless16 too_large 'send-buffer 16384' \
	'text <item><title>again</title></item>' 'repeat endless'
most endless16 128
ends "with one of 64 KiB" endless64 too_large 'send-buffer 65536' \
	'text <item><title>again</title></item>' 'repeat endless'
most endless64 256
ends "with one that grows" endless too_large \
	'text <item><title>again</title></item>' 'repeat endless'
most endless 1024

claim "of wrapping without end a megabyte is taken, and what libcurl reads in one step"
for n in 1 2 3 4 5; do # how much is there at a step is chance
	ends "as fast as it can, $n" wrapping$n too_large 'send-buffer 65536' \
		'text 5;xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' \
		'repeat endless' 'length none' 'header Transfer-Encoding: chunked'
	most wrapping$n 1088
	case $words in *"wrapping without end"*) ;; *) die "$words" ;; esac
done

claim "a whole document in an answer that ends early is taken, its validators are not"
echo >routes
id=$(subscribe "$base/feed.xml?short")
rss more.xml "Feed" a b c
printf '/feed.xml?short\n\tfile more.xml\n\tlength 100000\n\tclose\n\theader ETag: "short"\n' | route
look "$id" >/dev/null
same 3 "$(feedctl count --all --feed "$id")"
echo >routes
look "$id" >/dev/null
[ "$(sent '/feed.xml?short' If-None-Match)" != '"short"' ] || die "its validator was kept"

claim "a length that leaves out what follows the document costs nothing"
printf '/feed.xml?less\n\tfile more.xml\n\tlength %d\n' $(($(wc -c <www/more.xml) - 1)) | route
id=$(subscribe "$base/feed.xml?less")
same "3 null" "$(feedctl count --all --feed "$id") $(told "$id" .last_error)"

claim "of a document that its publisher cut, what was whole is kept, its validators are not"
echo >routes
id=$(subscribe "$base/feed.xml?salvage")
head -c 300 www/newer.xml >www/salvage.xml
printf '/feed.xml?salvage\n\tfile salvage.xml\n\tunconditional\n' | route
for n in 1 2 3; do # on a connection that has brought other answers
	look "$id" >/dev/null
done
same "3 partial" "$(feedctl count --all --feed "$id") $(told "$id" .last_error.class)"
printf '/feed.xml?salvage\n\tfile salvage.xml\n\tunconditional\n\tclose\n' | route
look "$id" >/dev/null
same partial "$(told "$id" .last_error.class)" "the end of the connection is no surplus"
# Compression ends where the publisher's document does, whatever ends the connection.
gzip -9 -c www/salvage.xml >www/salvage.gz
packed() {
	echo >routes
	one=$(subscribe "$base/feed.xml?$1")
	path=$1
	shift
	{
		printf '/feed.xml?%s\n\tfile salvage.gz\n\tunconditional\n' "$path"
		printf '\theader Content-Encoding: gzip\n'
		for word in "$@"; do printf '\t%s\n' "$word"; done
	} | route
	look "$one" >/dev/null
	same "3 partial" "$(feedctl count --all --feed "$one") $(told "$one" .last_error.class)" "$path"
}
packed whole
packed chunks chunked
packed until-closed 'length none' close
echo >routes
look "$id" >/dev/null
same "304 3" "$(answered '/feed.xml?salvage') $(feedctl count --all --feed "$id")"

claim "who subscribes to such a one has what was whole, and is told"
printf '/feed.xml?salvage2\n\tfile salvage.xml\n\theader ETag: "cut"\n' | route
feedctl add "$base/feed.xml?salvage2" >line 2>said
id=$(cut -f1 line)
has "$(cat said)" 'feed.xml.*: the document ends early; what was whole before that is kept'
same "1 failing partial" "$(feedctl count --all --feed "$id") $(told "$id" .state) $(told "$id" .last_error.class)"
echo >routes
look "$id" >/dev/null
same "200 3 null" "$(answered '/feed.xml?salvage2') $(feedctl count --all --feed "$id") $(told "$id" .last_error)"
printf '/page\n\theader Content-Type: text/html\n\ttext <link rel="alternate" href="/cut.xml" %s\n%s\n' \
	'type="application/rss+xml">' "$(printf '/cut.xml\n\tfile salvage.xml')" | route
feedctl add "$base/page" >line 2>said
has "$(cat said)" 'cut.xml: the document ends early'
! grep -q 'page: the document' said || die "it is not the page that ends early"
printf '/feed.xml?none\n\ttext <rss><channel><title>x</title><item><title>a\n' | route
feedctl add "$base/feed.xml?none" >line 2>said && die "nothing of it was whole"
has "$(cat said)" 'the document ends early'

claim "206 is read, and its validators are not kept"
id=$(subscribe "$base/feed.xml?206")
printf '/feed.xml?206\n\tstatus 206\n\tfile more.xml\n\theader ETag: "206"\n' | route
look "$id" >/dev/null
same 3 "$(feedctl count --all --feed "$id")"
look "$id" >/dev/null
[ "$(sent '/feed.xml?206' If-None-Match)" != '"206"' ] || die "its validator was kept"

claim "226 is a delta: what it lacks is not gone, its validators are kept"
id=$(subscribe "$base/feed.xml?226")
rss delta.xml "Feed" z
printf '/feed.xml?226\n\tstatus 226\n\tfile delta.xml\n\theader ETag: "226"\n' | route
look "$id" >/dev/null
same 3 "$(feedctl count --all --feed "$id")"
look "$id" >/dev/null
same '"226"' "$(sent '/feed.xml?226' If-None-Match)"

claim "while ten servers are silent, and two send wrapping as fast as they can,
others are on time and the daemon answers"
stop
polite --set manners.private=no
route <<'ROUTES'
/silent*
	silent
/wrapping*
	text 5;xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
	repeat endless
	length none
	header Transfer-Encoding: chunked
ROUTES
feedctl add --no-fetch "$base/wrapping1" >/dev/null
feedctl add --no-fetch "$base/wrapping2" >/dev/null
for n in 0 1 2 3 4 5 6 7 8 9; do
	feedctl add --no-fetch "$base/silent$n" >/dev/null
done
feedctl refresh --force >/dev/null 2>&1 || :
until_true looked 1 /silent9
begin=$(date +%s%N)
subscribe "$base/feed.xml?meanwhile" >/dev/null
feedctl status >/dev/null
took=$((($(date +%s%N) - begin) / 1000000))
# (They are silent for a minute.)
[ $took -lt 20000 ] || die "it took $took ms"
stop
