# Validators: what a feed's server said is said back to it, byte for byte, as a
# pair, for ever; and nothing but a whole feed or a 304 changes it.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

serve
rss feed.xml "Feed" a b
rss other.xml "Other" c

# answers FILE ETAG MODIFIED [WORD...]: what /f says from now on
answers() {
	file=$1 etag=$2 modified=$3
	shift 3
	{
		echo /f
		echo "	file $file"
		[ -z "$etag" ] || printf '\theader ETag: %s\n' "$etag"
		[ -z "$modified" ] || printf '\theader Last-Modified: %s\n' "$modified"
		for word in "$@"; do printf '\t%s\n' "$word"; done
	} | route
}

old="Sun, 06 Nov 1994 08:49:37 GMT"
new="Mon, 07 Nov 1994 09:00:00 GMT"

polite
answers feed.xml '"one"' "$old"
id=$(subscribe "$base/f")

claim "a first look has nothing to send back"
same - "$(sent /f If-None-Match)"
same - "$(sent /f If-Modified-Since)"

claim "FRB001-004: both validators are stored, and sent back as they came"
look "$id" >/dev/null
same '"one"' "$(sent /f If-None-Match)"
same "$old" "$(sent /f If-Modified-Since)"
same 304 "$(answered /f)"

claim "a 304 without validators forgets neither"
answers feed.xml '' '' 'status 304' bare
look "$id" >/dev/null
look "$id" >/dev/null
same '"one"' "$(sent /f If-None-Match)"
same "$old" "$(sent /f If-Modified-Since)"

claim "a 304 replaces the field that it names, and only that"
answers feed.xml '"two"' '' 'status 304' bare
look "$id" >/dev/null
look "$id" >/dev/null
same '"two"' "$(sent /f If-None-Match)"
same "$old" "$(sent /f If-Modified-Since)"

claim "FRB014: a 200 replaces them as a pair: what it does not say is gone"
answers other.xml '"three"' '' bare close
look "$id" >/dev/null
look "$id" >/dev/null
same '"three"' "$(sent /f If-None-Match)"
same - "$(sent /f If-Modified-Since)"
answers feed.xml '' "$new" bare close
look "$id" >/dev/null
look "$id" >/dev/null
same - "$(sent /f If-None-Match)"
same "$new" "$(sent /f If-Modified-Since)"

claim "a 200 with the same bytes brings its new validators all the same"
answers feed.xml '"four"' "$old" unconditional
look "$id" >/dev/null
answers feed.xml '"four"' "$old"
look "$id" >/dev/null
same '"four"' "$(sent /f If-None-Match)"
same "$old" "$(sent /f If-Modified-Since)"

# keeps WORDS WORD...: that answer leaves the validators alone
keeps() {
	claim "$1"
	shift
	answers feed.xml '"wrong"' "$new" unconditional "$@"
	look "$id" >/dev/null
	answers feed.xml '"four"' "$old"
	look "$id" >/dev/null
	same '"four"' "$(sent /f If-None-Match)"
	same "$old" "$(sent /f If-Modified-Since)"
}
printf '<!DOCTYPE html><html><head><title>x</title></head><body>Hello</body></html>' >www/page.html
head -c 150 www/feed.xml >www/half.xml
keeps "a 500 touches nothing" 'status 500'
keeps "a 404 touches nothing" 'status 404'
keeps "a 403 touches nothing" 'status 403'
keeps "FRB016: a 429 touches nothing" 'status 429' 'header Retry-After: 0'
keeps "a page in place of the feed touches nothing" \
	'file page.html' 'header Content-Type: text/html'
keeps "half a feed touches nothing" 'file half.xml'
keeps "a feed cut by the network touches nothing" 'cut 100'
keeps "a chunked feed without its end touches nothing" 'chunked unended' 'cut 120'
keeps "an empty answer touches nothing" 'file /dev/null'
keeps "a redirect that leads nowhere touches nothing" 'redirect /nowhere'

