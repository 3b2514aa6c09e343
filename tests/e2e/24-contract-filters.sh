# Filters and what they mean together.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

rss news.xml "News" apple banana cherry
rss other.xml "Other" date elder
serve
start
feedctl add "$base/news.xml" "$base/other.xml" --tag t >/dev/null
until_true sh -c 'test "$(feedctl status --json | jq .index_lag)" -eq 0'
guids() {
	feedctl list --all --format '{guid}' "$@" | sort | tr '\n' ' '
}

many() { seq -f "--$1=$2%g" "$3"; }

claim "one option repeated: any of them"
same "apple banana cherry date elder " "$(guids --feed News --feed Other)"
same "apple elder " "$(guids --where 'guid = "apple"' --where 'guid = "elder"')"
same "apple banana date " "$(guids --where 'guid = "apple"' --where 'guid = "date"' --where 'guid = "banana" and starred = "no"')"
same "banana elder " "$(guids --match banana --match 'item elder')"
same "apple banana cherry date elder " "$(guids --match banana --match 'item -banana')"
same "apple banana cherry date elder " "$(guids --match 'item -banana' --match banana)"
same "banana " "$(guids --match banana --match 'elder -item' --match 'nothing OR none')"
same "Item banana" "$(feedctl list --all --match 'elder -item' --match banana --format '{snippet}')"
same 2 "$(feedctl list --all --sort rank --match 'date -elder' --match banana | wc -l)"

claim "which must each be readable alone"
for words in '"item' '-item' '&'; do
	fails 2 feedctl list --all --match "$words" --match 'item"'
	fails 2 feedctl list --all --match item --match "$words"
done
fails 2 feedctl list --all $(many match item 65)
has "$err" "more than 64 words"
for other in '(feedindex = 1|feedindex = 2)' 'title = "|" or feedindex = 2' 'unread = "yes" and|unread = "no"'; do
	fails 2 feedctl list --all --where "${other%|*}" --where "${other#*|}"
	has "$err" "where: column"
done
deep=$(printf '((((((((((((%s))))))))))))' 'guid = "apple"')
same "apple date elder " "$(guids --where "$deep" --where 'guid = "date" or guid = "elder"')"
same "apple date " \
	"$(guids --where 'guid = "date" and unread = "yes"' --where "unread = \"yes\" and $deep")"
fails 2 feedctl list --all --where "($deep)" --where "$deep"

claim "OR binds words that are wanted, -word all of them, in whatever order"
same "apple banana cherry date " "$(guids --match 'banana OR item -elder')"
same "apple banana cherry date " "$(guids --match '-elder item OR banana')"
for words in '-elder OR item' 'item OR -elder' 'item -elder OR banana'; do
	fails 2 feedctl list --all --match "$words"
	has "$err" "OR beside a -word"
done

claim "a filter takes many words, and says where it takes no more"
same "apple banana cherry date elder " "$(guids $(many tag x 255) --tag t)"
for option in tag:x feed:query:q; do
	fails 2 feedctl list --all $(many "${option%%:*}" "${option#*:}" 257)
	has "$err" "at most 256 of them at once"
done
fails 2 feedctl mark-read $(many tag x 257)
fails 2 feedctl feeds $(many match x 257)
same "apple banana cherry " "$(guids $(yes -- --feed=New | head -n 1000))"
same "apple banana cherry date elder " \
	"$(guids $(yes -- --feed=1 | head -n 5000) --feed News --feed Other)"

claim "snippet is the text around what was found, where it is named"
same "Item banana" "$(feedctl list --all --match banana --format "{snippet}")"
same '{"id":2,"snippet":"Item banana"}' \
	"$(feedctl list --all --match banana --json --fields id,snippet | jq -c '.id = 2')"
same '{"snippet":null}' "$(feedctl list --all --where 'guid = "apple"' --json --fields snippet)"
same false "$(feedctl list --all --match banana --json | jq 'has("snippet")')"
same '{"snippet":null}' "$(feedctl show --json --fields snippet 1)"

claim "of two times the one that leaves more: any of them"
cat >www/dated.xml <<'X'
<rss version="2.0"><channel><title>Dated</title>
<item><guid isPermaLink="false">may</guid><title>May</title><pubDate>Sun, 03 May 2026 10:00:00 GMT</pubDate></item>
<item><guid isPermaLink="false">june</guid><title>June</title><pubDate>Wed, 03 Jun 2026 10:00:00 GMT</pubDate></item>
<item><guid isPermaLink="false">july</guid><title>July</title><pubDate>Fri, 03 Jul 2026 10:00:00 GMT</pubDate></item>
</channel></rss>
X
feedctl add "$base/dated.xml" >/dev/null
dated() { guids --feed Dated "$@"; }
same "july june " "$(dated --since 2026-06-01 --since 2026-07-01)"
same "july june " "$(dated --since 2026-07-01 --since 2026-06-01)"
same "june may " "$(dated --until 2026-05-01 --until 2026-07-01)"
same "june may " "$(dated --until 2026-07-01 --until 2026-05-01)"
same "july june may " "$(dated --added-since 1h --added-since 2040-01-01)"
cursor=$(feedctl status --json | jq -r .cursor)
start_of=${cursor%.*}.0
same "july june may " "$(dated --since "$cursor" --since "$start_of")"
same "july june may " "$(dated --since "$start_of" --since "$cursor")"
same 3 "$(feedctl watch --no-follow --initial --feed Dated --since "$start_of" --since "$cursor" | wc -l)"
fails 2 feedctl list --since "$cursor" --since 2d
has "$err" '^feedctl: --since: '
fails 2 feedctl list --since 2d --since foo
feedctl remove Dated

