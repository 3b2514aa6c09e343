# A portal that answers for the names of all sites: with its own address, on a private
# network, where nobody looks what is there.
. "${SOURCE_DIR:?}/tests/e2e/fault/lib.sh"

serve
rss feed.xml "Feed" a b

# online, hijacked: with a proxy that finds the names, and without
online() {
	feedctl feeds --format '{id}' | feedctl set - "proxy=$base"
}
hijacked() {
	feedctl feeds --format '{id}' | feedctl set - proxy=
}

claim "several names that lead home at once are a portal's, and no feed is blamed"
mkdir data
echo 0 >data/clock
faulty "FAULT_TURN=*.invalid:127.0.0.2:127.0.0.2 FAULT_CLOCK=$work/data/clock" \
	--set fetch.allow=127.0.0.1/32 --set poll.start-spread=0s
for n in 1 2 3 4 5; do
	feedctl add --proxy "$base" "http://site$n.invalid/feed.xml?$n" >/dev/null
done
hijacked
asked=$(wc -l <requests.log)
feedctl refresh --force --wait >/dev/null || :
has "$(feedctl log)" captive
same 1 "$(feedctl feeds --json | jq -s 'map(.failures) | add')"
same "$asked" "$(wc -l <requests.log)"

claim "which is over when one is seen again"
online
echo 400 >clock.new
mv clock.new data/clock
feedctl refresh --force --wait >/dev/null || :
until_true sh -c 'feedctl log | grep -q online'
stop

claim "one that leads home alone is a failure of its own"
rm -rf data
mkdir data
echo 0 >data/clock
faulty "FAULT_TURN=*.invalid:127.0.0.2:127.0.0.2 FAULT_CLOCK=$work/data/clock" \
	--set fetch.allow=127.0.0.1/32 --set poll.start-spread=0s
feedctl add --proxy "$base" "http://site1.invalid/feed.xml?1" >/dev/null
hijacked
feedctl refresh --force --wait >/dev/null || :
same blocked_address "$(feedctl feeds --json | jq -r .last_error.class)"
stop
