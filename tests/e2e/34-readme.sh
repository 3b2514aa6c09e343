# What the README shows, run as it stands there.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

# The block behind "What it is like", without its comments.
awk '/^## / { on = ($0 == "## What it is like") }
	on && /^```/ { inside = !inside; next }
	on && inside { sub(/ +#.*/, ""); print }' "$SOURCE_DIR/README.md" >lines
[ "$(grep -c feedctl lines)" -ge 6 ] || die "the README shows less than it did"

mkdir bin
PATH=$work/bin:$PATH
printf '#!/bin/sh\nhead -n 1\n' >bin/fzf
printf '#!/bin/sh\ncat >>"$HOME/notified"\n' >bin/notify
chmod +x bin/*

serve
rss news.xml "News of example" a b
rss more.xml "More" c
mkdir www/page
cat >page.html <<PAGE
<html><head><title>t</title>
<link rel="alternate" type="application/rss+xml" href="/news.xml"></head></html>
PAGE
cp page.html www/index.html
printf '/\n\tfile index.html\n' >routes
cat >subscriptions.opml <<OPML
<opml version="2.0"><body><outline text="linux">
<outline type="rss" text="More" xmlUrl="$base/more.xml"/></outline></body></opml>
OPML

# line WORDS: the only line that holds these words, with our address
line() {
	[ "$(grep -c -F -- "$1" lines)" = 1 ] || die "not one line with: $1"
	grep -F -- "$1" lines | sed "s,https://example.org/,$base/,"
	grep -v -F -- "$1" lines >left || :
	mv left lines
}

claim "the daemon starts"
same "feedd &" "$(line 'feedd &')"
start

claim "a page's feed is found"
same "News of example" "$(sh -c "$(line 'feedctl add')" 2>said | cut -f2)"

claim "a list is taken over"
sh -c "$(line 'feedctl import')" >/dev/null
until_true sh -c 'test "$(feedctl count)" -eq 3'

claim "the list, and what is chosen of it is read"
same 3 "$(sh -c "$(grep -x 'feedctl list' lines)" | wc -l)"
sh -c "$(line 'fzf -m')"
same 2 "$(feedctl count)"

claim "addresses by tag"
sh -c "$(line 'jq -r .url')" >urls
same "https://example.org/c" "$(feedctl list --all --tag linux --format '{url}')"

claim "a program of ours gets each new item"
sh -c "exec $(line 'watch --exec')" &
watcher=$!
until_true sh -c 'feedctl status --metrics | grep -qx "feedd_clients 2"'
rss more.xml "More" d c
feedctl refresh --force --wait More >/dev/null
until_true grep -q '"guid":"d"' "$HOME/notified"
kill $watcher
wait $watcher 2>/dev/null || :

claim "why a feed is looked at when it is"
has "$(sh -c "$(line 'feedctl explain')")" '^reason'

claim "no line was left out"
same "feedctl list" "$(cat lines)"
