# What followers lean on.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

rss news.xml "News" a b
serve
start
feedctl add "$base/news.xml" >/dev/null

claim "a feed's event is six columns: which, when, what, whose, why and where"
feedctl watch --since 1h --events --no-follow >out
same 1 "$(wc -l <out)"
same "feed:1	feed.initial	News	$base/news.xml" "$(cut -f1,3,4,6 out)"

claim "fields are in the order that was asked for, those of items only"
same "https://example.org/a	initial
https://example.org/b	initial" "$(feedctl watch --since 1h --initial --no-follow --fields url,event | sort)"
same 2 "$(feedctl watch --since 1h --initial --no-follow --json --fields title | jq -c keys | grep -cFx '["title"]')"
stop
