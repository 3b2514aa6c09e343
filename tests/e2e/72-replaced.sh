# The store's file goes, or another is put in its place, while feedd runs: no change is
# acknowledged that nobody finds again; feedd ends, says why, and leaves what is there
# alone.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

# Whether the daemon lives; a zombie does not.
ended() {
	case $(ps -o stat= -p "$daemon_pid") in
	'' | Z*) ;;
	*) return 1 ;;
	esac
}

# refused [WHY]: nothing is acknowledged any more, and feedd ends, telling why
refused() {
	if feedctl mark-read 10 11 2>err; then
		die "a mark was acknowledged"
	fi
	until_true ended
	code=0
	wait "$daemon_pid" || code=$?
	daemon_pid=
	same 74 "$code"
	has "$(cat daemon.log)" "error: store: feedd.db.* ${1:-removed or replaced} while feedd runs"
	has "$(cat daemon.log)" "error: what was changed since then is not kept; feedd, started"
}

# again: a daemon with a store of twelve items, three of them read
again() {
	rm -rf data daemon.log
	start "$@"
	feedctl add push:x >/dev/null
	# shellcheck disable=SC2046
	rss x.xml X $(seq 12)
	feedctl push x <www/x.xml
	feedctl mark-read 1 2 3
}

# marks: of the store that the next start finds
marks() {
	start
	same "$1" "$(feedctl count --read)"
	stop
	same ok "$(sqlite3 data/feedd.db 'pragma integrity_check')"
}

claim "a copy is moved to its place, with the journal taken away"
again
feedctl backup copy.db
feedctl mark-read 4
rm data/feedd.db-wal data/feedd.db-shm
mv copy.db data/feedd.db
refused
marks 3

claim "a copy is written over it, which nothing of the journal may spoil"
again
feedctl backup copy.db
feedctl mark-read 4
rm data/feedd.db-wal data/feedd.db-shm
cp copy.db data/feedd.db
cmp copy.db data/feedd.db
refused
cmp copy.db data/feedd.db
marks 3
rm copy.db

claim "nor of the journal that stays where it is"
again
stop # all of it is in the file
start
feedctl mark-read 4
feedctl backup copy.db
feedctl mark-read 5
cp copy.db data/feedd.db
refused "written over it"
cmp copy.db data/feedd.db
marks 4
has "$(cat daemon.log)" "the journal beside the store was another one's"
rm copy.db

claim "nor at an orderly end"
again
feedctl backup copy.db
feedctl mark-read 4
rm data/feedd.db-wal data/feedd.db-shm
cp copy.db data/feedd.db
kill -TERM "$daemon_pid" || : # it may have seen that by something of its own
wait "$daemon_pid" || :
daemon_pid=
cmp copy.db data/feedd.db
rm copy.db

claim "nor by who copies the journal, and opens the file only when feedd rests"
again
feedctl backup copy.db
feedctl mark-read 4
until_true sh -c "feedctl status --json | jq -e '.index_lag == 0'"
cp data/feedd.db-wal journal
mv copy.db data/feedd.db
until_true ended
wait "$daemon_pid" || :
daemon_pid=
cmp journal data/feedd.db-wal
marks 3

claim "all of it is removed"
again
rm data/feedd.db*
refused

claim "its journal is"
again
rm data/feedd.db-wal
refused

claim "another directory stands in the place of its own"
again
cp -a data other
mv data away
mv other data
refused
rm -rf away

claim "the directory is moved as a whole, and all that was acknowledged with it"
again
mv data moved
feedctl mark-read 4 5
stop
mv moved data
marks 5
