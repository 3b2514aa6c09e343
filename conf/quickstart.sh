#!/bin/sh
# From a fresh clone to a list of news: install what is missing, build, start
# feedd in a directory of its own, subscribe, refresh, list.
#
# usage: sh conf/quickstart.sh [--keep] [URL...]
#
# Without a URL it subscribes to four sample feeds (RSS, Atom, JSON Feed, and
# one in windows-1251) that a small server on this machine serves.  With --keep
# the daemon goes on running; otherwise everything ends by itself.
set -eu
cd "$(dirname "$0")/.."
. conf/packages.sh

keep=
case "${1:-}" in
--keep) keep=yes; shift ;;
-h | --help) sed -n '2,9s/^# \{0,1\}//p' conf/quickstart.sh; exit 0 ;;
-*) echo "usage: sh conf/quickstart.sh [--keep] [URL...]" >&2; exit 64 ;;
esac

need_packages $build_packages

echo "building"
cmake -S . -B build -G Ninja -DFEEDD_TESTS=OFF >build.log 2>&1 &&
	cmake --build build -j "$(nproc)" --target feedd feedctl httpd >>build.log 2>&1 ||
	{ cat build.log >&2; exit 1; }
rm -f build.log

home=$(mktemp -d "${TMPDIR:-/tmp}/feedd-quickstart.XXXXXX")
socket=$home/run/feedd.sock
feedctl() {
	./build/feedctl --socket "$socket" "$@"
}

server=
daemon=
finish() {
	status=$?
	trap - EXIT
	[ -n "$server" ] && kill "$server" 2>/dev/null || :
	if [ -n "$daemon" ] && { [ -z "$keep" ] || [ $status -ne 0 ]; }; then
		kill "$daemon" 2>/dev/null || :
		wait "$daemon" 2>/dev/null || :
		[ $status -eq 0 ] || cat "$home/feedd.log" >&2
		rm -rf "$home"
	fi
	exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

# wait_for WORDS COMMAND...: for ten seconds at most
wait_for() {
	words=$1
	shift
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { echo "$words" >&2; exit 1; }
		sleep 0.1
	done
}

if [ $# -eq 0 ]; then
	./build/httpd --port 0 --port-file "$home/port" --root conf/sample \
		--log "$home/requests.log" &
	server=$!
	wait_for "the sample server does not start" test -s "$home/port"
	base=http://localhost:$(cat "$home/port")
	set -- "$base/news.xml" "$base/notes.atom" "$base/links.json" "$base/vecher.xml"
fi

echo "starting feedd in $home"
./build/feedd --data-dir "$home/data" --socket "$socket" 2>"$home/feedd.log" &
daemon=$!
wait_for "feedd does not start" feedctl status

echo "subscribing"
refused=0
for url; do
	# The samples live on this machine, which a feed may not reach unasked.
	if [ -n "$server" ]; then
		feedctl add --private "$url"
	else
		feedctl add "$url"
	fi || refused=$((refused + 1))
done
[ $refused -lt $# ] || { echo "none of the feeds could be added" >&2; exit 1; }

feedctl refresh --wait
echo
COLUMNS=${COLUMNS:-100} feedctl list --format table
cat <<TEXT

That was \`feedctl list\`.  Go on with:
  feedctl list | cut -f1 | feedctl mark-read -     read everything
  feedctl list --json | jq -r .title               hand it to a program
  feedctl show ID                                  read one
  feedctl add URL                                  subscribe
  feedctl help                                     everything else
To have it always:
  sudo cmake --install build
  systemctl --user enable --now feedd
TEXT
if [ -n "$keep" ]; then
	cat <<TEXT
feedd goes on running as process $daemon; talk to it with
  export FEEDD_SOCKET=$socket
  ./build/feedctl status
and end it with \`kill $daemon\`; its data is in $home.
TEXT
else
	echo "feedd has been stopped; with --keep it goes on running."
fi
