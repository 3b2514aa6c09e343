# A disk that is full, and one that fails.  Full: nothing is fetched any more,
# reading goes on, and when there is room again so does the rest.  Failing: the
# daemon ends and says so; what it had acknowledged is there at the next start.
if [ -z "${FEEDD_OWN_MOUNTS:-}" ]; then
	unshare -Urm true 2>/dev/null || { echo "SKIPPED: no mounts of our own"; exit 77; }
	FEEDD_OWN_MOUNTS=1 exec unshare -Urm sh "$0"
fi
. "${SOURCE_DIR:?}/tests/e2e/fault/lib.sh"

mkdir data
mount -t tmpfs -o size=3m,mode=700 none data 2>/dev/null || skip "no tmpfs of our own"
leave() {
	left=$?
	set +e
	umount -l "$work/data"
	(exit $left)
	finish
}
trap leave EXIT

held() {
	feedctl status --json | jq -e .storage_hold
}
free() {
	feedctl status --json | jq -e '.storage_hold | not'
}
indexed() {
	feedctl status --json | jq -e '.index_lag == 0'
}
settled() {
	feedctl status --json | jq -e '.in_flight == 0'
}
begins_anew() {
	[ "$(sqlite3 data/feedd.db 'PRAGMA wal_checkpoint(TRUNCATE)')" = "0|0|0" ]
}
more_than() {
	[ "$(requests "$2")" -gt "$1" ]
}

# big FILE: 24 items of 200 kB that no compressor makes smaller
big() {
	{
		echo '<rss version="2.0"><channel><title>Big</title>'
		for n in $(seq 24); do
			echo "<item><guid>big$n</guid><title>Big $n</title><description>"
			head -c 150000 /dev/urandom | base64 -w 0
			echo '</description></item>'
		done
		echo '</channel></rss>'
	} >"www/$1"
}

serve
rss small.xml Small a b c
rss seldom.xml Seldom d e
rss late.xml Late
big big.xml
start --set poll.floor=0s --set poll.interval=1s --set poll.jitter=0 \
	--set store.backup-keep=0
feedctl add --every 1s "$base/small.xml" >/dev/null
feedctl add --every 1h "$base/seldom.xml" >/dev/null
feedctl mark-read a
until_true more_than 2 /small.xml
late=$(feedctl add --every 1h "$base/late.xml" | cut -f 1)
printf '/late.xml\n\tfile late.xml\n\tgated\n' >routes
feedctl refresh --force "$late" >/dev/null
until_true more_than 1 /late.xml

claim "a document that does not fit is not half there, and fetching ends"
fails 1 feedctl add --every 1h "$base/big.xml"
has "$err" "full"
until_true held
same 5 "$(feedctl count --all)"

claim "an answer that was on its way, for which there is room, changes nothing"
touch www/gate
until_true settled
held >/dev/null || die "the hold ended by a small answer"

claim "nothing is asked for while the disk is full"
before=$(wc -l <requests.log)
sleep 2
held >/dev/null || die "the hold ended although nothing changed"
same "held the disk is full: nothing is fetched until there is room" \
	"$(feedctl refresh --wait --force --all --format '{result} {text}' | sort -u)"
for words in "add $base/new.xml" "discover $base/new.xml"; do
	# shellcheck disable=SC2086
	fails 1 feedctl $words
	has "$err" 'the disk is full: nothing is fetched until there is room$'
done
same "$before" "$(wc -l <requests.log)"

claim "reading goes on, and status tells what is wrong"
same 4 "$(feedctl count)"
has "$(feedctl status)" "storage_hold.*true"

claim "so does the explanation of a feed that is not looked at meanwhile"
words="the disk is full: nothing is fetched until there is room"
same "* $words" "$(feedctl status --json | jq -r '.holds[] | .site + " " + .reason')"
same "held hold * $words true" "$(feedctl explain --json small.xml |
	jq -r '[.state, .reason, .hold.site, .hold.reason, (.next_at > (now | todate))] | join(" ")')"
has "$(feedctl explain --format table small.xml)" "next look.*because $words"

claim "a feed that was not added needs no room: what fits ends the hold"
feedctl mark-unread a
until_true free
feedctl mark-read a

# too_large: the feed of that name, which is there, does not fit
too_large() {
	big=$(feedctl add --no-fetch --every 1h "$base/big.xml" | cut -f 1)
	fails 1 feedctl refresh --force --wait "$big"
	until_true held
}

claim "of one that is there what fits makes no room for what did not"
too_large
before=$(requests /big.xml)
feedctl mark-unread a
feedctl mark-read a
held >/dev/null || die "the hold ended although nothing changed"
same "$before" "$(requests /big.xml)"

claim "until it is there no more"
feedctl remove "$big" >/dev/null
feedctl mark-unread a
until_true free
feedctl mark-read a
too_large

claim "with room again all goes on: what was held back comes, nothing is lost"
mount -o remount,size=64m none data
feedctl mark-read b
until_true free
until_true more_than "$(requests /small.xml)" /small.xml
feedctl refresh --force --wait "$big" >/dev/null
same 29 "$(feedctl count --all)"
same 2 "$(feedctl count --read)"

