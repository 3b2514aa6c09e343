# A file system that has no files without a name, as NFS and some beneath containers.
. "${SOURCE_DIR:?}/tests/e2e/fault/lib.sh"

rss news.xml "News" a b
serve
faulty FAULT_NAMED=1
feedctl add "$base/news.xml" >/dev/null

claim "what is exported and dumped there goes through a file that has one for a moment"
has "$(feedctl export)" "xmlUrl=\"$base/news.xml\""
feedctl mark-read 1
has "$(feedctl dump)" "^item	$base/news.xml	.*	read$"

claim "a cache of newsboat, too"
sqlite3 cache.db "CREATE TABLE rss_feed (rssurl TEXT, title TEXT);
	CREATE TABLE rss_item (feedurl TEXT, guid TEXT, unread INT, flags TEXT);
	INSERT INTO rss_feed VALUES ('https://e.org/feed', 'Boat');"
same "2	Boat	https://e.org/feed" "$(feedctl import --no-fetch cache.db)"

claim "and nothing of them is left"
same "" "$(find data -name '.nameless*')"
stop
