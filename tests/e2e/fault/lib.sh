# For conversations in which something breaks: feedd behind libfault.so, whose
# source is its manual.  Source it in place of ../lib.sh.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

[ -f "$BUILD_DIR/libfault.so" ] || skip "a sanitized build cannot be preloaded"

# faulty WORDS [FEEDD-OPTION...]: like start, with that in libfault's environment;
# returns when it serves or has ended
faulty() {
	words=$1
	shift
	# shellcheck disable=SC2086
	env $words LD_PRELOAD="$BUILD_DIR/libfault.so" feedd --data-dir "$work/data" \
		--set fetch.allow=127.0.0.0/8 --set poll.start-delay=0s \
		--set poll.avoid-hot=no "$@" 2>>daemon.log &
	daemon_pid=$!
	until_true serves_or_ended
}
serves_or_ended() {
	! runs || feedctl status
}

# Whether the daemon lives; a zombie does not.
runs() {
	case $(ps -o stat= -p "$daemon_pid") in
	'' | Z*) return 1 ;;
	esac
}
ended() {
	! runs
}

# Wait for the end, in whatever way it comes; sets $code
reap() {
	until_true ended
	code=0
	wait "$daemon_pid" || code=$?
	daemon_pid=
}

sound() {
	same ok "$(sqlite3 data/feedd.db 'pragma integrity_check')" "integrity"
}
