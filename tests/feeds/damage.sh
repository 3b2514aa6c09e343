#!/bin/sh
# Damage between items changes none of them: they must come out as they do of the
# document that is whole.
#
# usage: damage.sh FEEDD DIRECTORY
set -u
feedd=$1
cd "$2" || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" # snapshots.sh looks for them
failed=0
count=0

items() {
	"$feedd" --parse --raw --base https://example.org/blog/feed.xml "$1" 2>&1 |
		sed 's/^.*,"items":/"items":/'
}

# A kind of damage a line, as printf writes it.
cat >"$scratch/kinds" <<'END'
AT&T
1 < 2 <3
&nbsp;&hellip;
&bogus;
&#0;&#xFFFF;
\001\033[2J
\377\303
<b>bold
</b>
<br>
<x:y>z</x:y>
<x:y a=b/>
<x:y a="1" a="2">
<image><url>u
]]>
<![CDATA[
<!-- -- -->
<!--
<?php echo 1 ?>
<?xml version="1.0"?>
<!DOCTYPE html>
{"error":"none"}
<script>if (a<b && c>d) {}</script>
</rss></feed></rdf:RDF>
</item></entry>
END

for file in atom10-everything atom03-modes rss20-everything rss10-rdf; do
	items $file.xml >"$scratch/want"
	grep -q '^"items":\[{' "$scratch/want" || failed=$((failed + 1))
	begin=$(grep -n -m 1 -E '<(item|entry)[ >]' $file.xml | cut -d: -f1)
	end=$(grep -n -E '</(item|entry)>' $file.xml | tail -n 1 | cut -d: -f1)
	while IFS= read -r kind; do
		for line in $((begin - 1)) "$end"; do
			count=$((count + 1))
			# A sanitizer takes a quarter of a second for each: a sample.
			[ -z "${FEEDD_SANITIZED:-}" ] || [ $((count % 5)) -eq 0 ] || continue
			{
				head -n "$line" $file.xml
				printf "$kind\\n"
				tail -n +"$((line + 1))" $file.xml
			} >"$scratch/damaged.xml"
			items "$scratch/damaged.xml" >"$scratch/got"
			cmp -s "$scratch/want" "$scratch/got" && continue
			failed=$((failed + 1))
			echo "$file.xml with $kind behind line $line:"
			sed 's/,"/,\n"/g' "$scratch/want" >"$scratch/want.lines"
			sed 's/,"/,\n"/g' "$scratch/got" | diff "$scratch/want.lines" - | head -n 12
		done
	done <"$scratch/kinds"
done
echo "$count damaged documents, $failed with other items"
[ $failed -eq 0 ]
