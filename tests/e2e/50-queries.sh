# What is asked of the store: expressions, words, rules, stories, and all of it
# written down and put back.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

start
tab=$(printf '\t')

cat >one.xml <<'FEED'
<rss version="2.0"><channel><title>One</title><link>https://e.org/</link>
<item><title>Sponsored: buy</title><link>https://e.org/1</link><guid>1</guid><description>now</description></item>
<item><title>Ёлка в Zürich</title><link>https://e.org/2?utm_source=x</link><guid>2</guid>
<description>日本語 &lt;b&gt;text&lt;/b&gt;</description></item>
</channel></rss>
FEED
cat >two.xml <<'FEED'
<rss version="2.0"><channel><title>Two</title><link>https://x.org/</link>
<item><title>The same story</title><link>http://www.e.org/2</link><guid>t2</guid><description>elsewhere</description></item>
</channel></rss>
FEED

indexed() {
	[ "$(feedctl status --json | jq .index_lag)" = 0 ]
}

claim "a rule judges what comes"
feedctl add push:one push:two >/dev/null
feedctl rule add 'title =~ "^sponsored"' mark-read tag Ads
feedctl push one <one.xml
feedctl push two <two.xml
same "Sponsored: buy" "$(feedctl list --read --fields title)"
same "Sponsored: buy" "$(feedctl list --all --tag Ads --fields title)"
same 1 "$(feedctl rule list --json | jq .hits)"

claim "a tag in a folder is found by the folder, by whatever asks"
feedctl set push:one tags=News/Linux
for words in '# "News"' '# "News/Linux"' '!# "Linux"'; do
	same 2 "$(feedctl count --all --feed One --where "tags $words")" "$words"
done
same 1 "$(feedctl count --all --feed One --where 'tags = "News/Linux"')"
same 0 "$(feedctl count --all --feed One --where 'tags = "News" or tags !# "News"')"
feedctl query add news 'tags # "News"'
same "$(feedctl list --all --no-cluster --tag News)" "$(feedctl list --all --no-cluster --feed query:news)"
feedctl query remove news
feedctl set push:one tags=

claim "a story of two feeds is one row, and read once"
same 1 "$(feedctl count)"
same 2 "$(feedctl list --no-cluster | wc -l | tr -d ' ')"
same 1 "$(feedctl list --json | jq '.also_in | length')"
feedctl list --feed One | feedctl mark-read -
same 0 "$(feedctl count)"
feedctl undo
same 1 "$(feedctl count)"

claim "a change by filter is one of each copy, with a limit as without"
matched() {
	feedctl "$@" --json | jq -c '[.matched, .changed]'
}
same "[3,3]" "$(matched star --all)"
same "[3,3]" "$(matched unstar --all -n 100)"
same "[3,3]" "$(matched tag later --all -n 3 --sort title)"
same "[3,3]" "$(matched untag later --tag later -n 100 --where 'title !~ "^never"')"
same "[2,2]" "$(matched star --all -n 2)"
same "[2,2]" "$(matched unstar --starred)"
same "[2,2]" "$(matched mark-read --unread -n 100)"
same "[2,2]" "$(matched mark-unread --all --where 'title !~ "^sponsored"' -n 100)"
same 2 "$(feedctl count --no-cluster)"

claim "words are found whatever their case and marks, two characters of Japanese, too"
until_true indexed
for words in 'елка' 'ZURICH ёлка' '日本' 'text:text -nothing' '"elka" OR zur*'; do
	same 1 "$(feedctl count --feed One --match "$words")" "$words"
done
same 0 "$(feedctl count --all --match 'title:日本')"

