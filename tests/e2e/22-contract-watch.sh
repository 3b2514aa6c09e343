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

stop
