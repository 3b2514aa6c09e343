# What is a new item, what an edit, and what is neither, as `refresh` and `watch` tell.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

serve
start

# feed GUID TITLE LINK TEXT: of one item, whose date and enclosure never change
feed() {
	cat >www/feed.xml <<END
<rss version="2.0"><channel><title>Station</title><link>https://example.org/</link>
<item><guid isPermaLink="false">$1</guid><title>$2</title><link>https://example.org/$3</link>
<pubDate>Mon, 05 Jan 2026 10:00:00 GMT</pubDate>
<enclosure url="https://example.org/live.mp3" type="audio/mpeg" length="1"/>
<description><![CDATA[$4]]></description></item></channel></rss>
END
}

# refreshed [NEW CHANGED]: the feed was looked at, and that came of it, or nothing
refreshed() {
	same "$*" "$(feedctl refresh --force --wait "$base/feed.xml" | cut -f3,4 | tr '\t' ' ')"
}

claim "the next show of a stream is new, though date and file are the same"
feed 1 "Monday show" 1 "<p>one two</p>"
feedctl add "$base/feed.xml" >feed
feed 2 "Tuesday show" 2 "<p>one three</p>"
refreshed 1 0
same "Monday show Tuesday show " "$(feedctl list --json | jq -r .title | sort | tr '\n' ' ')"
same "Tuesday show" "$(feedctl watch --no-follow --since 1h --json | jq -r 'select(.event == "new").title')"

claim "the same show under another id is not"
feed 3 "Tuesday show" 2 "<p>one three</p>"
refreshed
same 2 "$(feedctl count)"

claim "what no reader sees, or another query, is no edit, alone or together"
feed 3 "Tuesday show" "2?a=1" "<p class='x'>one three</p>"
refreshed
feed 3 "Tuesday show" "2?a=2" "<p>one <!-- made at 10:00 -->three</p>"
refreshed
feed 3 "Tuesday show" 2 "<p>one <script>2</script>three</p><iframe></iframe>"
refreshed
feed 3 "Tuesday show" 2 \
	"<p>one three</p><iframe src='https://t/' width=0 height=0 style='display:none'></iframe>"
refreshed
same "" "$(feedctl list --changed)"

claim "a frame that is shown as a link is one"
feed 3 "Tuesday show" 2 "<p>one three</p><iframe src='https://example.org/film'></iframe>"
refreshed 0 1
same "Tuesday show" "$(feedctl list --changed --json | jq -r .title)"

stop