claim "different options: all of them"
same "" "$(guids --feed News --where 'guid = "elder"')"
same "elder " "$(guids --feed Other --tag t --where 'guid = "elder"' --match elder)"
same "elder " "$(guids --feed Other --where 'guid = "apple"' --where 'guid = "elder"')"
feedctl mark-read --where 'guid = "apple"'
same "apple " "$(guids --read)"
same "" "$(guids --read --unread)"
same "" "$(guids --starred --unstarred)"
same "" "$(feedctl watch --no-follow --initial --since 1h --read --unread)"
same 0 "$(feedctl count --unread --read --match item)"
same 4 "$(feedctl count --all --unread)"
feedctl undo

claim "an order that list refuses is refused by all that takes one"
for command in list count "watch --no-follow" "mark-read --all -n1" "mark-read --all"; do
	# shellcheck disable=SC2086
	fails 2 feedctl $command --sort rank
	has "$err" 'add --match'
done
same 5 "$(feedctl count --all --sort -rank --match item)"

claim "grouped by feed a table has the order of --sort feed; elsewhere nothing is grouped"
for name in elder younger; do
	feedctl add push:$name --tag grouped >/dev/null
	year=2020
	[ $name = elder ] || year=2021
	feedctl push $name <<-X
	<rss version="2.0"><channel><title>$name</title>
	<item><guid isPermaLink="false">${name}1</guid><pubDate>1 Jan $year 00:00:00 GMT</pubDate></item>
	<item><guid isPermaLink="false">${name}2</guid><pubDate>2 Jan $year 00:00:00 GMT</pubDate></item>
	</channel></rss>
	X
done
listed() {
	feedctl list --tag grouped -n 2 "$@" | grep -o '\(elder\|younger\)[12]' | xargs
}
same "younger2 younger1" "$(listed)"
same "elder2 elder1" "$(listed --sort feed)"
same "elder2 elder1" "$(listed --format table --group feed)"
same "younger2 younger1" "$(listed --format table --group feed --sort -date)"
same "younger2 younger1" "$(listed --format table --group day)"
same "younger2 younger1" "$(listed --format '{guid}' --group feed)"
feedctl remove push:elder push:younger

claim "a change by filter that changes nothing leaves what undo takes back"
feedctl mark-read --feed Other
feedctl mark-read --feed Other
same 3 "$(feedctl count)"
feedctl undo
same 5 "$(feedctl count)"
feedctl rule add 'guid = "date"' star
feedctl rule apply 1
feedctl mark-read --all
feedctl rule apply 1
same 0 "$(feedctl count)"
feedctl undo
same 5 "$(feedctl count)"
feedctl rule remove 1
feedctl unstar --starred

claim "a rule is applied to what came behind a cursor, too"
feedctl add push:ruled >/dev/null
rss ruled.xml Ruled before
feedctl push ruled <www/ruled.xml
cursor=$(feedctl status --json | jq -r .cursor)
rss ruled.xml Ruled before behind
feedctl push ruled <www/ruled.xml
rule=$(feedctl rule add 'feedtitle = "Ruled"' star --json | jq .id)
feedctl rule apply "$rule" --since "$cursor"
same "behind " "$(guids --starred)"
fails 1 feedctl rule apply "$rule" --since c1.1
fails 2 feedctl rule apply "$rule" --since later
has "$err" 'or a cursor$'
feedctl rule remove "$rule"

claim "of two moments of one kind it is the earlier or the later; of two kinds nobody can tell"
same "$(feedctl count --since 1w)" "$(feedctl count --since 0s --since 1w)"
until=$(date -u +%Y-%m-%dT%H:%M:%SZ) # (0s would be another moment each time)
same "$(feedctl count --until "$until")" "$(feedctl count --until "$until" --until 100w)"
now=$(feedctl status --json | jq -r .cursor)
same "0 1" "$(feedctl count --since "$now") $(feedctl count --since "$now" --since "$cursor")"
for option in since until added-since; do
	fails 2 feedctl count --$option 1h --$option "$cursor"
	has "$err" "^feedctl: --$option: a time and a cursor do not go together"
done
feedctl remove push:ruled --purge

claim "a change of the first that have the words waits for the index, as one of all does"
long=$(seq 400 | tr '\n' ' ')
{
	printf '<rss version="2.0"><channel><title>Long</title>'
	seq 300 | sed "s,.*,<item><guid isPermaLink='false'>long&</guid><description>zebra $long</description></item>,"
	printf '</channel></rss>'
} >long.xml
feedctl add push:long >/dev/null
feedctl push long <long.xml
same 300 "$(feedctl mark-read --match zebra --limit 1000 --json | jq .changed)"
same 0 "$(feedctl status --json | jq .index_lag)"
feedctl remove push:long

claim "a log of many pages is told to its end"
seq 700 | sed "s,.*,$base/missing/$(printf '%0300d' 0)/&," >urls
feedctl import --no-fetch urls >/dev/null
fails 1 feedctl refresh --wait --force
feedctl log --json >log.json
same 700 "$(jq -r 'select(.feed_url | test("/missing/")) | .feed_id' log.json | sort -u | wc -l)"
same "$(jq -r .cursor log.json)" "$(jq -r .cursor log.json | sort -rV)"
same 690 "$(feedctl log -n 690 | wc -l)"
stop
