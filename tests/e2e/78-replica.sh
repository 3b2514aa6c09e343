# Somebody streams the store elsewhere, as Litestream does: has tables of its own
# in it, reads at a point of the log for long, and brings the log into the file
# itself.  feedd goes on, and what is copied is a store.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

command -v python3 >/dev/null || skip "python3 plays the replicator"

cat >replicate.py <<'END'
import os, sqlite3, sys, time

writer = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=5)
writer.execute("CREATE TABLE IF NOT EXISTS _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)")
writer.execute("CREATE TABLE IF NOT EXISTS _litestream_lock (id INTEGER)")
reader = sqlite3.connect(sys.argv[1], isolation_level=None)
open("begun", "w")
while not os.path.exists("end"):
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM _litestream_seq").fetchone()
    time.sleep(0.2)
    writer.execute("INSERT INTO _litestream_seq VALUES (1, 1)"
                   " ON CONFLICT (id) DO UPDATE SET seq = seq + 1")
    reader.execute("ROLLBACK")
    writer.execute("PRAGMA wal_checkpoint(RESTART)")
END

serve
rss feed.xml Feed a b c d e f g h
start
feedctl add "$base/feed.xml" >/dev/null
python3 replicate.py data/feedd.db 2>replicate.err &
replicator=$!
until_true test -e begun

claim "marks, documents and a backup go on beside it"
for round in 1 2 3 4 5 6 7 8; do
	rss feed.xml Feed a b c d e f g h new$round
	feedctl refresh --force --wait >/dev/null
	feedctl mark-read new$round
	feedctl star new$round
done
same 16 "$(feedctl count --all)"
same "8 8" "$(feedctl count --read) $(feedctl count --starred --all)"
feedctl backup copy.db
same ok "$(sqlite3 copy.db 'pragma integrity_check')"

claim "its tables are not minded at the next start, nor in a copy"
stop
start
feedctl mark-read a
wrote() {
	[ "0$(sqlite3 data/feedd.db 'select seq from _litestream_seq')" -ge 2 ]
}
until_true wrote
touch end
wait $replicator || die "$(cat replicate.err)"
stop
same ok "$(sqlite3 data/feedd.db 'pragma integrity_check')"
rm -f data/feedd.db-wal data/feedd.db-shm
cp copy.db data/feedd.db
start
same "16 8" "$(feedctl count --all) $(feedctl count --read)"
