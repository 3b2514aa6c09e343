# Names that never answer, and names that answer differently each time: nobody
# waits for the former, and the latter lead nowhere that is not allowed.
. "${SOURCE_DIR:?}/tests/e2e/fault/lib.sh"

# in_time SECONDS COMMAND...
in_time() {
	limit=$1
	shift
	timeout "$limit" "$@" >/dev/null || die "took more than $limit s: $*"
}

serve
for n in 1 2 3 4; do rss "f$n.xml" "Feed $n" "a$n" "b$n"; done

claim "a name that does not answer keeps nobody else waiting"
faulty "FAULT_SLOW=hole*:30 FAULT_TURN=good.example:127.0.0.1:127.0.0.1"
for n in 1 2 3; do
	feedctl add --no-fetch "http://hole.example/$n.xml" >/dev/null
	feedctl refresh --force "http://hole.example/$n.xml" >/dev/null 2>&1 || :
done
for n in 1 2 3 4; do in_time 5 feedctl add "$base/f$n.xml"; done
same 8 "$(feedctl count --all)"
for n in 1 2 3 4; do
	in_time 1 feedctl status
	in_time 1 feedctl list
	in_time 5 feedctl refresh --force --wait "$base/f$n.xml"
done

claim "nor do a hundred"
for n in $(seq 100); do
	echo "http://hole$n.example/x"
done | feedctl import --no-fetch - >/dev/null
id=$(feedctl add "http://good.example:$port/f1.xml" | cut -f1)
feedctl refresh --force >/dev/null 2>&1 || :
in_time 5 feedctl refresh --force --wait "$id"
in_time 5 feedctl add "http://good.example:$port/f2.xml"
in_time 5 feedctl refresh --force --wait "$base/f3.xml"
in_time 1 feedctl status

claim "nor does it keep the daemon from ending"
asked=$(date +%s)
kill -TERM "$daemon_pid"
reap
same 0 "$code"
[ $(($(date +%s) - asked)) -le 6 ] || die "it took $(($(date +%s) - asked)) s to end"
sound

claim "a name that is now allowed and now not: only the former is connected"
rm -rf data
port_of() {
	echo "http://turn.example:$port/$1"
}
listening=127.0.0.2
httpd --listen $listening:"$port" --log bad.log --root www routes >/dev/null 2>&1 &
bad_pid=$!
leave() {
	left=$?
	set +e
	kill -9 $bad_pid 2>/dev/null
	(exit $left)
	finish
}
trap leave EXIT
until_true curl -s -o /dev/null "http://$listening:$port/up"
: >bad.log
: >requests.log
faulty "FAULT_TURN=turn.example:127.0.0.1:$listening" --set fetch.allow=127.0.0.1/32
for n in 1 2 3 4 1 2 3 4; do
	timeout 10 feedctl add "$(port_of "f$n.xml")" >>add.out 2>&1 || :
	timeout 10 feedctl refresh --force --wait "$(port_of "f$n.xml")" >>add.out 2>&1 || :
done
[ -s requests.log ] || die "the good address was never asked: $(cat add.out)"
[ ! -s bad.log ] || die "the forbidden address was asked $(wc -l <bad.log) times"
stop
sound
