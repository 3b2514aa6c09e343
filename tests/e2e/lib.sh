# What the conversations share: a private directory, a loopback web server, a
# daemon, and ways to say what must be so.  Source it first:
#
#	. "${SOURCE_DIR:?}/tests/e2e/lib.sh"
#
# A test says what it claims with `claim`, checks with `same`, `has`, `fails`
# and `until_true` (which waits for a thing to be so, never for a time), and
# ends by itself; whatever was started is stopped.

set -eu
: "${BUILD_DIR:?}" "${SOURCE_DIR:?}"
PATH=$BUILD_DIR:$PATH
work=$(mktemp -d "${TMPDIR:-/tmp}/feedd-e2e.XXXXXX")
export HOME="$work/home" XDG_RUNTIME_DIR="$work/run" LC_ALL=C.UTF-8 TZ=UTC
unset XDG_DATA_HOME XDG_CONFIG_HOME FEEDD_SOCKET STATE_DIRECTORY 2>/dev/null || :
mkdir -p "$HOME" "$XDG_RUNTIME_DIR" "$work/www"
chmod 700 "$XDG_RUNTIME_DIR"
cd "$work"

# Looking for leaks is half of what a short program costs under the address
# sanitizer: of feedctl the contract's tests do it, of feedd's end every test.
case $0 in
2[0-9]-* | */2[0-9]-*) ;;
*) export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" ;;
esac

daemon_pid=
server_pid=
other_pid= # of a second server, where a test has one
claimed="(start)"

finish() {
	status=$?
	trap - EXIT
	if [ $status -ne 0 ] && [ $status -ne 77 ]; then
		echo "FAILED while: $claimed" >&2
		for log in daemon.log server.err; do
			[ -s "$work/$log" ] && { echo "-- $log:"; tail -n 40 "$work/$log"; } >&2
		done
	fi
	for pid in $daemon_pid $server_pid $other_pid; do
		kill -9 "$pid" 2>/dev/null || : # it may have ended
	done
	cd /
	rm -rf "$work"
	exit $status
}
trap finish EXIT
trap 'exit 1' INT TERM

claim() {
	claimed=$*
	echo "- $*"
}

die() {
	echo "$*" >&2
	exit 1
}

skip() {
	echo "SKIPPED: $*"
	exit 77
}

# same WANT GOT [WORDS]
same() {
	[ "$1" = "$2" ] || die "want: $1
 got: $2${3:+ ($3)}"
}

# has TEXT PATTERN (a basic regular expression)
has() {
	printf '%s\n' "$1" | grep -q -- "$2" || die "no /$2/ in: $1"
}

# fails CODE COMMAND...: it must end with that exit code; output in $out, $err
fails() {
	want=$1
	shift
	code=0
	"$@" >"$work/out" 2>"$work/err" || code=$?
	out=$(cat "$work/out")
	err=$(cat "$work/err")
	[ "$code" -eq "$want" ] || die "exit $code instead of $want: $* ($err)"
}

# until_true COMMAND...: wait until it succeeds; a test that waits in vain fails
# after a minute.
until_true() {
	tries=0
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 1200 ] || die "never came true: $*"
		sleep 0.05
	done
}

# serve [HTTPD-OPTION...]: the web server on $work/www and the script `routes`,
# which may change while it runs; sets $port, $base
serve() {
	rm -f port
	touch routes
	httpd --port 0 --port-file port --log requests.log --root www \
		"$@" routes 2>server.err &
	server_pid=$!
	until_true test -s port
	port=$(head -n 1 port)
	base=http://127.0.0.1:$port
}

# requests PATH: how often the server was asked for it
requests() {
	[ -f requests.log ] || { echo 0; return; }
	jq -r --arg t "$1" 'select(.target == $t) | .target' requests.log | wc -l
}

# start [FEEDD-OPTION...]: a daemon that may reach the server, without delays, at
# whatever minute of the hour it is
start() {
	ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=1" \
		feedd --data-dir "$work/data" --set fetch.allow=127.0.0.0/8 \
		--set poll.start-delay=0s --set poll.avoid-hot=no "$@" 2>>daemon.log &
	daemon_pid=$!
	# (Until its socket is there, feedctl would find the system's feedd.)
	until [ -S "$XDG_RUNTIME_DIR/feedd/feedd.sock" ] && feedctl status >/dev/null 2>&1; do
		kill -0 "$daemon_pid" 2>/dev/null || die "feedd does not start"
		sleep 0.05
	done
}

stop() {
	kill -TERM "$daemon_pid"
	wait "$daemon_pid" || die "feedd ended with $?"
	daemon_pid=
}

crash() {
	kill -9 "$daemon_pid"
	wait "$daemon_pid" 2>/dev/null || :
	daemon_pid=
}

# rss FILE TITLE GUID...: write a small RSS feed with an item for each guid
rss() {
	file=$1 title=$2
	shift 2
	{
		printf '<rss version="2.0"><channel><title>%s</title>' "$title"
		printf '<link>https://example.org/</link><description>d</description>\n'
		for guid in "$@"; do
			printf '<item><guid isPermaLink="false">%s</guid>' "$guid"
			printf '<title>Item %s</title>' "$guid"
			printf '<link>https://example.org/%s</link></item>\n' "$guid"
		done
		printf '</channel></rss>\n'
	} >"www/$file"
}
