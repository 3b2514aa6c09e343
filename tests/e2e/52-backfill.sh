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
feedctl backfill "$id"
until_true looked 2 /feed.xml
forward 3590
same 0 "$(requests /old1.xml)"
forward 20
until_true looked 1 /old1.xml
until_true sh -c "[ \"\$(feedctl count --all)\" = 2 ]"

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

claim "pages that name each other end it, too"
page round1.xml a round2.xml
page round2.xml b round3.xml
page round3.xml c round2.xml
round=$(subscribe "$base/round1.xml")
feedctl backfill "$round"
until_true looked 2 /round1.xml
for _ in 1 2 3 4 5 6 7 8; do
	forward 3620
	sleep 0.2
done
until_true sh -c "feedctl log $round | grep -q 'no older pages'"
same 3 "$(feedctl count --all --feed "$round")"

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

claim "a feed that is gone for good is not asked"
printf '/feed.xml\n\tstatus 410\n' | route
look "$id" >/dev/null
asked=$(requests /feed.xml)
feedctl backfill "$id"
until_true sh -c "feedctl log $id | grep -q 'gone for good; resume'"
same "$asked" "$(requests /feed.xml)"
stop