claim "what a page hides is neither in the summary nor found, what its images show is"
feedctl add push:hides >/dev/null
feedctl push hides <<'FEED'
<rss version="2.0"><channel><title>Hides</title><link>https://h.example/</link>
<item><guid isPermaLink="false">h1</guid><title>One</title>
<description>&lt;div style="display:none"&gt;preheader&lt;/div&gt;&lt;p&gt;Visible&lt;/p&gt;</description>
</item>
<item xmlns:c="http://purl.org/rss/1.0/modules/content/"><guid isPermaLink="false">h2</guid>
<title>Two</title><description>&lt;p hidden&gt;preheader&lt;/p&gt; Short</description>
<c:encoded>&lt;ul&gt;&lt;li hidden&gt;preheader&lt;li&gt;Visible&lt;/ul&gt;
&lt;img src="https://h.example/i" alt="a lighthouse"&gt;</c:encoded></item>
</channel></rss>
FEED
same "Visible Short" "$(feedctl list --feed push:hides --sort title --fields summary | paste -sd ' ')"
until_true indexed
same 2 "$(feedctl count --feed push:hides --match visible)"
same 0 "$(feedctl count --feed push:hides --match preheader)"
same Two "$(feedctl list --feed push:hides --match lighthouse --fields title)"
feedctl remove push:hides

claim "what can't be read is refused with the column"
fails 2 feedctl list --where 'title ~ "x"'
has "$err" 'column 7'
fails 2 feedctl list --match '"open'

claim "with --json a change tells what it did"
same '{"name":"brief","expr":"age < 1h","error":null}' "$(feedctl query add brief 'age < 1h' --json)"
same '{"removed":1}' "$(feedctl query remove brief --json)"
same '{"removed":1}' "$(feedctl rule remove --json \
	"$(feedctl rule add 'title = "never"' star --json | jq .id)")"
same "" "$(feedctl query add brief 'age < 1h' && feedctl query remove brief)"

claim "a saved query is listed like a feed"
feedctl query add mine 'title =~ "same" and age < 1h'
same "The same story" "$(feedctl list --feed query:mine --fields title)"
for name in yours ""; do
	for asks in list "watch --no-follow" watch; do
		fails 1 timeout 20 feedctl $asks --feed "query:$name"
		same "feedctl: there is no saved query \"$name\"" "$err"
	done
done

claim "nobody sees a control in a query's name, so it has none"
fails 2 feedctl query add "$(printf 'n\302\205')" 'age < 1h'
has "$err" 'control character'

claim "dump, restore, dump is the same text"
feedctl star t2
feedctl dump >first
feedctl restore first
feedctl dump >second
cmp first second
has "$(cat first)" "^query${tab}mine${tab}title =~"

claim "what is so already is not set again, and nobody is told"
cursor=$(feedctl status --format '{cursor}')
has "$(cat first)" "^item$tab.*starred$"
same '{"feeds":0,"states":0,"waiting":0}' \
	"$(feedctl restore first --json | jq -c '{feeds, states, waiting}')"
same "" "$(feedctl watch --since "$cursor" --states --events --no-follow)"
sed 's/^\(item.*\)starred/\1read/' first >other
same 1 "$(feedctl restore other --json | jq .states)"
same "state R*" "$(feedctl watch --since "$cursor" --states --no-follow --format '{event} {flags}')"
same '{"states":0}' "$(feedctl restore first --json | jq -c '{states}')"
sed 's/^\(item.*\)starred/\1read,starred/' first >other
feedctl dump | cmp - other

claim "what a dump says is in an order that is kept"
# Which comes first is what rules are about; the same one twice is as good as once.
feedctl rule add 'title =~ "kept zebra"' drop >/dev/null
feedctl rule add 'title =~ "zebra"' mark-read >/dev/null
feedctl rule add 'title =~ "ant"' drop >/dev/null
feedctl rule add 'title =~ "zebra"' mark-read >/dev/null
same 'title =~ "kept zebra" title =~ "zebra" title =~ "ant"' \
	"$(feedctl dump | sed -n 's/^rule\t//p' | cut -f1 | tail -n 3 | paste -sd ' ')"
feedctl dump >ordered
for rule in $(feedctl rule list --json | jq 'select(.action == "drop").id'); do
	feedctl rule remove "$rule"
done
feedctl restore ordered
feedctl dump | cmp - ordered

