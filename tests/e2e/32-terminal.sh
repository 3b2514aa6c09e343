# feedctl in a real pseudo-terminal: what a person sees at 60, 80 and 160
# columns, as snapshots in terminal/.  UPDATE=1 writes them anew.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

command -v tmux >/dev/null || skip "no tmux here"
unset COLUMNS
snapshots=$SOURCE_DIR/tests/e2e/terminal

# Noon of 3 June 2026, for the daemon and for feedctl.
export FEEDD_TEST_CLOCK_FILE="$work/clock"
echo $((1780488000 - $(date +%s))) >clock

cat >www/wide.xml <<'X'
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>幅の広いフィード</title><link>https://w.example/</link>
<item><guid isPermaLink="false">w1</guid><link>https://w.example/1</link>
<title>日本語のとても長い見出しがここにあります、端末の幅に合わせて切られるはずです</title>
<pubDate>Wed, 03 Jun 2026 11:00:00 GMT</pubDate></item>
<item><guid isPermaLink="false">w2</guid><link>https://w.example/2</link>
<title>Flags 🇩🇪🇫🇷 and cafés in a title that is longer than the terminal is wide, surely</title>
<pubDate>Tue, 02 Jun 2026 20:00:00 GMT</pubDate></item>
<item><guid isPermaLink="false">w3</guid><link>https://w.example/3</link>
<title>מכתב בעברית — رسالة بالعربية, and Zoe&#x308; &amp;#8238;turns nothing</title>
<pubDate>Tue, 02 Jun 2026 19:00:00 GMT</pubDate></item>
</channel></rss>
X
cat >www/article.xml <<'X'
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>The Terminal Gazette</title><link>https://g.example/</link>
<item><guid isPermaLink="false">g1</guid><link>https://g.example/1</link>
<title>A pipe is all you need</title><dc:creator>Ann</dc:creator><dc:creator>Ben</dc:creator>
<itunes:duration>1:02:03</itunes:duration>
<pubDate>Mon, 01 Jun 2026 10:00:00 GMT</pubDate>
<description>&lt;h2&gt;Why&lt;/h2&gt;&lt;p&gt;Because a line of &lt;a href="https://g.example/x"&gt;text&lt;/a&gt; can go anywhere, and a paragraph that is long enough is filled to the width.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;one&lt;/li&gt;&lt;li&gt;two&lt;/li&gt;&lt;/ul&gt;&lt;blockquote&gt;quoted&lt;/blockquote&gt;&lt;pre&gt;feedctl list | head -1&lt;/pre&gt;&lt;table&gt;&lt;tr&gt;&lt;th&gt;tool&lt;th&gt;year&lt;th&gt;what it does for those who read&lt;tr&gt;&lt;td&gt;sed&lt;td&gt;1974&lt;td&gt;edits a stream, which needs more words than one line has at any width that a terminal has&lt;tr&gt;&lt;td&gt;幅&lt;td&gt;1&lt;td&gt;wide&lt;/table&gt;</description>
<enclosure url="https://g.example/a.mp3" type="audio/mpeg" length="1234567"/></item>
</channel></rss>
X
serve
# A rhythm that shows the same words a minute later.
start --set poll.interval=90m --set poll.jitter=0
case $(feedctl status --json | jq -r .started_at) in
2026-06-03*) ;;
*) skip "a build without test hooks: its clock can't be set" ;;
esac
# The pager would wait for a key, and the prompt would be in the picture.
cat >screen <<'X'
#!/bin/sh
clear
"$@"
touch done
sleep 60
X

terminal() {
	env -u TMUX tmux -S "$work/tmux" -f /dev/null "$@"
}

# A server without sessions ends, perhaps while the next one begins.
terminal new-session -d -s keep -x 10 -y 10 'sleep 200'

