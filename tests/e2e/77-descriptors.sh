# Sixty-four descriptors, and more servers than that which take their time:
# transfers wait for each other, the socket answers, and no feed is blamed.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

serve
rss feed.xml Feed a b
printf '/slow/*\n\tfile feed.xml\n\tdelay 1s\n' >routes
ulimit -n 64
start
for n in $(seq 80); do echo "$base/slow/$n"; done >urls
feedctl import urls >/dev/null
feedctl refresh --force >/dev/null 2>&1 || :

claim "the socket answers while transfers use what they may have"
under_way() {
	[ "$(wc -l <requests.log)" -ge 8 ]
}
until_true under_way
for n in $(seq 10); do
	timeout 5 feedctl count --all >/dev/null || die "feedctl was not served"
	[ "$(ls "/proc/$daemon_pid/fd" | wc -l)" -lt 64 ] || die "no descriptor is left"
done

claim "all are fetched in the end, and none is said to fail"
all_there() {
	[ "$(feedctl count --all)" -eq 160 ]
}
until_true all_there
same 0 "$(feedctl status --json | jq .failing)"
stop
same ok "$(sqlite3 data/feedd.db 'pragma integrity_check')"
