# What the files about manners share, beside ../lib.sh: a daemon that is polite
# to loopback, too, a clock that can be moved, and questions to the log of the
# server.  Source it in place of ../lib.sh:
#
#	. "${SOURCE_DIR:?}/tests/e2e/manners/lib.sh"

. "${SOURCE_DIR:?}/tests/e2e/lib.sh"
export FEEDD_TEST_CLOCK_FILE="$work/clock" FEEDD_TEST_SEED=1
echo 0 >"$FEEDD_TEST_CLOCK_FILE"

# polite [FEEDD-OPTION...]: manners count on loopback; no chance in the schedule,
# and short gaps
polite() {
	start --set manners.private=yes --set manners.gap=0.05s \
		--set poll.start-spread=0s --set poll.jitter=0 "$@"
}

# route <TEXT: the server's script from now on
route() {
	cat >routes.new
	mv routes.new routes
}

# forward SECONDS: the time is that much later (or earlier) now, for a daemon
# that looks at that file every 100 ms, too
forward() {
	echo $(($(cat "$FEEDD_TEST_CLOCK_FILE") + $1)) >clock.new
	mv clock.new "$FEEDD_TEST_CLOCK_FILE"
	sleep 0.15
}

# pass ID SECONDS: so much time goes by, and the scheduled look with it
pass() {
	then=$(($(now) + $2))
	forward "$2"
	until_true sh -c "feedctl explain --json $1 | jq -e '(.checked_at | fromdate) >= $then'"
}

# now: Unix time by the moved clock
now() {
	echo $(($(date +%s) + $(cat "$FEEDD_TEST_CLOCK_FILE")))
}

# subscribe URL [ADD-OPTION...]: prints the feed's id
subscribe() {
	feedctl add "$@" | cut -f1
}

# look ID [REFRESH-OPTION...]: one look, now; prints result and words
look() {
	look_id=$1
	shift
	feedctl refresh --force --wait --json "$@" "$look_id" || :
}

# looked N PATH: the server was asked N times for it
looked() {
	[ "$(requests "$2")" -eq "$1" ]
}

# sent PATH NAME [N]: that header of the last (or the Nth) request for PATH;
# "-" if it had none
sent() {
	jq -rs --arg t "$1" --arg n "$2" --argjson i "${3:-0}" '
		[.[] | select(.target == $t)][$i - 1].headers |
		[.[] | select((.[0] | ascii_downcase) == ($n | ascii_downcase)) | .[1]] |
		if length == 0 then "-" else join(" | ") end' requests.log
}

# answered PATH [N]: the status of the last (or the Nth) answer
answered() {
	jq -rs --arg t "$1" --argjson i "${2:-0}" \
		'[.[] | select(.target == $t)][$i - 1].status' requests.log
}

# told ID FILTER: of `explain`
told() {
	feedctl explain --json "$1" | jq -r "$2"
}

# wait_of ID: seconds from the last look to the next
wait_of() {
	told "$1" 'if .next_at == null then "never"
		else (.next_at | fromdate) - (.checked_at | fromdate) end'
}

# about WANT GOT: at most two seconds more (whole seconds round up)
about() {
	[ "$2" -ge "$1" ] && [ "$2" -le $(($1 + 2)) ] || die "want about $1, got $2"
}