claim "what a dump says of an item that comes later is not for rules to change"
cat >later.xml <<'FEED'
<rss version="2.0"><channel><title>Later</title><link>https://later.example/</link>
<item><guid isPermaLink="false">k</guid><title>A kept zebra</title></item>
<item><guid isPermaLink="false">m</guid><title>An unread zebra</title></item>
<item><guid isPermaLink="false">n</guid><title>A new zebra</title></item>
</channel></rss>
FEED
{
	head -n 1 first
	printf 'item\tpush:later\t%s\t2026-01-01T00:00:00Z\t%s\n' k tag:mine m ''
} >later
feedctl restore later
feedctl add push:later >/dev/null
feedctl push later <later.xml
same "A kept zebra N A new zebra R An unread zebra N" "$(feedctl list --all --feed push:later \
	--format '{title} {flags}' | sort | paste -sd ' ')"
feedctl remove push:later

claim "an item that says no language has its feed's"
feedctl add push:lang >/dev/null
feedctl push lang <<'FEED'
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><id>l</id><title>Lang</title>
<entry><id>l1</id><title>eins</title></entry>
<entry xml:lang="fr"><id>l2</id><title>deux</title></entry></feed>
FEED
same "eins" "$(feedctl list --where 'lang = "de"' --fields title)"
same "deux fr" "$(feedctl list --feed push:lang --where 'not lang = "de"' --format '{title} {language}')"
feedctl remove push:lang

claim "a backup is a store that the stock shell finds sound"
feedctl backup copy.db
same ok "$(sqlite3 copy.db 'PRAGMA integrity_check')"
same 3 "$(sqlite3 copy.db 'SELECT count(*) FROM item')"
fails 1 feedctl backup copy.db

claim "a rule or a query that can't be read is told at the start, and by whoever lists them"
same "null" "$(feedctl rule list --json | jq .error | sort -u)"
same "null" "$(feedctl query list --json | jq .error | sort -u)"
stop
! grep -q 'does nothing' daemon.log
sqlite3 data/feedd.db "INSERT INTO rule (id, expr, actions, added_s)
	VALUES (70, 'colour = 3', 'star', 1), (71, 'title =~ \"(a?){60000}\"', 'drop', 1);
	INSERT INTO query (name, expr) VALUES ('older', 'colour = 3')"
start
same 2 "$(grep -c 'rule 7[01] does nothing' daemon.log)"
has "$(cat daemon.log)" "warning: rule 70 does nothing, for it can't be read: .*column 1.*(colour = 3)"
same "70 71" "$(feedctl rule list --json | jq 'select(.error != null).id' | paste -sd ' ')"
has "$(feedctl rule list --fields id,error | grep ^71)" "column 10: "
same "71${tab}title =~ \"(a?){60000}\"${tab}drop${tab}0" "$(feedctl rule list | tail -n 1)"
has "$(cat daemon.log)" "warning: query older does nothing, for it can't be read: .*column 1.*(colour = 3)"
same older "$(feedctl query list --json | jq -r 'select(.error != null).name')"
has "$(feedctl query list --fields name,error | grep ^older)" "column 1: "
same "older${tab}colour = 3" "$(feedctl query list | grep ^older)"
has "$(feedctl query list --format table | grep ^older)" "column 1: "
fails 2 feedctl list --feed query:older
has "$err" "column 1: "

claim "two stores that are told each other's marks have all of them, and say the same"
enter() { # STORE
	stop
	start --data-dir "$work/$1"
}
later_than() { # SECOND
	[ "$(date +%s)" -gt "$1" ]
}
for store in theirs ours; do
	enter "$store"
	feedctl add push:one >/dev/null
	feedctl push one <one.xml
done
feedctl star 2
feedctl tag mine 2
until_true later_than "$(date +%s)"
enter theirs
feedctl mark-read 2
feedctl tag theirs 2
feedctl dump >theirs.dump
enter ours
feedctl restore --newer theirs.dump
feedctl dump >ours.dump
has "$(cat ours.dump)" "^item${tab}push:one${tab}.*${tab}read,starred,tag:mine,tag:theirs$"
enter theirs
feedctl restore ours.dump
feedctl dump | cmp - ours.dump
