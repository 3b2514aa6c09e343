# The end at a write, at whichever: feedd is stopped dead at its n-th write,
# fsync, truncation or rename, half of the write done or none, in the middle of
# all that writes; the store is sound behind it and holds what was acknowledged.
. "${SOURCE_DIR:?}/tests/e2e/fault/lib.sh"

rounds=${FEEDD_CRASH_ROUNDS:-12} # of each kind, evenly over its writes

export FEEDD_TEST_CLOCK_FILE="$work/clock"
echo 0 >"$FEEDD_TEST_CLOCK_FILE"
serve
rss feed.xml Feed a b c d e
mkdir acked

# What each kind does while it may be stopped, and what must be so afterwards.
do_start() {
	:
}
check_start() {
	same 0 "$(feedctl count --all)"
	feedctl add --no-fetch "$base/feed.xml" >/dev/null
}

do_first() {
	feedctl add "$base/feed.xml" && touch acked/add
}
check_first() {
	if [ -f acked/add ]; then
		same 1 "$(feedctl feeds --json | wc -l)" "an acknowledged feed"
	else
		feedctl add "$base/feed.xml" >/dev/null 2>&1 || :
	fi
	check_again
}

do_again() {
	feedctl refresh --force --wait
}
check_again() {
	feedctl refresh --force --wait >/dev/null
	same 5 "$(feedctl count --all)"
	same 5 "$(feedctl list --all --json | jq -r .guid | sort -u | wc -l)"
	[ "$(requests /feed.xml)" -le 3 ] || die "asked too often: $(requests /feed.xml)"
}

do_marks() {
	for id in 1 2 3; do feedctl mark-read $id && touch acked/read$id; done
	feedctl star 4 && touch acked/star
	feedctl tag kept 5 && touch acked/tag
}
check_marks() {
	for id in 1 2 3; do
		[ ! -f acked/read$id ] || has "$(feedctl list --read --json)" "\"id\":$id,"
	done
	[ ! -f acked/star ] || same 1 "$(feedctl count --starred)" "a star"
	[ ! -f acked/tag ] || same 1 "$(feedctl count --all --tag kept)" "a tag"
	same 5 "$(feedctl count --all)"
}

# A hundred days later two items that were read have long left the feed, and
# articles that came one by one go together.
do_purge() {
	:
}
kept_three() {
	[ "$(feedctl count --all --feed feed.xml)" -eq 3 ]
}
together() {
	[ "$(sqlite3 data/feedd.db 'SELECT sum(live) FROM bundle')" -eq 9 ]
}
check_purge() {
	until_true kept_three
	until_true together
	same 1 "$(feedctl count --starred)"
	same "1 2 3 4 5 6 7 8 9" "$(feedctl list --all --feed loose.xml --sort added --full \
		--json | jq -r .content_text | sed 's/.* //' | xargs)"
	check_backup
}

do_backup() {
	feedctl backup copy.db
}
# A store that an older feedd wrote comes up to date.
do_upgrade() {
	:
}
check_upgrade() {
	same 3 "$(feedctl count --all)"
	same 1 "$(feedctl count --starred)"
	same 1 "$(feedctl count --read)"
	same 1 "$(feedctl count --all --tag Later)"
	same "$newest" "$(sqlite3 data/feedd.db 'pragma user_version')"
	check_backup
}
# (One more may be under way.)
nothing_left() {
	[ ! -d data/backup ] || [ -z "$(find data/backup -type f ! -name '*.db')" ]
}
check_backup() {
	for copy in copy.db data/backup/*.db; do
		[ ! -f "$copy" ] || same ok "$(sqlite3 "$copy" 'pragma integrity_check')" "$copy"
	done
	until_true nothing_left
}

# round KIND N: the Nth point is the last one; 0 only counts them
round() {
	kind=$1 n=$2
	rm -rf data gate run/feedd/count copy.db acked/*
	: >requests.log
	cp -r "before-$kind" data
	case $kind in start | purge | upgrade) touch gate ;; esac
	faulty "FAULT_EXIT=$n FAULT_WHEN=$work/gate FAULT_COUNT=$work/run/feedd/count"
	touch gate
	"do_$kind" >/dev/null 2>&1 || :
	kill -TERM "$daemon_pid" 2>/dev/null || :
	reap
	rm gate
	points=$(cat run/feedd/count)
	# How writes are gathered is a matter of time: it may have come to fewer.
	[ "$code" -eq 99 ] || [ "$code" -eq 0 -a \( "$n" -eq 0 -o "$points" -lt "$n" \) ] ||
		die "exit $code, $kind at $n of $points"
	start
	"check_$kind"
	crash
	sound
}

# everywhere KIND: count its points, then stop at some of them
everywhere() {
	claim "$2"
	round "$1" 0
	all=$points
	[ "$all" -ge 3 ] || die "$1 writes $all times only"
	step=$(((all + rounds - 1) / rounds))
	at=1
	while [ $at -le "$all" ]; do
		claimed="$2, stopped at $at of $all"
		round "$1" $at
		at=$((at + step))
	done
}

mkdir before-start
everywhere start "a first start"

start
stop
mv data before-first
everywhere first "a first look"

cp -r before-first data
start
feedctl add "$base/feed.xml" >/dev/null
stop
mv data before-again
everywhere again "another look, which is answered 304"
cp -r before-again before-marks
everywhere marks "marks"
cp -r before-again before-backup
everywhere backup "a backup"

newest=$(sqlite3 before-again/feedd.db 'pragma user_version')
(umask 077 && mkdir before-upgrade &&
	sqlite3 before-upgrade/feedd.db <"$SOURCE_DIR/tests/unit/store/schema-1.sql")
sqlite3 before-upgrade/feedd.db 'UPDATE poll SET paused = 1'
everywhere upgrade "an upgrade"

rm -rf data
cp -r before-again data
start
rss feed.xml Feed e
feedctl refresh --force --wait >/dev/null
feedctl mark-read a b
feedctl star c
feedctl add --no-fetch "$base/loose.xml" >/dev/null
for n in 1 2 3 4 5 6 7 8 9; do
	printf '<rss version="2.0"><channel><title>Loose</title><item><guid>%s</guid><title>%s
		</title><description>Article %s</description></item></channel></rss>' \
		$n $n $n >www/loose.xml
	feedctl refresh --force --wait loose.xml >/dev/null
done
stop
mv data before-purge
echo 8640000 >"$FEEDD_TEST_CLOCK_FILE"
everywhere purge "upkeep: a purge, articles packed together, the daily backup"
