# The machine wakes from sleep: of all that is ready then, the timer may be the last
# to be told, and nothing is taken for due before half a minute of rest.
. "${SOURCE_DIR:?}/tests/e2e/fault/lib.sh"

serve
rss feed.xml "Feed" a b
printf '/feed.xml?gated\n\tfile feed.xml\n\tgated\n' >routes
mkdir data
echo 0 >data/clock

claim "an answer that ends as it wakes sends nobody off"
faulty "FAULT_CLOCK=$work/data/clock" --set poll.start-delay=0s..1s
for n in 1 2 3 4 5 6 7 8 9; do
	feedctl add "$base/feed.xml?$n" >/dev/null
done
id=$(feedctl add --no-fetch "$base/feed.xml?gated" | cut -f1)
feedctl refresh --force "$id" >/dev/null
until_true test "$(requests '/feed.xml?gated')" -eq 1
before=$(wc -l <requests.log)
echo 28800 >clock.new
mv clock.new data/clock
touch www/gate
until_true sh -c "feedctl explain --json $id | jq -e '.checked_at != null'"
until_true sh -c "feedctl log | grep -q '	clock	it went forward by 8 h$'"
same 10 "$(feedctl status --json | jq .feeds)"
same "$before" "$(wc -l <requests.log)"
stop