claim "an empty 200 keeps the items"
same 3 "$(feedctl count --all)"

claim "FRB010, FRB015: a crash and another start forget no validator"
crash
polite
look "$id" >/dev/null
same '"four"' "$(sent /f If-None-Match)"
same "$old" "$(sent /f If-Modified-Since)"

claim "FRB011: they do not expire, not in a year"
forward 31536000
look "$id" >/dev/null
same '"four"' "$(sent /f If-None-Match)"
same "$old" "$(sent /f If-Modified-Since)"
same 304 "$(answered /f)"

claim "FRB012, FRB013: values that nobody would invent come back byte for byte"
odd() {
	answers feed.xml "$1" "$2" unconditional
	look "$id" >/dev/null
	answers feed.xml "$1" "$2"
	look "$id" >/dev/null
	same "${3-$1}" "$(sent /f If-None-Match)"
	same "${4-$2}" "$(sent /f If-Modified-Since)"
}
odd 'W/"weak"' "$old"
odd 'unquoted' "Tue, 01 Jan 2041 00:00:00 GMT"
odd '"a  b \\ c"' "yesterday, more or less" '"a  b \ c"'
odd '""' '1994-11-06 08:49:37'
# (The log has a byte as the character of that number.)
odd '"gr\xc3\xbcn"' "$old" "$(printf '"gr\303\203\302\274n"')"
odd "\"$(head -c 4000 /dev/zero | tr '\0' x)\"" "$old"
odd "\"$(head -c 8000 /dev/zero | tr '\0' x)\"" "$old" -
odd '"a\x01b"' "$old" -

claim "validators belong to the URL that said them"
route <<ROUTES
/moved
	redirect /there
/there
	file feed.xml
	header ETag: "there"
/moved2
	file other.xml
	header ETag: "moved"
ROUTES
id=$(subscribe "$base/moved")
look "$id" >/dev/null
same - "$(sent /moved If-None-Match)"
same '"there"' "$(sent /there If-None-Match)"
same 304 "$(answered /there)"
route <<ROUTES
/moved
	redirect /elsewhere
/elsewhere
	file feed.xml
	header ETag: "elsewhere"
ROUTES
look "$id" >/dev/null
same - "$(sent /elsewhere If-None-Match)"

claim "a server that does not know its own ETag gets the date alone"
route <<ROUTES
/apache
	file feed.xml
	header ETag: "x-gzip"
	header Last-Modified: $old
	unconditional
ROUTES
id=$(subscribe "$base/apache")
look "$id" >/dev/null
same '"x-gzip"' "$(sent /apache If-None-Match)"
same lm_only "$(told "$id" .conditional)"
look "$id" >/dev/null
same - "$(sent /apache If-None-Match)"
same "$old" "$(sent /apache If-Modified-Since)"

claim "and if it does not know that either, both, for what it is worth"
same useless "$(told "$id" .conditional)"
look "$id" >/dev/null
same '"x-gzip"' "$(sent /apache If-None-Match)"
same "$old" "$(sent /apache If-Modified-Since)"

claim "FRB071: unconditionally only when confirmed, once a day"
answers feed.xml '"four"' "$old"
id=$(feedctl feeds --json | jq -r 'select(.url | endswith("/f")).id')
look "$id" >/dev/null
before=$(requests /f)
fails 2 feedctl refresh --force --wait --unconditional "$id" </dev/null
same "$before" "$(requests /f)"
look "$id" --unconditional --yes >/dev/null
same - "$(sent /f If-None-Match)"
same - "$(sent /f If-Modified-Since)"
has "$(feedctl log "$id")" '	feed.unconditional	asked for by hand$'
has "$(look "$id" --unconditional --yes)" 'too-soon'
look "$id" >/dev/null
same '"four"' "$(sent /f If-None-Match)"

