# Each example of feedd(8), feedd.conf(5), feedd-query(7) and feedd-protocol(7),
# run as the page prints it.  (feedctl(1) is in 33-manual.sh.)
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

# blocks PAGE: its literal blocks (of the syntax, none), each in a file NAME.1, …
blocks() {
	name=$(basename "$1")
	awk -v name="$name" '/^\.Sh / { syntax = ($2 == "EXPRESSIONS") }
		/^\.Bd/ && !syntax { file = name "." ++n; next }
		/^\.Ed/ { if (file) close(file); file = ""; next }
		file != "" { gsub(/\\e/, "\\"); print >file }' "$SOURCE_DIR/daemon/$1"
}

# block WORDS: the only block that holds these words is now `it`
block() {
	file=$(grep -l -F -- "$1" ./feedd*.[0-9].[0-9] ./feedd.conf.5.[0-9] 2>/dev/null | sort -u)
	[ "$(printf '%s\n' "$file" | grep -c .)" = 1 ] || die "not one block with: $1"
	mv "$file" it
}

blocks feedd.8
blocks feedd.conf.5
blocks feedd-query.7
blocks feedd-protocol.7

serve
cat >www/news.xml <<'X'
<rss version="2.0"><channel><title>News</title><link>https://news.example/</link>
<item><guid isPermaLink="false">1</guid><title>Linux or BSD</title></item>
<item><guid isPermaLink="false">2</guid><title>A kernel for all</title></item>
<item><guid isPermaLink="false">3</guid><title>A kernel in Android</title></item>
<item><guid isPermaLink="false">4</guid><title>A talk</title>
<enclosure url="https://news.example/talk.mp3" type="audio/mpeg" length="9"/></item>
</channel></rss>
X
# Whatever is asked for through the proxy, this is the answer.
printf 'http://*\n\tfile news.xml\n*/rss\n\tfile news.xml\n' >routes
start
feedctl add "$base/news.xml" --tag News >/dev/null
until_true sh -c 'test "$(feedctl status --json | jq .index_lag)" -eq 0'

claim "feedd-query(7): each line does what the page says"
block "--where 'age < 2"
same 6 "$(wc -l <it)"
line() {
	[ "$(grep -c -F -- "$1" it)" = 1 ] || die "not one line with: $1"
	grep -F -- "$1" it >line
	grep -v -F -- "$1" it >left || :
	mv left it
	sh -e ./line
}
same "Linux or BSD" "$(line 'linux|bsd' | cut -f5)"
same "A talk" "$(line '^audio/' | cut -f5)"
line 'query add long'
same "" "$(line 'query:long')"
same "A kernel for all" "$(line '-android' | cut -f5)"
same "mark-read, tag Ads" "$(line 'rule add' | cut -f3)$(feedctl rule list | cut -f3)"
same "" "$(cat it)"

claim "feedd-protocol(7): in the shell"
block "socat"
same '{"parameters":{"count":4}}' "$(sh -e ./it)"

claim "feedd-protocol(7): in Python"
block "import json"
if command -v python3 >/dev/null; then
	same 4 "$(python3 it | wc -l)"
fi

claim "feedd-protocol(7): with varlinkctl"
block "varlinkctl"
if command -v varlinkctl >/dev/null; then
	has "$(sh -e ./it)" 'A kernel for all'
fi

claim "feedd(8): blocked sites, each by its own proxy"
block "--proxy socks5h"
sed "s,127.0.0.1:9050,127.0.0.1:$port," it >script
same 1 "$(sed -n 's/^feedctl set/&/p' script | wc -l)"
sed -n '/example.onion/p' script >onion
same "http://example.onion/rss" "$(sh -e ./onion | cut -f3)"
same "5 example.onion" "$(jq -rs '[.[] | select(.socks)][-1].socks | "\(.version) \(.host)"' requests.log)"
# The one over TLS would need a certificate of blocked.example's: only subscribed.
sed -n '/blocked.example/s/feedctl add/& --no-fetch/p' script | sh -e >/dev/null
sed -n '/^feedctl set/p' script | sh -e
same "socks5h://127.0.0.1:$port" "$(feedctl feeds blocked --format '{proxy}')"

claim "feedd(8): a second one beside the first"
block "feedd-work"
# (What a person does not notice, that the socket takes a moment to come.)
sed -e "s,https://example.org/,--private $base/news.xml," \
	-e 's/ &$/ >work.log 2>\&1 \&\necho $! >work.pid\nuntil feedctl status >status 2>\&1; do sleep 0.1; done/' \
	it >script
same "1	News" "$(timeout 60 sh -e ./script | cut -f1,2)"
[ -s "$HOME/work-feeds/feedd.db" ] || die "its store is elsewhere"
[ "$(feedctl feeds | wc -l)" -gt 1 ] || die "it took the place of the first"
kill "$(cat work.pid)"

claim "feedd(8): a copy goes on on another machine"
block "install -d"
feedctl backup copy.db
other=$work/other
mkdir -m 700 "$other" "$other/run"
(umask 022 && HOME=$other sh -e ./it)
HOME=$other XDG_RUNTIME_DIR=$other/run timeout 60 feedd 2>other.log &
other_pid=$!
until_true feedctl --socket "$other/run/feedd/feedd.sock" status
same "$(feedctl dump)" "$(feedctl --socket "$other/run/feedd/feedd.sock" dump)"
kill $other_pid
! grep warning: other.log || die "it left the place open to others"
stop

claim "feedd(8) and feedd.conf(5): their settings are taken"
for words in "proxy = socks5h" "keep-read"; do
	# One of the pages has no more than the first of these lines.
	case $words in
	keep-read) block "$words" ;;
	*)
		file=$(grep -L keep-read $(grep -l -F -- "$words" ./feedd*.[0-9].[0-9]))
		mv "$file" it
		;;
	esac
	feedd --check-config --config it --data-dir "$work/data" || die "not taken: $(cat it)"
done

claim "no example was left out"
same "" "$(find . -name 'feedd*.[0-9].[0-9]')"