claim "a journal that had begun anew keeps nothing of what did not fit"
feedctl pause "$base/small.xml" >/dev/null
big more.xml
more=$(feedctl add --no-fetch --every 1h "$base/more.xml" | cut -f 1)
until_true indexed
until_true begins_anew
rm www/gate
printf '/more.xml\n\tfile more.xml\n\tgated\n' >routes
feedctl refresh --force "$more" >/dev/null
until_true more_than 0 /more.xml
dd if=/dev/zero of=data/ballast bs=4k >/dev/null 2>&1 || :
truncate -s -2M data/ballast
until_true begins_anew
touch www/gate
until_true held
until_true settled
[ "$(stat -c %s data/feedd.db-wal)" -lt 500000 ] || die "the journal fills the disk"
feedctl mark-unread a
feedctl mark-read a
held >/dev/null || die "the hold ended although nothing changed"
rm data/ballast
feedctl remove "$more" >/dev/null
until_true free
feedctl resume "$base/small.xml" >/dev/null

claim "a disk that others fill: what needs more room is refused"
until_true indexed
stop # the journal begins anew
mkdir -p data/backup
cp data/feedd.db data/backup/copy.db
start --set poll.start-delay=1h --set store.backup-keep=0
for n in $(seq 9); do feedctl mark-read d && feedctl mark-unread d; done
feedctl mark-read d
dd if=/dev/zero of=data/ballast bs=4k >/dev/null 2>&1 || :
seq -f 'https://h.example/%.0f' 50000 >many
fails 1 feedctl import --no-fetch many
has "$err" "full"

# While the journal is being copied it can't begin anew, and a mark may be refused.
claim "marks are kept: what the journal holds has its place in the file, too"
for n in $(seq 24); do until_true feedctl mark-read "big$n"; done
until_true free
marked=$(feedctl count --read)

claim "what there is can be saved elsewhere meanwhile"
dd if=/dev/zero of=data/ballast2 bs=4k >/dev/null 2>&1 || :
feedctl export >full.opml
feedctl dump >full.dump
fails 1 feedctl backup full.db
has "$err" "full.*; it is copied beside the store first: .* sqlite3 $work/data/feedd.db '.backup FILE'"
sqlite3 data/feedd.db '.backup full.db'
same ok "$(sqlite3 full.db 'pragma integrity_check')"

claim "a start on a full disk is refused by a code of its own; the store stays"
stop
dd if=/dev/zero of=data/ballast2 bs=4k >/dev/null 2>&1 || :
fails 71 feedd --data-dir "$work/data"
has "$err" "no room on the disk"

claim "what is damaged stays, too, where the backup does not fit"
cp data/feedd.db kept.db
printf damage | dd of=data/feedd.db conv=notrunc status=none
cp data/feedd.db damaged.db
fails 71 feedd --recover --data-dir "$work/data"
cmp data/feedd.db damaged.db
rm data/ballast data/ballast2
cp kept.db data/feedd.db
start --set poll.start-delay=1h --set store.backup-keep=0
feedctl mark-read c
same $((marked + 1)) "$(feedctl count --read)"
stop
sound

# broken KIND N: marks until the disk fails at the Nth of that kind
broken() {
	rm -f gate
	: >daemon.log
	faulty "FAULT_$1=EIO:$2+ FAULT_WHEN=$work/gate" --set store.backup-keep=0
	before=$(feedctl count --read)
	touch gate
	acked=0
	for n in $(seq 24); do
		feedctl mark-unread "big$n" 2>/dev/null || break
		feedctl mark-read "big$n" 2>/dev/null || break
	done
	reap
	rm gate
	same 74 "$code" "$1 $2"
	has "$(cat daemon.log)" "error: store: .*disk"
	has "$(cat daemon.log)" \
		"error: the disk may fail: .* start feedd again; .*feedd --recover --data-dir $work/data"
	start
	after=$(feedctl count --read)
	[ "$after" -ge $((before - 1)) ] || die "marks were lost: $before, then $after"
	stop
	sound
}

claim "a quota that is used up is no disk that fails"
faulty "FAULT_WRITE=EDQUOT:1+ FAULT_WHEN=$work/gate" --set store.backup-keep=0
touch gate
fails 1 feedctl mark-unread b
has "$err" "full"
until_true held
fails 1 feedctl backup copy.db
has "$err" "full; it is copied beside the store first"
rm gate
feedctl mark-unread b
until_true free
stop
sound

claim "a disk that fails is the end, and not of what was acknowledged"
for n in 1 2 5; do
	broken WRITE $n
	broken SYNC $n
done

claim "a store on a network file system is served, with a warning"
! grep -q "network file system" daemon.log || die "the tmpfs is no network"
for type in 6969 ff534d42; do
	: >daemon.log
	faulty "FAULT_DISK=$type"
	stop
	has "$(cat daemon.log)" "network file system"
done

claim "mail below a file system that can only be read says so"
mkdir fixed
mount -t tmpfs -o ro none fixed
start
feedctl add push:mail >/dev/null
fails 1 feedctl list --all --format maildir --into fixed/mail/feeds
umount fixed
has "$err" "Read-only file system"
stop
