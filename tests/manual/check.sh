#!/bin/sh
# Hold the manual against the tables in the code.
#
# usage: check.sh MANUAL_PROGRAM SOURCE_DIR [--update]
#
# Between '.\" begin NAME' and '.\" end NAME' a page holds what the program
# prints for NAME; --update writes it there.
set -eu
program=$1 source=$2 update=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# block PAGE NAME
block() {
	page=$source/$1
	"$program" "$2" >"$work/want"
	[ -s "$work/want" ] || { echo "$program $2 prints nothing"; exit 1; }
	if [ -n "$update" ]; then
		awk -v name="$2" -v want="$work/want" '
			$0 == ".\\\" end " name { inside = 0 }
			!inside { print }
			$0 == ".\\\" begin " name {
				inside = 1
				while ((getline line < want) > 0) print line
			}' "$page" >"$work/page"
		cat "$work/page" >"$page"
	fi
	sed -n "/^\\.\\\\\" begin $2\$/,/^\\.\\\\\" end $2\$/p" "$page" | sed '1d;$d' >"$work/have"
	diff -u "$work/have" "$work/want" || {
		echo "$1 differs from the table; write it anew with: $0 $program $source --update"
		status=1
	}
}

block daemon/feedd.conf.5 settings
block ctl/feedctl.1 commands
block ctl/feedctl.1 fields
block ctl/feedctl.1 events
block daemon/feedd-query.7 attributes

# Each event happens somewhere, and none that the table does not have.
sed -n 's/^EVENT([A-Z0-9_]*, *"\([^"]*\)".*/\1/p' "$source/daemon/event.def" | sort >"$work/want"
find "$source/daemon" -name '*.c' -exec cat {} + >"$work/code"
while read -r event; do
	grep -qF "\"$event\"" "$work/code" || {
		echo "daemon/event.def: $event never happens"
		status=1
	}
done <"$work/want"
grep -oE '"feed\.[a-z-]+"' "$work/code" | tr -d '"' | sort -u | comm -23 - "$work/want" >"$work/have"
[ ! -s "$work/have" ] || {
	echo "not in daemon/event.def: $(cat "$work/have")"
	status=1
}

"$program" sample >"$work/want"
[ -n "$update" ] && cat "$work/want" >"$source/conf/feedd.conf"
diff -u "$source/conf/feedd.conf" "$work/want" || status=1

if command -v mandoc >/dev/null 2>&1; then
	for page in "$source"/daemon/*.[578] "$source"/ctl/*.1; do
		# That a page beside it is not installed yet is no fault of it.
		mandoc -Tlint -Wwarning "$page" >"$work/lint" 2>&1 || {
			cat "$work/lint"
			status=1
		}
	done
else
	echo "no mandoc: the pages were not read by it"
fi
exit $status
