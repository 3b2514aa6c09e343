# What may be said of a feed, and what is refused.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

rss news.xml "News" a b a
cat >www/page.html <<'X'
<html><head><link rel="alternate" type="application/rss+xml" title="The news" href="news.xml"></head></html>
X
serve
start
id=$(feedctl add "$base/news.xml" | cut -f1)

claim "the look that adds a feed counts like any other"
feedctl status --metrics >metrics
fails 2 feedctl status --metrics --json
has "$err" "metrics is a format of its own"
grep -qx "feedd_polls_total 1" metrics && grep -qx "feedd_items_new_total 2" metrics ||
	die "$(cat metrics)"
same "$(feedctl stats received_bytes | cut -f2)" \
	"$(sed -n 's/^feedd_received_bytes_total //p' metrics)"

claim "words to look for that are none are a mistake, of feeds as of items"
for command in feeds "list --all"; do
	fails 2 feedctl $command --match ''
	same " feedctl: match: no words to look for" "$out $err"
	fails 2 feedctl $command --match news --match ''
done
same "$id" "$(feedctl feeds --match news --format '{id}')"

claim "an average has two decimals"
rss lately.xml "Lately" 1 2 3 4 5 6 7 8 9 10
sed -i "s|</item>|<pubDate>$(date -Rud '10 days ago')</pubDate></item>|" www/lately.xml
lately=$(feedctl add --json "$base/lately.xml" | jq .id)
same 0.83 "$(feedctl feeds "$lately" --format '{items_per_week}')"
same 0.83 "$(feedctl explain --json "$lately" | jq .items_per_week)"

claim "a removed feed whose starred items stay gives its address up to one that is set to it"
starred=$(feedctl list --feed "$lately" --limit 1 --format '{id}')
feedctl star "$starred"
feedctl remove "$lately"
feedctl set "$id" "url=$base/lately.xml"
same "$base/lately.xml" "$(feedctl feeds "$id" --format '{url}')"
same "$base/lately.xml#$lately" "$(feedctl show "$starred" --format '{feed_url}')"
feedctl set "$id" "url=$base/news.xml"
feedctl unstar "$starred"

claim "subscribed again it has no more of what it was told before than a new one"
kept=push:kept
feedctl add "$kept" --tag Old --title Mine --every 2h >/dev/null
rss kept.xml Kept k1
feedctl push kept <www/kept.xml
feedctl star k1
feedctl remove "$kept"
same "Old" "$(feedctl show k1 --format '{feed_tags}')"
feedctl add "$kept" --tag New >/dev/null
same "Kept|New||k1" "$(feedctl feeds "$kept" --format '{title}|{tags}|{every}')|$(
	feedctl list --starred --feed "$kept" --format '{guid}')"
feedctl remove "$kept" --purge

claim "a proxy that is none is refused when it is named, not when it is used"
fails 2 feedctl set "$id" proxy=ftp://x.example
has "$err" 'socks5h://'
fails 2 feedctl set "$id" proxy=user:secret
has "$err" '^feedctl: proxy: '
printf '%s' "$err" | grep -q secret && die "the message has the secret"
for proxy in http://someone:secret@ http://:80 'http://[::1' socks5://host:99999 'http://a b:1'; do
	fails 2 feedctl set "$id" "proxy=$proxy"
	same "feedctl: proxy: it has no host, or no port, that can be read" "$err"
done
feedctl set "$id" 'proxy=http://someone:secret@[::1]:8080'
fails 2 feedctl add --no-fetch --proxy nonsense "$base/other.xml"
feedctl set "$id" proxy=socks5h://127.0.0.1:9050
same socks5h://127.0.0.1:9050 "$(feedctl feeds "$id" --format '{proxy}')"
feedctl set "$id" proxy=
same "" "$(feedctl feeds "$id" --format '{proxy}')"

claim "what is written without secrets still leads to the proxy, and takes no secret away"
feedctl set "$id" 'proxy=socks5h://someone:secret@[::1]:9050'
feedctl dump >plain.dump
grep -q secret plain.dump && die "the dump has the secret"
grep -q "	proxy	socks5h://\[::1\]:9050$" plain.dump || die "the dump has no proxy"
feedctl export >plain.opml
grep -q secret plain.opml && die "the list has the secret"
grep -qF 'proxy="socks5h://[::1]:9050"' plain.opml || die "the list has no proxy"
feedctl restore plain.dump
feedctl dump --secrets | grep -q "	proxy	socks5h://someone:secret@" ||
	die "the secret is gone"
feedctl set "$id" proxy=

claim "a line of a dump without a value is the default again, as in set, and no way past the proxy"
for key in proxy title; do
	printf 'feed\tpush:bare\t%s\t\n' $key
done | { printf 'feedd-dump 1\nfeed\tpush:bare\n' && cat; } | feedctl restore -
same "null null" "$(feedctl feeds push:bare --json | jq -r '"\(.proxy) \(.title)"')"
same "" "$(feedctl dump | grep 'push:bare.*none')"
feedctl remove push:bare

