# backfill: from a feed to its older pages, one an hour, over a restart.
. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

serve --listen 127.0.0.2:0
second=http://127.0.0.2:$(sed -n 2p port)
# page FILE ID OLDER: a document with one entry that names an older one
page() {
	{
		printf '<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><title>Pages</title>'
		printf '<updated>2026-01-01T00:00:00Z</updated>'
		[ -z "$3" ] || printf '<link rel="prev-archive" href="%s"/>' "$3"
		printf '<entry><id>%s</id><title>%s</title>' "$2" "$2"
		printf '<updated>2026-01-01T00:00:00Z</updated></entry></feed>\n'
	} >"www/$1"
}
page feed.xml now old1.xml
page old1.xml last-month old2.xml
page old2.xml last-year old3.xml
page old3.xml first ''
polite --set poll.interval=30d --set poll.adaptive-max=30d
id=$(subscribe "$base/feed.xml")

claim "the document first, then a page an hour"
before=$(feedctl status --json | jq -r .cursor)
feedctl backfill "$id"
until_true looked 2 /feed.xml
forward 3590
same 0 "$(requests /old1.xml)"
forward 20
until_true looked 1 /old1.xml
until_true sh -c "[ \"\$(feedctl count --all)\" = 2 ]"

claim "what an older page brings is listed, and told to nobody as new"
same "" "$(feedctl watch --no-follow --initial --since "$before")"
has "$(feedctl log "$id")" "feed.backfill.*1 old items were added without telling"

claim "asked for again, it is still the one that is under way"
feedctl backfill "$id"
forward 1800
same "2 1 0" "$(requests /feed.xml) $(requests /old1.xml) $(requests /old2.xml)"

claim "a crash loses no page, and brings none sooner"
crash
polite --set poll.interval=30d --set poll.adaptive-max=30d
sleep 0.3
same "2 1 0" "$(requests /feed.xml) $(requests /old1.xml) $(requests /old2.xml)"
forward 1850
until_true looked 1 /old2.xml
forward 3620
until_true looked 1 /old3.xml
until_true sh -c "[ \"\$(feedctl count --all)\" = 4 ]"

claim "with the oldest page it ends, and says so"
until_true sh -c "feedctl log $id | grep -q 'no older pages'"
forward 7200
sleep 0.2
same "2 1 1 1" "$(requests /feed.xml) $(requests /old1.xml) $(requests /old2.xml) $(requests /old3.xml)"

claim "what it has in older words is not turned back, and nor is the feed itself"
# edition FILE TITLE ITEM-TITLE DATE OLDER: entries 3 and, of the older one, 1
edition() {
	{
		printf '<feed xmlns="http://www.w3.org/2005/Atom"><id>e</id><title>%s</title>' "$2"
		printf '<updated>%s</updated><link href="https://example.org/%s"/>' "$4" "$1"
		[ -z "$5" ] || printf '<link rel="prev-archive" href="%s"/>' "$5"
		[ -n "$5" ] || printf '<entry><id>1</id><title>One</title><updated>%s</updated></entry>' "$4"
		printf '<entry><id>3</id><title>%s</title><updated>%s</updated>' "$3" "$4"
		printf '<content>%s</content></entry></feed>\n' "$3"
	} >"www/$1"
}
edition today.xml Blog 'Three, corrected' 2026-01-01T00:00:00Z then.xml
edition then.xml 'Blog - page 2' 'Thre (draft)' 2019-01-01T00:00:00Z ''
blog=$(subscribe "$base/today.xml")
feedctl mark-read --feed "$blog"
before=$(feedctl status --json | jq -r .cursor)
known=$(feedctl list --json --read --full --feed "$blog")
feed=$(feedctl explain --json "$blog" | jq -c 'del(.unread, .total, .checked_at, .succeeded_at, .recent)')
feedctl backfill "$blog"
forward 3620
until_true sh -c "feedctl log $blog | grep -q 'no older pages'"
same "One" "$(feedctl list --unread --format '{title}' --feed "$blog")"
same "$known" "$(feedctl list --json --read --full --feed "$blog")"
same "$feed" "$(feedctl explain --json "$blog" | jq -c 'del(.unread, .total, .checked_at, .succeeded_at, .recent)')"
same "" "$(feedctl watch --no-follow --initial --since "$before" --feed "$blog")"

claim "pages that name each other end it, too, and it says why"
page round1.xml a round2.xml
page round2.xml b round3.xml
page round3.xml c round2.xml
round=$(subscribe "$base/round1.xml")
feedctl backfill "$round"
until_true looked 2 /round1.xml
an_hour_later() {
	forward 3620
	feedctl log "$round" | grep -q 'lead back to one that was read'
}
until_true an_hour_later
same 3 "$(feedctl count --all --feed "$round")"

