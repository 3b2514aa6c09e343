# Each example of feedctl(1), run as the page prints it.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

# The blocks of the page, each in a file: example.1, example.2, ...
awk '/^\.Sh / { on = ($2 == "EXAMPLES") }
	!on { next }
	/^\.Bd/ { file = "example." ++n; next }
	/^\.Ed/ { close(file); file = ""; next }
	file != "" { gsub(/\\e/, "\\"); print >file }' "$SOURCE_DIR/ctl/feedctl.1"

# What the examples hand to stands here as something that needs no person and
# no network.
mkdir bin
PATH=$work/bin:$PATH
stub() {
	cat >"bin/$1"
	chmod +x "bin/$1"
}
stub fzf <<'X'
#!/bin/sh
head -n 1
X
stub notify-send <<'X'
#!/bin/sh
printf '%s|' "$@" >>"$HOME/notified"
X
stub browser <<'X'
#!/bin/sh
printf '%s\n' "$@" >>"$HOME/opened"
X
stub make-a-feed <<'X'
#!/bin/sh
printf '<rss version="2.0"><channel><title>Builds</title>'
printf '<item><title>Green</title><guid>1</guid></item></channel></rss>'
X
# What sfeed_curses does where each item is marked the other way.
stub sfeed_curses <<'X'
#!/bin/sh
cut -f 3 "$@" >links
grep -vxFf "$SFEED_URL_FILE" links | sh -c "$SFEED_MARK_READ"
grep -xFf "$SFEED_URL_FILE" links | sh -c "$SFEED_MARK_UNREAD"
X
export BROWSER=browser

# example WORDS: run the only block that holds these words
example() {
	file=$(grep -l -F -- "$1" example.*) || die "the page has no example with: $1"
	sed "s,https://example.org/,$base/news.xml," "$file" >script
	mv "$file" "ran.$file"
	sh -e ./script || die "it failed: $(cat script)"
}

serve
rss news.xml "News" a b c
start

claim "subscribe, and see what there is"
same 4 "$(example 'add https' | wc -l)"

claim "choose and mark as read"
example 'fzf -m'
same 2 "$(feedctl count)"

claim "read beside the list"
example 'fzf --preview'
same 1 "$(wc -l <"$HOME/opened")"
same 1 "$(feedctl count)"

claim "old news"
example '--until 1w'
same 1 "$(feedctl count)"

claim "titles by feed"
same "News: Item" "$(example "jq -r '.feed_title" | cut -c1-10)"

claim "a digest"
example 'digest.html'
grep -q '<article' digest.html || die "no article"
same 3 "$(grep -c '^From ' "$HOME/digest.mbox")"

claim "a number for a status bar"
file=$(grep -l -x 'feedctl count' example.*)
same 1 "$(sh "$file")"
mv "$file" "ran.$file"

# edit GUID: another title for what the feed has
edit() {
	sed "s,<title>Item $1<,<title>Edited $1<," www/news.xml >edited.xml
	mv edited.xml www/news.xml
	feedctl refresh --force --wait >/dev/null
	same "Edited $1" "$(feedctl list --all --changed --where "guid = \"$1\"" --format '{title}')"
}

claim "mail from cron, an edited item once more under its Message-ID"
file=$(grep -l -F 'id -u' example.*)
sed "s,^export XDG_RUNTIME_DIR=.*,export XDG_RUNTIME_DIR='$XDG_RUNTIME_DIR'," "$file" >script
mv "$file" "ran.$file"
env -u XDG_RUNTIME_DIR sh -e ./script
rss news.xml "News" e a b c
feedctl refresh --force --wait >/dev/null
env -u XDG_RUNTIME_DIR sh -e ./script
env -u XDG_RUNTIME_DIR sh -e ./script
same "Item e" "$(sed -n 's/^Subject: //p' "$HOME/feeds.mbox")"
edit e
env -u XDG_RUNTIME_DIR sh -e ./script
same "Item e,Edited e" "$(sed -n 's/^Subject: //p' "$HOME/feeds.mbox" | paste -sd ,)"
same 1 "$(grep '^Message-ID: ' "$HOME/feeds.mbox" | sort -u | wc -l)"

claim "sfeed_curses, and its marks"
feedctl mark-read --all
feedctl mark-unread --where 'title =~ "[ab]$"'
example 'sfeed_curses'
same "Edited e Item c" "$(feedctl list --sort title --format '{title}' | xargs)"

claim "files of podcasts"
same "" "$(example '.attachments')"

claim "a mail program"
example 'maildir'
same 2 "$(find "$HOME/Mail/feeds" -type f | wc -l)"

claim "a feed of one's own"
example 'push:builds' >/dev/null
same Green "$(feedctl list --feed push:builds --format '{title}')"

claim "a notification for each new item"
file=$(grep -l '^#!/bin/sh' example.*)
stub notify-send-item <"$file"
mv "$file" "ran.$file"
file=$(grep -l '^feedctl watch' example.*)
sed 's/^feedctl watch/exec &/' "$file" >script
mv "$file" "ran.$file"
sh ./script &
watcher=$!
until_true test -s "$HOME/.feedd-notify"
rss news.xml "News" d a b c
feedctl refresh --force --wait >/dev/null
until_true grep -q 'Item d' "$HOME/notified"
edit d
handed_on() {
	[ "$(feedctl status --format '{cursor}')" = "$(cat "$HOME/.feedd-notify")" ]
}
until_true handed_on
! grep -q 'Edited d' "$HOME/notified" || die "an edited item is no new one"
kill "$watcher"
wait "$watcher" 2>/dev/null || :

claim "no example was left out"
same "" "$(find . -name 'example.*')"
stop