# look NAME COMMAND...: in a terminal of each width
look() {
	name=$1
	shift
	for width in 60 80 160; do
		rm -f done
		terminal new-session -d -s look \
			-x $width -y 30 "env FEEDCTL_PAGER=cat TERM=screen sh screen $*"
		until_true test -e done
		terminal capture-pane -p -t look |
			sed -e "s,$base,http://server,g" -e 's/[[:blank:]]*$//' |
			awk '/./ { for (; blank > 0; blank--) print ""; print; next } { blank++ }' \
			>picture
		terminal kill-session -t look
		[ "$(wc -L <picture)" -le $width ] || die "$name is wider than $width columns"
		[ -z "${UPDATE:-}" ] || cp picture "$snapshots/$name-$width.want"
		diff -u "$snapshots/$name-$width.want" picture ||
			die "$name at $width columns is another picture"
	done
}

claim "with nothing subscribed, plain feedctl says how to begin"
look empty feedctl

feedctl add "$base/wide.xml" >/dev/null
feedctl add "$base/article.xml" >/dev/null
feedctl star w1
feedctl mark-read g1

claim "list: columns that fit, whatever the script"
look list feedctl list --all
look days feedctl list --all --group day
claim "list in plain ASCII"
look ascii feedctl list --all --ascii
claim "feeds: a table of their health"
look feeds feedctl feeds
claim "show: an article as text"
look show feedctl show g1
claim "stats: numbers as bars"
look stats feedctl stats
look stats-ascii feedctl stats --ascii
claim "a feed in plain ASCII"
look feeds-ascii feedctl feeds --match Gazette --ascii

claim "colours come in a terminal, not where nobody wants them"
feedctl list --color always --format table | grep -q "$(printf '\033')\[1m" || die "no bold"
feedctl list --format table | grep -q "$(printf '\033')" && die "colour in a pipe"

claim "a table of many rows is paged"
cat >pager <<'X'
#!/bin/sh
cat >paged
X
chmod +x pager
rm -f done
terminal new-session -d -s page -x 80 -y 10 \
	"env FEEDCTL_PAGER=./pager TERM=screen sh screen feedctl list --all"
until_true test -e done
same 4 "$(wc -l <paged)"
terminal kill-session -t page
rm paged

claim "so is what is told of a feed, and of the daemon"
for command in "explain 1" status; do
	rm -f done
	terminal new-session -d -s page -x 80 -y 10 \
		"env FEEDCTL_PAGER=./pager TERM=screen sh screen feedctl $command"
	until_true test -e done
	[ "$(wc -l <paged)" -ge 3 ] || die "$command: $(cat paged)"
	terminal kill-session -t page
	rm paged
done

claim "a pager that is not there keeps nothing from being seen"
rm -f done
terminal new-session -d -s page -x 80 -y 10 \
	"env FEEDCTL_PAGER='nosuch -x' TERM=screen sh screen feedctl list --all"
until_true test -e done
terminal capture-pane -p -t page | grep -q 'A pipe is all you need' || die "nothing is seen"
terminal kill-session -t page

# in_terminal [NAME=VALUE...] COMMAND...: what it writes to a terminal, bytes and all
in_terminal() {
	rm -f done
	terminal new-session -d -s bytes -x 80 -y 10 "cat >begin; env TERM=screen \
		FEEDCTL_PAGER=$work/pager sh screen env $*"
	terminal pipe-pane -t bytes "cat >bytes"
	terminal send-keys -t bytes C-d
	until_true test -e done
	terminal kill-session -t bytes
	until_true grep -q . bytes
}

claim "nothing to list needs no pager"
in_terminal feedctl list --feed Gazette --unread
grep -q "nothing to list" bytes || die "it does not say so"
[ ! -e paged ] || die "a pager was started"

claim "titles are links where the terminal is known to show them"
link=$(printf '\033]8;;https://w.example/1\033')
in_terminal VTE_VERSION=6003 feedctl list --all --no-pager
grep -qF "$link" bytes || die "no link"
in_terminal feedctl list --all --no-pager
grep -qF "$link" bytes && die "a link where nobody knows them"
VTE_VERSION=6003 feedctl list --all --format table | grep -qF "$link" && die "a link in a pipe"

