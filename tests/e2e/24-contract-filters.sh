# Filters and what they mean together.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

rss news.xml "News" apple banana cherry
rss other.xml "Other" date elder
serve
start
feedctl add "$base/news.xml" "$base/other.xml" --tag t >/dev/null
until_true sh -c 'test "$(feedctl status --json | jq .index_lag)" -eq 0'
guids() {
	feedctl list --all --format '{guid}' "$@" | sort | tr '\n' ' '
}

claim "one option repeated: any of them"
same "apple banana cherry date elder " "$(guids --feed News --feed Other)"
same "apple elder " "$(guids --where 'guid = "apple"' --where 'guid = "elder"')"
same "apple banana date " "$(guids --where 'guid = "apple"' --where 'guid = "date"' --where 'guid = "banana" and starred = "no"')"
same "banana elder " "$(guids --match banana --match 'item elder')"

claim "different options: all of them"
same "" "$(guids --feed News --where 'guid = "elder"')"
same "elder " "$(guids --feed Other --tag t --where 'guid = "elder"' --match elder)"
same "elder " "$(guids --feed Other --where 'guid = "apple"' --where 'guid = "elder"')"

claim "a change by filter that changes nothing leaves what undo takes back"
feedctl mark-read --feed Other
feedctl mark-read --feed Other
same 3 "$(feedctl count)"
feedctl undo
same 5 "$(feedctl count)"
stop
