# The wire: a recorded conversation, the description, an independent client.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

here=$SOURCE_DIR/tests/e2e/varlink
start
socket=$XDG_RUNTIME_DIR/feedd/feedd.sock

mask() {
	sed -E 's/"([a-z]+_at)":"20[0-9T:-]+Z"/"\1":"T"/g; s/"c[0-9a-z]+\./"cS./g'
}

# One connection an exchange: its calls at once, then its replies.
exchange() {
	sed -n 's/^> //p' "$1" | tr '\n' '\0' | socat -t 10 - "UNIX:$socket" |
		tr '\0' '\n' | mask >heard
	sed -n 's/^< //p' "$1" >wanted
	diff -u wanted heard || die "the conversation has changed"
}

claim "a recorded conversation still goes the same way"
awk -v RS= '{ print > ("exchange." NR) }' "$here/conversation.txt"
i=2 # the first paragraph tells what this is
while [ -f "exchange.$i" ]; do
	exchange "exchange.$i"
	i=$((i + 1))
done
[ $i -gt 8 ] || die "there were only $i exchanges"

claim "the example of PROTOCOL.md in Python works"
feedctl mark-unread 1
awk '/^```python/ { on = 1; next } /^```/ { on = 0 } on' "$SOURCE_DIR/common/PROTOCOL.md" >example.py
if command -v python3 >/dev/null; then
	same "1 One" "$(python3 example.py)"
fi

describe() {
	printf '{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"%s"}}\0' "$1" |
		socat -t 10 - "UNIX:$socket" | tr -d '\0' | jq -r .parameters.description
}

partial() {
	printf '%s\0' "$1" | socat -t 10 - "UNIX:$socket" | tr -d '\0' | jq -r .parameters.partial
}

claim "a watch whose client sends nothing more ends at the present, and says so"
printf '{"method":"org.feedd.Watch","more":true}\0' | socat -t 10 - "UNIX:$socket" |
	tr '\0' '\n' | tail -n 1 | mask >heard
same '{"parameters":{"items":[],"cursor":"cS.' "$(sed 's/[0-9]*"}}$//' heard)"

claim "a watch without more is told whether its page was all"
rss many.xml "Many" $(seq 1001)
feedctl add push:many >many-id
feedctl push many <www/many.xml >/dev/null
behind='"since":"1970-01-01T00:00:00Z","initial":true'
same true "$(partial "{\"method\":\"org.feedd.Watch\",\"parameters\":{$behind}}")"
same null "$(partial "{\"method\":\"org.feedd.Watch\",\"parameters\":{$behind,\"limit\":3}}")"
same true "$(partial "{\"method\":\"org.feedd.Watch\",\"parameters\":{$behind,\"events\":true,\"limit\":3}}")"
feedctl remove --purge many
same null "$(partial "{\"method\":\"org.feedd.Watch\",\"parameters\":{$behind}}")"

claim "articles that one word means are shown a page at a time, however many they are"
words=$(head -c 400000 /dev/zero | tr '\0' w)
cat >long.json <<X
{"version":"https://jsonfeed.org/version/1.1","title":"Long","items":[
{"id":"same","url":"https://long.example/","content_text":"$words"}]}
X
for n in 1 2 3 4 5; do
	feedctl add "push:long$n" >/dev/null
	feedctl push "long$n" <long.json
done
show='"method":"org.feedd.Show","parameters":{"items":["same","nosuch"]}'
printf '{%s,"more":true}\0' "$show" | socat -t 10 - "UNIX:$socket" | tr '\0' '\n' >pages
same "2 2 1 " "$(jq '.parameters.items | length' pages | tr '\n' ' ')"
same 5 "$(jq '.parameters.items[].id' pages | sort -u | wc -l)"
same "true true null " "$(jq .continues pages | tr '\n' ' ')"
same nosuch "$(jq -r '.parameters | select(.unknown).unknown[]' pages)"
same true "$(partial "{$show}")"
same 5 "$(feedctl show same --json | wc -l)"
feedctl remove --purge push:long1 push:long2 push:long3 push:long4 push:long5

claim "words that are no item make no page of Show, however many they are"
strangers=$(seq -s , 1000 1099)
pages_of() { # ITEMS: rows, continues, partial and unknown of each page
	printf '{"method":"org.feedd.Show","parameters":{"items":[%s]}%s}\0' "$1" "${2-}" |
		socat -t 10 - "UNIX:$socket" | tr '\0' '\n' |
		jq -c '[(.parameters.items | length), .continues, .parameters.partial,
			(.parameters.unknown | length)]' | paste -s -d ' '
}
same "[0,null,null,100]" "$(pages_of "$strangers" ',"more":true')"
same "[0,null,null,100]" "$(pages_of "$strangers")"
same "[1,null,null,100]" "$(pages_of "$strangers,1")"
same "[1,null,null,100]" "$(pages_of "$strangers,1" ',"more":true')"
same "[1,true,null,0] [1,null,null,200]" "$(pages_of "1,$strangers,$strangers,1" ',"more":true')"
same "[1,null,true" "$(pages_of "$strangers,1,$strangers,1" | cut -d , -f 1-3)"