claim "COLUMNS counts more than the terminal's own width"
in_terminal COLUMNS=40 feedctl list --all --no-pager --color never
same "$(feedctl list --all --width 40 --format table | tail -n 1)" \
	"$(tr -d '\r' <bytes | tail -n 1)"

claim "status keeps to the narrowest terminal, too"
feedctl add --no-fetch "$base/a/long/name/of/a/feed/that/fails.xml" >fails
feedctl refresh --force "$(cut -f1 fails)" 2>/dev/null || :
for width in 20 23 30 40 41; do
	feedctl status --format table --width $width | sed -n '/^  failing/p' >line
	[ -s line ] || die "no feed fails"
	[ "$(wc -L <line)" -le $width ] || die "at $width columns: $(cat line)"
done

claim "so does the list of feeds, with what stands before a title"
feedctl set "$(cut -f1 fails)" insecure=yes
for width in 20 24 30 40; do
	feedctl feeds --format table --width $width >lines
	[ "$(wc -L <lines)" -le $width ] || die "at $width columns: $(cat lines)"
done
has "$(feedctl feeds --format table --width 60)" 'insecure '
feedctl remove "$(cut -f1 fails)"

claim "a heading that is cut ends with a character"
long=$(printf '界%.0s' $(seq 90))
feedctl set Gazette title="$long"
heading=$(feedctl list --all --feed "$long" --group feed --format table --width 300 | head -n 1)
same "$(printf '界%.0s' $(seq 66))" "$heading"
feedctl set "$long" title=

claim "an address that a page names is there to be copied, whatever the width"
long=$base/a/rather/long/address/that/is/wider/than/the/terminal/at/hand/feed.xml
echo "<link rel=alternate type=application/rss+xml title='A feed' href='$long'>" >www/page.html
same "A feed  application/rss+xml  $long" \
	"$(feedctl discover "$base/page.html" --format table --width 60)"

claim "a backup, which holds all that feeds sent, is not written to a terminal"
in_terminal feedctl backup -
grep -q 'SQLite' bytes && die "it is"
grep -q 'feedctl: a backup is not for a terminal' bytes || die "$(cat bytes)"
feedctl backup - | head -c 13 | grep -q '^SQLite format' || die "a pipe gets none"

claim "who reads a story that is in two feeds is told so"
feedctl add push:one push:two >/dev/null
sed s/Gazette/One/ www/article.xml >one.xml
sed s/Gazette/Two/ www/article.xml >two.xml
feedctl push one <one.xml
feedctl push two <two.xml
in_terminal feedctl mark-read --feed push:one
grep -q '2 items marked read, copies in other feeds among them' bytes || die "$(cat bytes)"
in_terminal feedctl mark-read --feed push:one
grep -q '0 items marked read, 1 was so already' bytes || die "$(cat bytes)"

claim "a refresh calls a feed by its first document's title, and says the sum last"
rss late.xml "Late" a b
feedctl add --no-fetch "$base/late.xml"
in_terminal feedctl refresh --wait "$base/late.xml"
same "new 2 0 Late
feedctl: 1 feed: 2 new items, 0 changed, 0 unchanged, 0 failed, 0 held" \
	"$(tr -d '\r' <bytes | tr -s ' ' | sed -n 's/^.*\(new 2\|feedctl: 1 feed\)/\1/; s/ *$//; /^new 2\|^feedctl: 1/p')"
in_terminal feedctl refresh --wait
grep -q ' looked at just now' bytes || die "$(cat bytes)"

claim "a refresh that nobody waits for says what goes on, and nothing goes on that was refused"
in_terminal feedctl refresh
grep -q '3 looked at just now (--force looks again)' bytes || die "$(cat bytes)"
grep -q 'being looked at' bytes && die "$(cat bytes)"
printf '/late.xml\n\tsilent\n' >routes
in_terminal feedctl refresh --force "$base/late.xml"
grep -q 'feedctl: 1 feed is being looked at' bytes || die "$(cat bytes)"
terminal kill-server
stop
