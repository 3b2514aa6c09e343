# A limit on the size of files is a full disk like any other: no signal ends the
# daemon, reading goes on, and when the limit is gone so does the rest.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

command -v prlimit >/dev/null || skip "no prlimit"

held() {
	feedctl status --json | jq -e .storage_hold
}
free() {
	feedctl status --json | jq -e '.storage_hold | not'
}

serve
rss feed.xml Feed a b
start --set store.backup-keep=0
feedctl add "$base/feed.xml" >/dev/null

claim "what does not fit is refused, and nothing is fetched"
prlimit --pid "$daemon_pid" --fsize=4096:unlimited
fails 1 feedctl mark-read a
has "$err" full
until_true held
same 2 "$(feedctl count)"

claim "with room again all goes on"
prlimit --pid "$daemon_pid" --fsize=unlimited:unlimited
feedctl mark-read a
until_true free
same 1 "$(feedctl count)"
stop
same ok "$(sqlite3 data/feedd.db 'pragma integrity_check')"