claim "over restarts as well"
page again1.xml a again2.xml
page again2.xml b again3.xml
page again3.xml c again2.xml
again=$(subscribe "$base/again1.xml")
feedctl backfill "$again"
until_true looked 2 /again1.xml
restarted_later() {
	stop
	forward 3620
	polite --set poll.interval=30d --set poll.adaptive-max=30d
	sleep 0.3 # else no look would ever come to its end
	feedctl log "$again" | grep -q 'lead back to one that was read'
}
until_true restarted_later

claim "what passes by itself does not end it: the page is asked for again, ever later"
page frail1.xml a frail2.xml
page frail2.xml b frail3.xml
page frail3.xml c ''
printf '/frail2.xml\n\ttimes 1\n\tfile frail2.xml\n\treset 0\n/frail2.xml\n\ttimes 1\n\tstatus 503\n' | route
frail=$(subscribe "$base/frail1.xml")
feedctl backfill "$frail"
until_true looked 2 /frail1.xml
forward 3620
until_true looked 1 /frail2.xml
until_true sh -c "feedctl log $frail | grep -q 'asked for again later'"
forward 3620
until_true looked 2 /frail2.xml
until_true sh -c "feedctl log $frail | grep -q 'again later.*503'"
forward 3620
sleep 0.2
same 2 "$(requests /frail2.xml)"
forward 3620
until_true looked 3 /frail2.xml
forward 3620
until_true looked 1 /frail3.xml
until_true sh -c "feedctl log $frail | grep -q 'no older pages'"
same 3 "$(feedctl count --all --feed "$frail")"

claim "how often it was in vain is known over restarts"
page worn1.xml a worn2.xml
page worn2.xml b ''
printf '/worn2.xml\n\tstatus 503\n' | route
worn=$(subscribe "$base/worn1.xml")
feedctl backfill "$worn"
until_true looked 2 /worn1.xml
in_vain() {
	[ "$(feedctl log "$worn" | grep -c 'feed.backfill.*answers 503')" = "$times" ] ||
		{ forward 10 && false; }
}
times=0
for hours in 1 1 2 4 8 16; do
	stop
	forward $((hours * 3610 - 1800))
	polite --set poll.interval=30d --set poll.adaptive-max=30d
	sleep 0.3
	same "$times" "$(requests /worn2.xml)"
	forward 1800
	times=$((times + 1))
	until_true in_vain
done
has "$(feedctl log "$worn" | head -n 1)" 'feed.backfill.the server answers 503'
echo >routes

claim "but not for ever, and not where the answer says that there is none"
page lost1.xml a lost2.xml
page denied1.xml a denied2.xml
printf '/lost2.xml\n\tstatus 500\n/denied2.xml\n\tstatus 404\n' | route
lost=$(subscribe "$base/lost1.xml")
denied=$(subscribe "$base/denied1.xml")
feedctl backfill "$lost"
feedctl backfill "$denied"
until_true looked 2 /lost1.xml
until_true looked 2 /denied1.xml
# (An hour counts from when the answer was seen to, which may be after the clock was set.)
failed() {
	[ "$(feedctl log "$lost" | grep -c 'feed.backfill.*answers 500')" = "$times" ] ||
		{ forward 10 && false; }
}
times=0
for hours in 1 1 2 4 8 16; do
	forward $((hours * 3610))
	times=$((times + 1))
	until_true failed
done
has "$(feedctl log "$lost" | head -n 1)" 'feed.backfill.the server answers 500'
same "6 1" "$(requests /lost2.xml) $(requests /denied2.xml)"
has "$(feedctl log "$denied")" 'feed.backfill.the server answers 404'
echo >routes

claim "who is paused is not asked for pages either, and goes on when resumed"
page quiet1.xml a quiet2.xml
page quiet2.xml b ''
quiet=$(subscribe "$base/quiet1.xml")
feedctl backfill "$quiet"
until_true looked 2 /quiet1.xml
feedctl pause "$quiet"
for _ in 1 2 3; do
	forward 3620
	sleep 0.2
done
same 0 "$(requests /quiet2.xml)"
fails 1 feedctl backfill "$quiet"
has "$err" 'it is paused'
feedctl resume "$quiet"
forward 3620
until_true looked 1 /quiet2.xml

claim "its first look has no validators, so it is one a day, and says when the next may be"
page often.xml a ''
often=$(subscribe "$base/often.xml")
feedctl backfill "$often"
until_true sh -c "feedctl log $often | grep -q 'no older pages'"
fails 1 feedctl backfill "$often"
has "$err" "once a day at most, next=20[0-9T:-]*Z"
fails 1 feedctl refresh --force --unconditional --yes --wait "$often"
has "$out$err" 'once a day at most'
same 2 "$(requests /often.xml)"
forward 86410
feedctl backfill "$often"
until_true looked 3 /often.xml