claim "a password in the address of a dump is nowhere but where secrets are asked for"
printf 'feedd-dump 1\nfeed\t%s\nitem\t%s\ta\t2026-01-01T00:00:00Z\tread\n' \
	http://u:SECRET@h.example/f http://u:SECRET@h.example/f >secret.dump
printf 'feed\tftp://u:SECRET@h.example/\n' >>secret.dump
fails 1 feedctl restore secret.dump
has "$err" '^feedctl: ftp://h.example/: '
for command in feeds "feeds --json" "explain http://h.example/f" status export dump log; do
	# shellcheck disable=SC2086
	feedctl $command
done >shown
cat err shown daemon.log | grep SECRET && die "a password"
grep -q SECRET data/subscriptions.opml && die "the list has the password"
has "$(feedctl dump --secrets)" '^feed	http://h.example/f	auth	u:SECRET$'

claim "all settings of a dump with secrets come back"
feedctl set http://h.example/f 'header=X-A: a' 'header=X-B: b' private=yes insecure=yes \
	downgrade=yes delta=on every=3h keep=forever proxy=none
feedctl pause http://h.example/f
feedctl dump --secrets >whole.dump
feedctl remove http://h.example/f
feedctl restore whole.dump
feedctl dump --secrets | cmp whole.dump -
feedctl remove http://h.example/f

claim "a paused feed that is named is refused"
feedctl pause "$id"
fails 1 feedctl refresh --wait --force "$id"
same "$id	held	it is paused" "$(printf '%s\n' "$out" | cut -f1,2,6)"
fails 1 feedctl refresh "$id"
has "$err" 'paused'
same "" "$(feedctl refresh --wait --force)"
feedctl resume "$id"

claim "discover calls a feed's type what a page calls it"
same "$base/news.xml	application/rss+xml	The news" "$(feedctl discover "$base/page.html")"
same "$base/news.xml	application/rss+xml	News" "$(feedctl discover "$base/news.xml")"

claim "a feed is held as long as its site wants it to wait, and status names the site"
printf '/news.xml\n  status 429\n  header Retry-After: 60\n' >routes
fails 1 feedctl refresh --wait --force "$id"
same "$id	held" "$(printf '%s\n' "$out" | cut -f1,2)"
same "$id	held" "$(feedctl feeds --state held | cut -f1,2)"
same "" "$(feedctl feeds --state ok)"
same "127.0.0.1" "$(feedctl status | sed -n 's/^holds	//p')"
stop

start
claim "a feed without a title is told by its address in a template, too"
feedctl add push:untitled
same "push:untitled" "$(feedctl feeds --match untitled --format '{title}')"
same "push:untitled" "$(feedctl feeds --match untitled | cut -f5)"

claim "a feed that nobody can be asked for is refused where it is named, and left out of all"
pushed=$(feedctl feeds push:untitled --format '{id}')
fails 1 feedctl refresh --wait --force push:untitled
same "$pushed	held" "$(printf '%s\n' "$out" | cut -f1,2)"
has "$out" 'feedctl push'
fails 1 feedctl refresh push:untitled
has "$err" '^feedctl: push:untitled: .*feedctl push'
same "" "$(feedctl refresh --all --wait --force --json | jq -c "select(.feed_id == $pushed)")"

claim "it stays one that is fed, whatever address it is given"
fails 1 feedctl set push:untitled url=http://x.example/feed
has "$err" '^feedctl: push:untitled .*feedctl push'
same "$pushed" "$(feedctl feeds push:untitled --format '{id}')"

claim "an address is one feed's"
feedctl add --no-fetch http://x.example/1 http://x.example/2 >two
fails 1 feedctl set - url=http://x.example/same <two
same "feedctl: one address can't be given to several feeds" "$err"
same 2 "$(feedctl feeds --match 'x.example/' | wc -l)"
first=$(head -n 1 two | cut -f1)
feedctl set "$first" http://x.example/1 url=http://x.example/3
fails 1 feedctl set "$first" url=http://x.example/2
has "$err" 'feed [0-9]* has that address'
feedctl remove http://x.example/3 http://x.example/2

claim "feeds are found and sorted by title whatever the script and the case"
feedctl add --title "Ära" push:c
feedctl add --title "литература" push:b
feedctl add --title "bar" push:a
same "push:c push:a push:b" "$(feedctl feeds --format '{url}' | grep 'push:.$' | xargs)"
same "push:b" "$(feedctl feeds --match ЛИТЕР --format '{url}')"
same "push:c" "$(feedctl explain äRA --json | jq -r .url)"
feedctl remove push:a push:b push:c

claim "one filter of feeds said twice means any of them, as for items"
feedctl add push:d push:e >/dev/null
feedctl pause push:d
same "push:d push:e" "$(feedctl feeds --match :d --match :E --format '{url}' | sort | xargs)"
same "push:d push:e" "$(feedctl feeds --state paused --state new --match :d --match :e \
	--format '{url}' | sort | xargs)"
same "push:d" "$(feedctl feeds --state paused --state dead --format '{url}')"
feedctl remove push:d push:e

