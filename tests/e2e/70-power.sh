# The power fails: whatever of the unsynced writes got to the disk, in whatever
# order and torn, the store is sound and holds all that was acknowledged.
. "${SOURCE_DIR:?}/tests/e2e/fault/lib.sh"

command -v python3 >/dev/null || skip "python3 makes the disks"
rounds=${FEEDD_POWER_ROUNDS:-25} # disks

serve
rss feed.xml Feed a b c d e
trace=$work/run/feedd/trace

# acknowledged WORD COMMAND...: and then it is on the disk
acknowledged() {
	word=$1
	shift
	"$@" >/dev/null
	echo "ack $word" >>"$trace"
}

claim "a life with marks, documents, an orderly stop and a kill"
faulty "FAULT_RECORD=$trace"
acknowledged add feedctl add "$base/feed.xml"
acknowledged read feedctl mark-read 1
acknowledged star feedctl star 2
acknowledged tag feedctl tag kept 3
rss feed.xml Feed f g
acknowledged new feedctl refresh --force --wait
acknowledged query feedctl query add mine 'tags # "kept"'
stop
faulty "FAULT_RECORD=$trace"
acknowledged again feedctl mark-read 4
acknowledged rule feedctl rule add 'title = "h"' star
crash
faulty "FAULT_RECORD=$trace"
acknowledged last feedctl star 5
stop
events=$(grep -ac '^sync ' "$trace")
[ "$events" -ge 10 ] || die "$events syncs in the trace"
mv data whole

# must WORD EXPECTED COMMAND...: if WORD was acknowledged by then
must() {
	! grep -qx "$1" acked || same "$2" "$($3)" "disk $seed: $1"
}

claim "what was acknowledged before the power failed is there"
seed=0
while [ $seed -lt "$rounds" ]; do
	seed=$((seed + 1))
	rm -rf data
	mkdir -m 700 data
	python3 "$SOURCE_DIR/tests/e2e/fault/power.py" "$trace" "$work/data" $seed data >acked
	start
	feedctl list --all --json >rows
	! grep -qx add acked || [ "$(wc -l <rows)" -ge 5 ] || die "disk $seed: items are missing"
	! grep -qx new acked || same 7 "$(wc -l <rows)" "disk $seed: new items"
	must read true "jq -r select(.id==1).read rows"
	must star true "jq -r select(.id==2).starred rows"
	must tag kept "jq -r select(.id==3).tags[] rows"
	must query mine "feedctl query list --fields name"
	must again true "jq -r select(.id==4).read rows"
	must rule 1 "feedctl rule list --fields id"
	must last true "jq -r select(.id==5).starred rows"
	crash
	sound
done

claim "a cursor stands behind no item that a follower has not put on the disk"
start
feedctl add push:mail >/dev/null
rss mail.xml Mail 1
feedctl push mail <www/mail.xml
begun=$(feedctl status --format '{cursor}')
mkdir box
for format in maildir sfeed; do
	env FAULT_PROGRAM=feedctl "FAULT_RECORD=$work/followed.$format" \
		LD_PRELOAD="$BUILD_DIR/libfault.so" feedctl watch --format $format \
		--into box/$format --cursor-file box/$format.cursor &
	eval "$format=\$!"
	until_true test -s box/$format.cursor
done
# shellcheck disable=SC2086
came() {
	! cmp -s before box/$format.cursor && [ "$(cat box/$format/$1 | grep -c "$2")" = $((n - 1)) ]
}
for n in 2 3 4 5; do
	cp box/maildir.cursor before
	# shellcheck disable=SC2046
	rss mail.xml Mail $(seq $n)
	feedctl push mail <www/mail.xml
	format=maildir
	until_true came 'new/*' '^Subject:'
	format=sfeed
	until_true came '*' .
done
# shellcheck disable=SC2154
kill "$maildir" "$sfeed"
seed=0
while [ $((seed * 3)) -lt "$rounds" ]; do
	seed=$((seed + 1))
	rm -rf disk
	mkdir -m 700 disk
	for format in maildir sfeed; do
		python3 "$SOURCE_DIR/tests/e2e/fault/power.py" "followed.$format" "$work/box" \
			$seed disk >/dev/null
		feedctl watch --no-follow --since "$begun" --format $format --into disk/$format \
			--cursor-file disk/$format.cursor
	done
	diff -r box/maildir/new disk/maildir/new || die "disk $seed: mail is missing"
	cat box/sfeed/* | sort -u >wanted
	cat disk/sfeed/* | sort -u | comm -23 wanted - >missing
	[ ! -s missing ] || die "disk $seed: $(cat missing)"
done
stop
