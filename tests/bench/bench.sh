#!/bin/sh
# All benchmarks of our own: a table on standard output, JSON beside the build.
#
# usage: bench.sh BUILD_DIR [FEEDS [ITEMS]]
#
# Loopback only, bounded by FEEDS (1000) and by the ITEMS (30000) of the store
# that is listed and searched; ends by itself.  A million items take a minute or
# two and 2 GB of /tmp, ten million ten times that.
set -eu
build=$(cd "${1:?usage: bench.sh BUILD_DIR [FEEDS [ITEMS]]}" && pwd)
feeds=${2:-1000}
items=${3:-30000}
json=$build/bench.json
work=$(mktemp -d)
daemon= server=
finish() {
	[ -n "$daemon" ] && kill "$daemon" 2>/dev/null || :
	[ -n "$server" ] && kill "$server" 2>/dev/null || :
	wait 2>/dev/null || :
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
: >"$json"
PATH=$build:$PATH
export FEEDD_SOCKET="$work/s/feedd.sock" HOME="$work"

# say NAME VALUE UNIT
say() {
	printf '{"bench":"%s","value":%s,"unit":"%s"}\n' "$1" "$2" "$3" >>"$json"
}

# timed NAME COMMAND...: wall time in seconds
timed() {
	name=$1
	shift
	from=$(date +%s%N)
	"$@" >/dev/null
	say "$name" "$(($(date +%s%N) - from))e-9" s
}

# median NAME COMMAND...: of nine, in milliseconds
median() {
	name=$1
	shift
	for _ in 1 2 3 4 5 6 7 8 9; do
		from=$(date +%s%N)
		"$@" >/dev/null
		echo $(($(date +%s%N) - from))
	done | sort -n | sed -n 5p >"$work/median"
	say "$name" "$(cat "$work/median")e-6" ms
}

status_of() {
	awk -v key="$1:" '$1 == key { print $2 / 1024 }' "/proc/$daemon/status"
}

wakeups() {
	awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }' "/proc/$daemon"/task/*/status
}

"$build/bench_parse" "$feeds" >>"$json"
mkdir -m 700 "$work/many"
"$build/bench_store" "$((items / 30))" "$work/many" >>"$json"

mkdir "$work/www"
bench_files "$work/www" "$feeds" 0
httpd --port 0 --port-file "$work/port" --root "$work/www" &
server=$!
while [ ! -s "$work/port" ]; do sleep 0.05; done
base=http://127.0.0.1:$(cat "$work/port")
feedd --data-dir "$work/data" --set fetch.allow=127.0.0.0/8 --set poll.start-delay=1d \
	--log-level error &
daemon=$!
until feedctl status >/dev/null 2>&1; do sleep 0.05; done
i=0
while [ $i -lt "$feeds" ]; do
	printf '%s/%06d.xml\n' "$base" $i
	i=$((i + 1))
done >"$work/urls"
feedctl import --no-fetch "$work/urls" >/dev/null

timed refresh.first feedctl refresh --all --force --wait
timed refresh.unchanged feedctl refresh --all --force --wait
bench_files "$work/www" "$feeds" 1
timed refresh.changed feedctl refresh --all --force --wait
say refresh.items "$(feedctl count --all)" items
say daemon.peak "$(status_of VmHWM)" MB

# Full-text search follows the refresh.
while [ "$(feedctl status --json | sed 's/.*"index_lag":\([0-9]*\).*/\1/')" != 0 ]; do
	sleep 0.2
done
say store.bytes "$(wc -c <"$work/data/feedd.db")" bytes
median list.fifty feedctl list --limit 50
median list.all feedctl list --all
median count.unread feedctl count
median search feedctl list --all --match reader --limit 50
median start feedctl --version

from=$(wakeups)
sleep 20
say idle.wakeups "$((($(wakeups) - from) * 3))" "a minute"
say idle.rss "$(status_of VmRSS)" MB

# What a client of a large store waits for, and what it costs both in memory.
kill "$daemon"
wait "$daemon" || :
feedd --data-dir "$work/many" --set poll.start-delay=1d --log-level error &
daemon=$!
until feedctl status >/dev/null 2>&1; do sleep 0.05; done
rows=$(feedctl count --all)
say many.items "$rows" items
median many.fifty feedctl list --all --limit 50
median many.count feedctl count
median many.search feedctl list --all --match reader --limit 50
timed many.list.tsv feedctl list --all
from=$(date +%s%N)
bytes=$(feedctl list --all --json | wc -c)
took=$(($(date +%s%N) - from))
say wire.rows "$((rows * 1000000 / (took / 1000)))" rows/s
say wire.bytes "$((bytes * 1000 / (took / 1000)))e3" bytes/s
say many.anonymous "$(status_of RssAnon)" "MB of the daemon after it"
say many.bytes "$((($(wc -c <"$work/many/feedd.db") + rows / 2) / rows))" "bytes an item"

awk -F'"' '{ value = $7; gsub(/[:,]/, "", value); unit = $0; sub(/.*"unit":"/, "", unit)
	sub(/"}.*/, "", unit); printf "%-20s %12.4g %s\n", $4, value, unit }' "$json"
