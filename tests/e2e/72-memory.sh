# No memory: the n-th allocation fails, once or from there on, at start, in a
# look, in a listing.  feedd ends with an error or goes on; it never dies of a
# signal, and the store is sound.
. "${SOURCE_DIR:?}/tests/e2e/fault/lib.sh"

serve
rss feed.xml Feed a b c d e
start
feedctl add --every 1h "$base/feed.xml" >/dev/null
feedctl mark-read a
stop
mv data before

# out WHAT N: that allocation fails; what is asked meanwhile may fail with it
out() {
	claimed="no memory $1 at $2"
	rm -rf data gate
	cp -r before data
	[ "$1" != "at start" ] || touch gate
	faulty "FAULT_MALLOC=$2 FAULT_WHEN=$work/gate" --set store.backup-keep=0
	touch gate
	timeout 10 feedctl refresh --force --wait feed.xml >/dev/null 2>&1 || :
	timeout 10 feedctl list --all --json >/dev/null 2>&1 || :
	timeout 10 feedctl list --all item >/dev/null 2>&1 || :
	timeout 10 feedctl mark-read b >/dev/null 2>&1 || :
	rm gate
	kill -TERM "$daemon_pid" 2>/dev/null || :
	reap
	[ "$code" -lt 128 ] || die "a signal ended it: $code"
	[ "$code" -ne 74 ] || die "it calls the store damaged"
	sound
	[ "$(sqlite3 data/feedd.db 'select count(*) from item')" -eq 5 ] || die "items were lost"
	[ "$(sqlite3 data/feedd.db 'select sum(read) from item')" -ge 1 ] || die "a mark was lost"
}

# (Where 2.5 is refused memory libseccomp crashes, from some 900 on, or turns for
# ever, from some 930 on.)
claim "no memory at start"
for n in 1+ 1 7 40 100 100+ 230 379+ 400 550+ 903 941 959 1001; do
	out "at start" $n
done

claim "no memory while it works"
for n in 1+ 1 2 3 5 8 13 21 34 55 89 89+ 144 233 377 610 987 1597 1597+; do
	out "at work" $n
done

# (The library that reads calls took a word for another where it got no memory.)
claim "a call is read as it was said, or not at all"
for n in 5 6 7 8 9 10; do
	rm -f gate
	faulty "FAULT_MALLOC=$n FAULT_WHEN=$work/gate" --set store.backup-keep=0
	touch gate
	timeout 10 feedctl list --all --match item --where 'title ~ "x"' >/dev/null 2>call.err || :
	rm gate
	kill -TERM "$daemon_pid" 2>/dev/null || :
	reap
	[ "$code" -lt 128 ] || die "a signal ended it: $code"
	! grep "no JSON" call.err || die "it was not read as it was said"
done
