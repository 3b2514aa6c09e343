# kill -9 again and again while a feed grows: no item is lost, none twice, no
# acknowledged mark forgotten, and the server is not asked more than once a look.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

serve
rss grow.xml Grow i0
start
feedctl add "$base/grow.xml" >/dev/null
guids=i0
marked=0

claim "twelve crashes in the middle of things"
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
	guids="i$n $guids"
	# shellcheck disable=SC2086
	rss grow.xml Grow $guids
	feedctl refresh --force >/dev/null 2>&1 || :
	if feedctl mark-read "$(feedctl list -n 1 | cut -f1)" 2>/dev/null; then
		marked=$((marked + 1))
	fi
	crash
	start
	[ "$(feedctl count --read)" -ge "$marked" ] || die "a mark was lost"
done

claim "after the last look all items are there, each once"
feedctl refresh --force --wait >/dev/null
same 13 "$(feedctl count --all)"
same 13 "$(feedctl list --all --json | jq -r .guid | sort -u | wc -l)"
same "$marked" "$(feedctl count --read)"

claim "the stock shell finds the store sound"
stop
same ok "$(sqlite3 data/feedd.db 'pragma integrity_check')"