claim "a title of which nothing would be seen is none"
blank=$(printf '\342\200\213 \342\200\215')
feedctl add push:blank --title "$blank"
same "push:blank" "$(feedctl feeds --match push:blank --format '{title}')"
feedctl set push:blank title=Seen
same "Seen" "$(feedctl feeds --match push:blank --format '{title}')"
feedctl export | sed "s/Seen/$blank/g" >blank.opml
feedctl set push:blank "title=$blank"
same "push:blank" "$(feedctl feeds --match push:blank --format '{title}')"
feedctl remove push:blank
feedctl import --no-fetch blank.opml >/dev/null
same "push:blank" "$(feedctl feeds --match push:blank --format '{title}')"
feedctl remove push:blank

claim "blanks around a feed's tag are none of it, wherever it is said"
feedctl add push:tagged --tag ' a b ' >/dev/null
feedctl set push:tagged 'tags+= c ' 'tags+=d'
same '["a b","c","d"]' "$(feedctl feeds push:tagged --json | jq -c .tags)"
feedctl set push:tagged 'tags-= d' 'tags-=c'
same '["a b"]' "$(feedctl feeds push:tagged --json | jq -c .tags)"
fails 2 feedctl set push:tagged 'tags+=  '
has "$err" 'a tag is text .* of 1 to 256 bytes'
feedctl set push:tagged 'tags= e , f '
same '["e","f"]' "$(feedctl feeds push:tagged --json | jq -c .tags)"
feedctl remove push:tagged
echo 'push:tagged " g, h "' >urls
feedctl import urls >/dev/null
same '["g h"]' "$(feedctl feeds push:tagged --json | jq -c .tags)"
feedctl remove push:tagged

claim "a feed is named by its whole title, with a = in it, too"
feedctl add push:tagged --title "lang=en news" >/dev/null
feedctl set "lang=en news" every=2h
feedctl set push:tagged tags=x
same "7200 x" "$(feedctl feeds push:tagged --format '{every} {tags}')"
fails 2 feedctl set push:tagged lang=en
has "$err" '^feedctl: lang is no setting of a feed; there are title '
fails 2 feedctl set lang=en
has "$err" 'key=value is missing'
fails 1 feedctl set lang=de every=2h
has "$err" 'no feed is called lang=de'
fails 2 feedctl set tags-=x
has "$err" 'FEED is missing'
feedctl remove push:tagged

claim "any number is an id, not a part of a title"
feedctl add push:top --title "Top 100000000000000000000"
for number in 0 100000000000000000000; do
	fails 1 feedctl remove $number
	same "feedctl: there is no feed $number" "$err"
done
feedctl remove push:top

claim "of feeds from a pipe those that are not known are named, the others are done"
feedctl add push:other
printf '%s\n' push:untitled 4711 push:none push:other >names
fails 1 feedctl pause - <names
same "feedctl: there is no feed 4711
feedctl: no feed is called push:none" "$err"
same 2 "$(feedctl feeds --state paused --match push: | wc -l)"
fails 1 feedctl feeds --format '{url}' - <names
same "push:other push:untitled" "$(echo "$out" | sort | xargs)"
same "feedctl: there is no feed 4711
feedctl: no feed is called push:none" "$err"
echo push:none >names.none
fails 1 feedctl feeds - <names.none
same "" "$out"
fails 1 feedctl resume push:untitled push:none
same 2 "$(feedctl feeds --state paused --match push: | wc -l)" "named in the line: nothing is done"
fails 1 feedctl remove - <names
same "" "$(feedctl feeds --match push:)"
feedctl add push:untitled

claim "explain has a feed's fields, too, and names them where a field is none"
same "push:untitled id" "$(feedctl explain push:untitled --format '{url} {id_policy}')"
fails 2 feedctl explain push:untitled --fields nosuch
fails 2 feedctl explain push:untitled --fields nosuch --format csv
same "key,value url,push:untitled id,$(feedctl explain push:untitled --fields id | cut -f2)" \
	"$(feedctl explain push:untitled --fields url,id --format csv | tr -d '\r' | paste -s -d ' ')"
has "$err" 'there are: id url title .* effective_url etag .* recent$'
fails 2 feedctl explain push:untitled --fields titel
has "$err" 'did you mean title?'

claim "explain tells how a feed's items are told apart, and why"
same "id null" "$(feedctl explain push:untitled --json | jq -r '"\(.id_policy) \(.id_policy_why)"')"
for n in 1 2 3; do
	printf '<item><guid>same</guid><title>%s</title><link>https://e.org/%s</link></item>' $n $n
done | { echo '<rss version="2.0"><channel>' && cat && echo '</channel></rss>'; } |
	feedctl push untitled
same 3 "$(feedctl count --feed push:untitled)"
same "id+link" "$(feedctl explain push:untitled --json | jq -r .id_policy)"
has "$(feedctl explain push:untitled)" '^id_policy_why	.*shared an id'
stop

claim "a setting that is none ends feedd with 78"
fails 78 feedd --data-dir "$work/data" --set poll.interval=soon
fails 78 feedd --data-dir "$work/data" --config nosuch.conf
fails 64 feedd --data-dir "$work/data" --nonsense