claim "a date that can't be, and two weeks of nothing but 304: once in full, which is told"
printf '/future\n\tfile feed.xml\n\theader Last-Modified: Tue, 01 Jan 2041 00:00:00 GMT\n' | route
id=$(subscribe "$base/future")
look "$id" >/dev/null
same "304 Tue, 01 Jan 2041 00:00:00 GMT" "$(answered /future) $(sent /future If-Modified-Since)"
forward 1296000
look "$id" >/dev/null
# (It was due by then, too: where it is looked at twice, the second is a 304.)
same 2 "$(jq -r 'select(.target == "/future" and .status == 200).target' requests.log | wc -l)"
has "$(feedctl log "$id")" '	feed.unconditional	nothing but 304 for 15 d'
look "$id" >/dev/null
same 304 "$(answered /future)"

# told_in_full NAME WORD: two weeks of 304s, then a look in full that ends as the routes on
# stdin say, with that event; both are told, once
told_in_full() {
	printf '/future?%s\n\tfile feed.xml\n\theader Last-Modified: Tue, 01 Jan 2041 00:00:00 GMT\n' "$1" | route
	id=$(subscribe "$base/future?$1")
	look "$id" >/dev/null
	same 304 "$(answered "/future?$1")"
	route
	forward 1296000
	look "$id" >/dev/null
	look "$id" >/dev/null
	has "$(feedctl log "$id")" "	$2	"
	same 1 "$(feedctl log "$id" | grep -c '	feed.unconditional	nothing but 304 for 15 d')"
	feedctl remove "$id"
}
claim "which is told where the server fails, too, sends a page, or answers 304 all the same"
printf '/future*\n\tstatus 500\n' | told_in_full 500 feed.failing
printf '/future*\n\theader Content-Type: text/html\n\ttext <!DOCTYPE html><html><body>Hello</body></html>\n' |
	told_in_full page feed.failing
printf '/future*\n\tstatus 304\n' | told_in_full 304 feed.failing
claim "and where it is gone, or leads elsewhere for good"
printf '/future*\n\tstatus 410\n' | told_in_full 410 feed.gone
printf '/future*\n\tstatus 301\n\tredirect /led\n/led\n\tfile feed.xml\n' | told_in_full 301 feed.moving

claim "the same bytes in another encoding are another document"
printf '<rss version="2.0"><channel><title>E</title><item><guid>e</guid>' >www/latin.xml
printf '<title>\261\352\277</title></item></channel></rss>' >>www/latin.xml
printf '/latin\n\tfile latin.xml\n\theader Content-Type: text/xml; charset=iso-8859-1\n\theader ETag: "1"\n' | route
id=$(subscribe "$base/latin")
look "$id" >/dev/null
same '±ê¿' "$(feedctl list --all --feed "$id" --format '{title}')"
printf '/latin\n\tfile latin.xml\n\theader Content-Type: text/xml; charset=iso-8859-2\n\theader ETag: "2"\n' | route
look "$id" >/dev/null
same 'ąęż' "$(feedctl list --all --feed "$id" --format '{title}')"

claim "the same bytes at another address are another document, whose links lead elsewhere: no edit"
{
	printf '<feed xmlns="http://www.w3.org/2005/Atom"><title>R</title><entry><id>urn:r</id>'
	printf '<title>r</title><link href="r"/><updated>2026-01-01T00:00:00Z</updated>'
	printf '<content type="html">&lt;a href="s"&gt;s&lt;/a&gt;</content></entry></feed>'
} >www/relative.xml
printf '/relative*\n\tfile relative.xml\n' | route
id=$(subscribe "$base/relative")
item=$(feedctl list --all --feed "$id" | cut -f1)
# leads_from BASE: so do the item and its text, and nobody is told of an edit
leads_from() {
	same "$1/r" "$(feedctl show --json "$item" | jq -r .url)"
	has "$(feedctl show --json "$item" | jq -r .content_html)" "\"$1/s\""
	same "" "$(feedctl list --all --changed --feed "$id")"
}
leads_from "$base"
feedctl set "$id" "url=http://localhost:$port/relative"
look "$id" >/dev/null
leads_from "http://localhost:$port"
printf '/relative*\n\tredirect %s/there\n/there\n\tfile relative.xml\n\tunconditional\n' "$base" | route
look "$id" >/dev/null
leads_from "$base"
same "" "$(look "$id")"
printf '\theader Content-Location: /in/here\n' | cat routes - | route
look "$id" >/dev/null
same "$base/in/r" "$(feedctl show --json "$item" | jq -r .url)"