claim "and one that brought no document may be tried again in ten minutes"
page broken.xml a ''
broken=$(subscribe "$base/broken.xml")
printf '/broken.xml\n\tstatus 500\n' | route
feedctl backfill "$broken"
until_true sh -c "feedctl log $broken | grep -q 'feed.backfill.*500'"
fails 1 feedctl backfill "$broken"
has "$err" 'next='
forward 610
echo >routes
feedctl backfill "$broken"
until_true looked 3 /broken.xml

claim "what was given for one site is not shown to another one's page"
page elsewhere.xml d "$second/archive.xml"
page archive.xml e ''
printf 'X-Token: s3cret\n' >header.txt
printf 'someone:s3cret' >auth.txt
away=$(subscribe --header @header.txt --auth @auth.txt "$base/elsewhere.xml")
feedctl backfill "$away"
until_true looked 2 /elsewhere.xml
forward 3620
until_true looked 1 /archive.xml
same 2 "$(jq -c 'select(.target == "/elsewhere.xml") | .headers' requests.log | grep -c s3cret)"
same "" "$(jq -c 'select(.target == "/archive.xml") | .headers' requests.log | grep -iE 's3cret|authorization' || :)"

claim "where nobody may be asked it says why"
printf '/feed.xml\n\tstatus 410\n/held.xml\n\tstatus 429\n\theader Retry-After: 7200\n' | route
look "$id" >/dev/null
asked=$(requests /feed.xml)
fails 1 feedctl backfill "$id"
has "$err" 'gone for good; resume'
same "$asked" "$(requests /feed.xml)"
pushed=$(subscribe push:mine)
fails 1 feedctl backfill "$pushed"
has "$err" 'no older pages'
held=$(subscribe --no-fetch "$second/held.xml")
look "$held" >/dev/null
asked=$(requests /held.xml)
fails 1 feedctl backfill "$held"
has "$err" 'its site asked to wait until'
same "$asked" "$(requests /held.xml)"

claim "nor is a page asked for while its feed rests, though its own site does not"
page target.xml a "$base/page.xml"
page page.xml b ''
printf '127.0.0.1*/lead.xml\n\tredirect %s/target.xml\n' "$second" >lead.routes
route <lead.routes
forward 7300
led=$(subscribe "$base/lead.xml")
feedctl backfill "$led"
until_true looked 2 /target.xml
{
	cat lead.routes
	printf '/target.xml\n\tstatus 429\n\theader Retry-After: 7200\n'
} | route
has "$(look "$led")" '"held"'
forward 3620
sleep 0.2
same 0 "$(requests /page.xml)"
echo >routes
for _ in 1 2; do forward 3620; done
until_true looked 1 /page.xml

claim "who waited in vain has not had the day's look without validators"
page late.xml a ''
late=$(subscribe "$base/late.xml")
printf '/busy.xml\n\tgated\n\tstatus 429\n\theader Retry-After: 120\n' | route
rm -f www/gate
busy=$(subscribe --no-fetch "$base/busy.xml")
feedctl refresh --force "$busy" >/dev/null
until_true looked 1 /busy.xml
feedctl backfill "$late"
touch www/gate
until_true sh -c "feedctl explain --json $late | jq -e '.hold != null'"
same 1 "$(requests /late.xml)"
forward 130
case $(look "$late" --unconditional --yes) in *too-soon*) die "it was not asked" ;; esac
same 2 "$(requests /late.xml)"

claim "it ends with its feed, and is not taken up again with it"
page left1.xml now left2.xml
page left2.xml old ''
left=$(subscribe "$base/left1.xml")
whole=$(subscribe "$base/left1.xml?whole")
for id in "$left" "$whole"; do feedctl backfill "$id"; done
until_true looked 2 /left1.xml
until_true looked 2 '/left1.xml?whole'
feedctl star --feed "$left"
feedctl remove "$left" "$whole"
same "$left" "$(subscribe --no-fetch "$base/left1.xml")"
forward 3620
sleep 0.2
same 0 "$(requests /left2.xml)"
same "" "$(feedctl log | cut -f2 | grep -x "$whole")"
stop
polite
forward 3620
sleep 0.2
same 0 "$(requests /left2.xml)"
stop

claim "its first look is one of the feed itself, and the next is not just behind it"
rm -rf data
: >requests.log
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
echo >routes
polite
page due.xml now ''
id=$(subscribe "$base/due.xml")
forward 3590
feedctl backfill "$id"
until_true looked 2 /due.xml
until_true sh -c "feedctl log $id | grep -q 'no older pages'"
left=$(($(date -d "$(told "$id" .next_at)" +%s) - $(now)))
[ $left -gt 850 ] && [ $left -le 901 ] || die "$left s"
forward 910
until_true looked 3 /due.xml
stop
