#!/bin/sh
# What `feedd --parse` makes of each document here, against the .want beside it.
#
# usage: snapshots.sh FEEDD DIRECTORY [--update]
#
# NAME.args, where there is one, holds more arguments, one a line.  A .want is
# the answer with a member a line; of a refusal it is the sentence.
set -u
feedd=$1
cd "$2" || exit 1
update=${3:-}
failed=0
count=0
got=$(mktemp) || exit 1
trap 'rm -f "$got"' EXIT

answer() {
	set -- "$1" --base https://example.org/blog/feed.xml
	if [ -f "$1.args" ]; then
		while IFS= read -r word; do
			set -- "$@" "$word"
		done <"$1.args"
	fi
	file=$1
	shift
	if "$feedd" --parse "$@" "$file" >"$got.out" 2>"$got.err"; then
		sed 's/,"/,\n"/g' "$got.out"
	else
		echo "exit $?"
		cat "$got.err"
	fi
	rm -f "$got.out" "$got.err"
}

for file in *.xml *.json; do
	[ -f "$file" ] || continue
	count=$((count + 1))
	answer "$file" >"$got"
	if [ -n "$update" ]; then
		cp "$got" "$file.want"
	elif ! diff -u "$file.want" "$got"; then
		failed=$((failed + 1))
	fi
done
echo "$count documents, $failed differ"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