claim "and the same items, though nothing but their links told who they are"
{
	printf '<rss version="2.0"><channel><title>L</title>'
	for n in 1 2 3; do printf '<item><title>l%s</title><link>l%s</link></item>' $n $n; done
	printf '</channel></rss>'
} >www/links.xml
printf '/links\n\tfile links.xml\n' | route
id=$(subscribe "$base/links")
feedctl set "$id" "url=http://localhost:$port/links"
look "$id" >/dev/null
same 3 "$(feedctl list --all --feed "$id" --format urls | grep -c "^http://localhost:$port/l.\$")"
same 3 "$(feedctl count --all --feed "$id")"

claim "what half a feed, or a part of one, said otherwise does not outlive the whole one"
story() {
	printf '<rss version="2.0"><channel><title>S</title>'
	for n in 1 2 3; do printf '<item><guid>s%s</guid><title>%s %s</title></item>' $n "$1" $n; done
	printf '</channel></rss>'
}
story Story >www/story.xml
story Fatal >www/part.xml
head -c -40 www/part.xml >www/broken.xml
titles() {
	feedctl list --all --feed "$1" --format '{title}' | cut -d' ' -f1 | sort -u | paste -sd' '
}
whole() {
	printf '/story*\n\tfile story.xml\n\tbare\n\tclose\n%s' "${etag:+	header ETag: $etag
}" | route
}
# overwritten STATUS FILE TITLES: by that, and set right again
overwritten() {
	at="/story?$1$etag"
	whole
	id=$(subscribe "$base$at")
	printf '/story*\n\tstatus %s\n\tfile %s\n\tunconditional\n' "$1" "$2" | route
	look "$id" >/dev/null
	same "$3" "$(titles "$id")"
	whole
	look "$id" >/dev/null
	same "Story 200 -" "$(titles "$id") $(answered "$at") $(sent "$at" If-None-Match)"
	look "$id" >/dev/null
	same "Story ${etag:--}" "$(titles "$id") $(sent "$at" If-None-Match)"
}
for etag in '' story; do
	overwritten 200 broken.xml 'Fatal Story'
	overwritten 206 part.xml Fatal
done

claim "an edit of an item that a rule had dropped is asked for once more when undo brings it back"
says() {
	{
		printf '<rss version="2.0"><channel><title>U</title><item><guid>u</guid>'
		printf '<title>%s</title></item><item><guid>v</guid></item></channel></rss>' "$1"
	} >www/undone.xml
	printf '/undone\n\tfile undone.xml\n\theader ETag: "%s"\n' "$1" | route
}
says before
id=$(subscribe "$base/undone")
rule=$(feedctl rule add 'title = "before"' drop --json | jq .id)
feedctl rule apply "$rule"
look "$id" >/dev/null
feedctl undo
look "$id" >/dev/null
same '304 "before"' "$(answered /undone) $(sent /undone If-None-Match)"
feedctl rule apply "$rule"
says after
look "$id" >/dev/null
feedctl undo
has "$(feedctl list --all --feed "$id")" '	before	'
look "$id" >/dev/null
same "200 -" "$(answered /undone) $(sent /undone If-None-Match)"
has "$(feedctl list --all --feed "$id")" '	after	'
look "$id" >/dev/null
same '304 "after"' "$(answered /undone) $(sent /undone If-None-Match)"

claim "a 304 that nobody asked for is an error, and no feed"
route <<ROUTES
/always304
	status 304
ROUTES
fails 1 feedctl add "$base/always304"
has "$err" 304

stop