claim "a refresh of nothing ends with the summary of nothing"
for nothing in '"feeds":[]' '"feeds":["nosuch","999"],"bulk":true'; do
	for more in true false; do
		printf '{"method":"org.feedd.Refresh","parameters":{%s,"wait":true},"more":%s}\0' \
			"$nothing" $more | socat -t 10 - "UNIX:$socket" | tr '\0' '\n' >answers
		same "[] 9 0" "$(jq -c '.parameters | .rows, (.summary | length, add)' answers |
			paste -s -d ' ')"
	done
done

# METHOD PARAMETERS FILE: in two parts, of which the first says it
in_parts() {
	printf '{"method":"org.feedd.%s","parameters":{%s,"text":"%s","part":true}}\0' \
		"$1" "$2" "$(head -c 12 "$3" | base64 -w 0)"
	printf '{"method":"org.feedd.%s","parameters":{"text":"%s"}}\0' \
		"$1" "$(tail -c +13 "$3" | base64 -w 0)"
}

claim "what the first part of a call says holds for all of it"
feedctl set 1 title=Mine
feedctl dump | sed 's/Mine$/Another/' >dump
in_parts Restore '"newer":true' dump | socat -t 10 - "UNIX:$socket" >/dev/null
same Mine "$(feedctl feeds --format '{title}')"
in_parts Restore '"newer":false' dump | socat -t 10 - "UNIX:$socket" >/dev/null
same Another "$(feedctl feeds --format '{title}')"
echo http://127.0.0.1:9/feed >list
in_parts Import '"wait":true' list | socat -t 10 - "UNIX:$socket" >/dev/null
same failing "$(feedctl feeds --match /feed --format '{state}')"
feedctl remove http://127.0.0.1:9/feed
feedctl set 1 title=

claim "a part that is no call at all spoils what it belongs to"
for i in 1 2 3; do
	echo "http://127.0.0.1:9/part$i" >"part$i"
done
import_part() { # FILE MORE-PARAMETERS
	printf '{"method":"org.feedd.Import","parameters":{"no_fetch":true,"text":"%s"%s}}\0' \
		"$(base64 -w 0 <"$1")" "$2"
}
for bad in '"bogus":1,"part":true' '"proxies":7,"part":true' '"part":"yes"'; do
	{
		import_part part1 ',"part":true'
		import_part part2 ",$bad"
		import_part part3 ''
	} | socat -t 10 - "UNIX:$socket" | tr '\0' '\n' >answers
	same "null org.varlink.service.InvalidParameter org.feedd.Usage" \
		"$(jq -r .error answers | tr '\n' ' ' | sed 's/ $//')"
done
{
	import_part part1 ',"part":true'
	printf '{"method":"org.feedd.MarkRead","parameters":{"items":["x"]}}\0'
	import_part part2 ''
} | socat -t 10 - "UNIX:$socket" | tr '\0' '\n' >answers
same "null org.feedd.Usage org.feedd.Usage" "$(jq -r .error answers | paste -s -d ' ')"
same 0 "$(feedctl feeds --match /part --format urls | wc -l)"
{
	import_part part1 ',"part":true'
	import_part part2 ',"bogus":1'
	import_part part3 ''
} | socat -t 10 - "UNIX:$socket" >/dev/null
same http://127.0.0.1:9/part3 "$(feedctl feeds --match /part --format urls)"
feedctl remove http://127.0.0.1:9/part3

claim "words that are gathered part by part have an end"
{
	word=$(head -c 1000000 /dev/zero | tr '\0' x)
	for _ in $(seq 140); do
		printf '{"method":"org.feedd.MarkRead","parameters":{"items":["%s"],"part":true}}\0' "$word"
	done
	printf '{"method":"org.feedd.MarkRead","parameters":{"items":["x"]}}\0'
} | socat -t 10 - "UNIX:$socket" | tr '\0' '\n' >answers
same 141 "$(wc -l <answers)"
same "null org.feedd.TooLarge" "$(jq -r .error answers | sed -n '1p;$p' | paste -s -d ' ')"

claim "of a feedd that runs still and is older feedctl says so"
older() {
	printf '%s\0' "$1" >older
	socat "UNIX-LISTEN:$work/older.sock,unlink-early" SYSTEM:"cat older; cat >/dev/null" &
	other_pid=$!
	until_true test -S older.sock
	fails 1 feedctl --socket "$work/older.sock" list
	has "$err" "older than feedctl"
}
older '{"error":"org.feedd.Usage","parameters":{"message":"fields: there is no \"flags\" in item"}}'
older '{"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"arrays"}}'

