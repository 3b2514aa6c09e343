# Every status with every word about time: how long the wait then is, whether it
# counts as a failure, and what becomes of the validators.  The table is the
# rules' own; the waits of sites (429, 403 for several, 503 with Retry-After) are
# in 43-holds.sh.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

serve
rss feed.xml "Feed" a
rss next.xml "Feed" b a
polite --set manners.private=no --set poll.floor=15m

# Name, seconds that it asks for, fields.
cat >words <<'WORDS'
none|0|
short|60|Cache-Control: max-age=60
long|7200|Cache-Control: public, max-age=7200, immutable
year|86400|Cache-Control: max-age=31536000
beyond|86400|Cache-Control: max-age=99999999999999999999
negative|0|Cache-Control: max-age=-5
never|0|Cache-Control: no-store, no-cache
shared|4000|Cache-Control: s-maxage=50000, max-age=4000
twice|0|Cache-Control: max-age=7200~Cache-Control: max-age=9000
aged|7200|Cache-Control: max-age=10800~Age: 3600
stale|0|Cache-Control: max-age=10800~Age: 20000
expires|10800|Date: Sun, 09 Sep 2001 01:46:40 GMT~Expires: Sun, 09 Sep 2001 04:46:40 GMT
expired|0|Date: Sun, 09 Sep 2001 01:46:40 GMT~Expires: 0
both|60|Cache-Control: max-age=60~Date: Sun, 09 Sep 2001 01:46:40 GMT~Expires: Sun, 09 Sep 2001 04:46:40 GMT
later|0|Retry-After: 7200
limit|0|X-RateLimit-Remaining: 0~X-RateLimit-Reset: 9000
WORDS
# Status, what it is: good, moved, wrong, denied, gone.
cat >statuses <<'STATUSES'
200 good
206 good
226 good
304 good
301 moved
302 moved
307 moved
400 wrong
401 denied
402 wrong
404 wrong
405 wrong
408 wrong
410 gone
418 wrong
421 wrong
451 denied
500 wrong
501 wrong
502 wrong
504 wrong
520 wrong
599 wrong
STATUSES

# Every pair: the answer that the server will give, and what must come of it
# (wait, failures, the validators it is asked with next).
: >routes.new
: >wanted
while read -r status kind; do
	while IFS='|' read -r name asks fields; do
		path=/$status-$name
		{
			case $kind:$status in
			moved:*) printf '%s\n\tstatus %s\n\tredirect %s-there\n%s-there\n\tfile next.xml\n' \
				"$path" "$status" "$path" "$path" ;;
			good:304) printf '%s\n\tstatus 304\n' "$path" ;;
			good:*) printf '%s\n\tstatus %s\n\tfile next.xml\n\theader ETag: "new"\n' "$path" "$status" ;;
			*) printf '%s\n\tstatus %s\n\theader ETag: "bad"\n\ttext no\n' "$path" "$status" ;;
			esac
			printf '%s' "$fields" | tr '~' '\n' | sed 's/^/\theader /'
			echo
		} >>routes.new
		wait=3600 failures=1 etag='"old"'
		case $kind in
		good | moved) wait=$((asks > 3600 ? asks : 3600)) failures=0 ;;
		denied) wait=14400 ;;
		gone) wait=never ;;
		esac
		case $status in
		200 | 226) etag='"new"' ;;
		30[127] | 410) etag=- ;;
		esac
		echo "$path $wait $failures $etag" >>wanted
	done <words
done <statuses

claim "each of them was a good feed"
printf '/*\n\tfile feed.xml\n\theader ETag: "old"\n' >routes
cut -d ' ' -f 1 wanted | sed "s,^,$base," | feedctl import --no-fetch - >/dev/null
feedctl refresh --force --wait >/dev/null
same "$(wc -l <wanted)" "$(feedctl feeds --json | jq -s 'map(select(.succeeded_at != null)) | length')"

claim "then each answers so, once"
mv routes.new routes
feedctl refresh --force --wait >/dev/null || :
feedctl feeds --json | jq -r "\"\(.url[$(printf %s "$base" | wc -c):]) \(
	if .next_at == null then \"never\" else (.next_at | fromdate) - (.checked_at | fromdate) end
	) \(.failures)\"" | sort >told
sort wanted | join - told | awk '
	$2 != $5 && $5 != $2 + 1 && $5 != $2 + 2 || $3 != $6' >different
same "" "$(cat different)"
same "$(wc -l <wanted)" "$(sort wanted | join - told | wc -l)"

claim "and is asked with what a whole document said last, but where it led elsewhere"
before=$(wc -l <requests.log)
feedctl refresh --force --wait >/dev/null || :
tail -n +$((before + 1)) requests.log | jq -r 'select(.target | endswith("-there") | not) |
	"\(.target) \([.headers[] | select(.[0] == "If-None-Match")[1]][0] // "-")"' | sort >told
sort wanted | join - told | awk '$4 != $5' >different
same "" "$(cat different)"
# (Of 410 there are as many as words, and they are asked no more.)
same $(($(wc -l <wanted) - $(wc -l <words))) "$(wc -l <told)"
stop
