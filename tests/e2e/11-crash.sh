# kill -9 again and again while a feed moves on: no item is lost, none twice, no
# acknowledged change forgotten, and the server is not asked more than once a look.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

serve
rss grow.xml Grow i0
start
feedctl add "$base/grow.xml" >/dev/null
marked=0 starred=0 tagged=0
title=Grow others=0

# window LAST: what the feed shows: two that are stored, and all that are not yet
window() {
	first=$(($(feedctl count --all) - 2))
	[ $first -ge 0 ] || first=0
	# shellcheck disable=SC2046
	rss grow.xml Grow $(seq -f i%g "$1" -1 $first)
}

claim "twelve crashes in the middle of things"
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
	window $n
	feedctl refresh --force >/dev/null 2>&1 || :
	newest=$(feedctl list -n 1 | cut -f1)
	! feedctl mark-read "$newest" || marked=$((marked + 1))
	! feedctl star "$newest" || starred=$((starred + 1))
	! feedctl tag kept "$newest" || tagged=$((tagged + 1))
	! feedctl set grow.xml title="Grow $n" >/dev/null || title="Grow $n"
	! feedctl add --no-fetch "$base/other$n" >/dev/null || others=$((others + 1))
	if [ $((n % 3)) -eq 0 ]; then
		feedctl remove "$base/other$n" >/dev/null
		others=$((others - 1))
	fi
	crash
	start
	same "$marked $starred $tagged" "$(feedctl count --read) $(feedctl count --starred \
		--all) $(feedctl count --all --tag kept)" "marks"
	same "$title" "$(feedctl feeds grow.xml --format '{title}')"
	same "$others" "$(feedctl feeds --json | jq -r .url | grep -c /other)" "feeds"
done

claim "after the last look all items are there, each once"
feedctl refresh --force --wait grow.xml >/dev/null
same 13 "$(feedctl count --all)"
same 13 "$(feedctl list --all --json | jq -r .guid | sort -u | wc -l)"
same "$marked" "$(feedctl count --read)"

claim "the server was asked once a look: to add, twelve times, at last"
[ "$(requests /grow.xml)" -le 14 ] || die "asked too often: $(requests /grow.xml)"

claim "when nothing is written the file has all that the journal has"
# Of the WAL-index: the last frame, and how many are copied (sqlite.org/walformat).
frames() {
	od -An -tu4 -j"$1" -N4 data/feedd.db-shm | tr -d ' '
}
copied() {
	[ "$(frames 16)" -gt 0 ] && [ "$(frames 96)" = "$(frames 16)" ]
}
until_true copied
cp data/feedd.db alone.db
same "13 $marked" "$(sqlite3 -separator ' ' alone.db 'select count(*), sum(read) from item')"

claim "a byte of the journal that changes is told, and loses nothing that the file has"
stop
start
feedctl mark-unread --all
feedctl mark-read --limit 5 --all
until_true copied
crash
printf X | dd of=data/feedd.db-wal bs=1 seek=5000 conv=notrunc status=none
fails 74 feedd --data-dir "$work/data"
has "$err" "journal" && has "$err" "--recover"
has "$(feedd --recover --data-dir "$work/data")" "nothing is lost"
start
same "13 5" "$(feedctl count --all) $(feedctl count --read)"

claim "where nothing is to be recovered nothing is made"
fails 78 feedd --recover --data-dir "$work/mistyped/data"
has "$err" "/mistyped/data: there is no such directory; --data-dir says"
[ ! -e mistyped ] || die "it was made"
mkdir -m 700 mistyped
fails 74 feedd --recover --data-dir "$work/mistyped"
has "$err" "there is no store"
rmdir mistyped

claim "the stock shell finds the store sound"
stop
same ok "$(sqlite3 data/feedd.db 'pragma integrity_check')"