claim "replies have the members that the description promises, of its types"
cat >calls <<X
{"method":"org.feedd.Add","parameters":{"urls":["","%"],"no_fetch":true}}
{"method":"org.feedd.Add","parameters":{"urls":["http://127.0.0.1:9/a"],"no_fetch":true}}
{"method":"org.feedd.Add","parameters":{"urls":["http://127.0.0.1:9/b"]}}
{"method":"org.feedd.Import","parameters":{"no_fetch":true,"text":"$(printf 'ftp://x/\n' | base64 -w 0)"}}
{"method":"org.feedd.Push","parameters":{"name":"notes","text":"$(printf '<rss><channel><title>Notes</title><item><title>Two</title></item>' | base64 -w 0)"}}
{"method":"org.feedd.Feeds","parameters":{"feeds":["1","999"],"bulk":true}}
{"method":"org.feedd.Feeds"}
{"method":"org.feedd.Feeds","parameters":{"fields":["id","attention"]}}
{"method":"org.feedd.Refresh","parameters":{"feeds":["1","999"],"bulk":true}}
{"method":"org.feedd.Refresh","parameters":{"feeds":["1","999"],"bulk":true,"wait":true},"more":true}
{"method":"org.feedd.Pause","parameters":{"feeds":["1","999"],"bulk":true}}
{"method":"org.feedd.Resume","parameters":{"feeds":["1","999"],"bulk":true}}
{"method":"org.feedd.Revert","parameters":{"feeds":["999"],"bulk":true}}
{"method":"org.feedd.Set","parameters":{"feeds":["1","999"],"settings":["title="],"bulk":true}}
{"method":"org.feedd.Remove","parameters":{"feeds":["998","999"],"bulk":true}}
{"method":"org.feedd.Remove","parameters":{"feeds":["998","999"]}}
{"method":"org.feedd.List","parameters":{"all":true},"more":true}
{"method":"org.feedd.List","parameters":{"all":true,"full":true,"limit":1}}
{"method":"org.feedd.List","parameters":{"all":true,"fields":["id","label"],"arrays":true}}
{"method":"org.feedd.List","parameters":{"all":true,"fields":["label"]}}
{"method":"org.feedd.Count"}
{"method":"org.feedd.Show","parameters":{"items":["nosuch","1"],"diff":true}}
{"method":"org.feedd.Tag","parameters":{"name":"x","items":["1","nosuch"]}}
{"method":"org.feedd.MarkRead","parameters":{"all":true}}
{"method":"org.feedd.Undo"}
{"method":"org.feedd.Watch","parameters":{"since":"1970-01-01T00:00:00Z","initial":true,"states":true,"events":true,"follow":false},"more":true}
{"method":"org.feedd.Watch","parameters":{"since":"1970-01-01T00:00:00Z","initial":true,"fields":["title"],"follow":false},"more":true}
{"method":"org.feedd.Explain","parameters":{"feed":1}}
{"method":"org.feedd.Log"}
{"method":"org.feedd.QueryAdd","parameters":{"name":"q","expr":"read"}}
{"method":"org.feedd.QueryList"}
{"method":"org.feedd.QueryRemove","parameters":{"name":"q"}}
{"method":"org.feedd.RuleAdd","parameters":{"expr":"read","actions":["star"]}}
{"method":"org.feedd.RuleList"}
{"method":"org.feedd.RuleTest","parameters":{"expr":"unread"}}
{"method":"org.feedd.RuleApply","parameters":{"rule":1}}
{"method":"org.feedd.RuleRemove","parameters":{"rule":1}}
{"method":"org.feedd.Status"}
{"method":"org.feedd.Stats"}
{"method":"org.feedd.Export","more":true}
{"method":"org.feedd.Dump","more":true}
{"method":"org.feedd.Restore","parameters":{"text":"$(printf 'nothing\n' | base64 -w 0)"}}
X
if command -v python3 >/dev/null; then
	same "" "$(python3 "$here/described.py" "$socket" <calls)"
fi

claim "the description is what another implementation reads and speaks"
describe org.feedd >org.feedd.varlink
grep -q '^interface org.feedd$' org.feedd.varlink
command -v varlink-go-interface-generator >/dev/null && command -v go >/dev/null ||
	skip "no Go with varlink here (varlink-go, golang-github-varlink-go-dev)"
mkdir -p client/orgfeedd
cp org.feedd.varlink client/orgfeedd/
cp "$here/client.go" client/
(cd client/orgfeedd && varlink-go-interface-generator org.feedd.varlink)
(cd client && GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$work/go" GOFLAGS= \
	go build -o ../client.out client.go)
same "feedd [org.varlink.service org.feedd]
true
$(feedctl count --all)
$(feedctl list --all --format '{id} {title} [{tags}] {read}')
org.feedd.NoSuchFeed
*varlink.InvalidParameter" "$(./client.out "$socket")"
