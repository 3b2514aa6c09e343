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
