# What scripts lean on in pipes: fields, templates, what is named how.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

rss news.xml "News" a b c
serve
start
id=$(feedctl add "$base/news.xml" | cut -f1)

claim "double braces stand for themselves, whatever is between them"
same "{x} News {guid}" "$(feedctl list -n 1 --format '{{x}} {feed_title} {{guid}}')"

claim "the first field of a line is behind the blanks it begins with"
printf '   %s 1 x\n\t%s\n   \n' $(feedctl list --format '{id}' | head -n 2) | feedctl mark-read -
same 1 "$(feedctl count)"
feedctl undo
same 3 "$(feedctl count)"

claim "-0 ends each record of csv, too; without it RFC 4180 has the word"
same "id@$(feedctl list -n 1 --format "{id}")@" "$(feedctl list --feed "$id" -n 1 -0 --format csv --fields id | tr '\0' '@')"
same 2 "$(feedctl list -n 1 --format csv | grep -c "$(printf '\r')\$")"

claim "flags are a field in json, too"
same '{"flags":"N"}' "$(feedctl list -n 1 --json --fields flags)"

claim "each feed has a file of its own, whatever it is called"
rss twin.xml "News" x y
twin=$(feedctl add "$base/twin.xml" | cut -f1)
feedctl list --format sfeed --into files
feedctl list --format sfeed --into files
same "News
News $twin" "$(ls files)"
same 3 "$(wc -l <files/News)"
same 2 "$(wc -l <"files/News $twin")"
feedctl watch --initial --since 1h --no-follow --format sfeed --into followed
same 2 "$(ls followed | wc -l)"

stop
