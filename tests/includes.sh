#!/bin/sh
# The house's walls, checked: who may include what.
#
# usage: includes.sh SOURCE_DIR
#
# A lower layer never includes a higher one; inside a layer the only way
# sideways is store -> feed/feed.h (and what that header itself includes).
# Each foreign library has its rooms.
set -u
cd "${1:?usage: includes.sh SOURCE_DIR}" || exit 2

list=$(find common daemon ctl -name '*.[ch]' -o -path 'common/*.def' -name '*.def' | sort)
[ -n "$list" ] || { echo "no sources found" >&2; exit 2; }

# shellcheck disable=SC2086
awk '
function layer(path) {
	if (path ~ /^common\//) return "common"
	if (path ~ /^ctl\//) return "ctl"
	if (path ~ /^daemon\/url/) return "url"
	if (path ~ /^daemon\/feed\//) return "feed"
	if (path ~ /^daemon\/fetch\//) return "fetch"
	if (path ~ /^daemon\/store\//) return "store"
	if (path ~ /^daemon\/policy/) return "policy"
	if (path ~ /^daemon\/hub\./) return "hub"
	if (path ~ /^daemon\/worker\//) return "worker"
	if (path ~ /^daemon\/(conf|metric|event)/) return "conf"
	if (path ~ /^daemon\/refresh/) return "refresh"
	if (path ~ /^daemon\/control\//) return "control"
	if (path ~ /^daemon\//) return "main"
	return ""
}
function bad(why) {
	printf "%s:%d: %s: %s\n", FILENAME, FNR, $2, why
	failures++
}
BEGIN {
	split("common:0 ctl:9 url:1 feed:2 fetch:2 store:2 policy:2 hub:2 worker:3 conf:3 refresh:4 control:5 main:6", pairs, " ")
	for (i in pairs) { split(pairs[i], p, ":"); rank[p[1]] = p[2] + 0 }
	# library header -> the only rooms that may include it
	room["curl/"] = "^daemon/(fetch/|url|main)"
	room["gumbo.h"] = "^(common/html|daemon/feed/discover)"
	room["sqlite3.h"] = "^daemon/(store/|main)"
	room["expat.h"] = "^daemon/(feed/|main)"
	room["yajl/"] = "^common/json"
	room["uv.h"] = "^daemon/(fetch/|worker/|control/|refresh|store/(queue|pool)|main)"
	room["jansson.h"] = "^(common/(wire|varlink)|daemon/control/|ctl/)"
	room["libpsl.h"] = "^daemon/fetch/"
	room["uchardet/"] = "^daemon/feed/charset"
	room["zlib.h"] = "^daemon/fetch/coding"
	room["brotli/"] = "^daemon/fetch/coding"
	room["zstd.h"] = "^daemon/store/"
	room["ini.h"] = "^daemon/conf\\."
}
/^[ \t]*#[ \t]*include/ {
	seen++
	name = $0
	sub(/^[ \t]*#[ \t]*include[ \t]*[<"]/, "", name)
	sub(/[>"].*$/, "", name)
	for (lib in room)
		if (index(name, lib) == 1 && FILENAME !~ room[lib])
			bad("only " room[lib] " may include it")
	to = layer(name)
	if (to == "")
		next
	from = layer(FILENAME)
	if (from == "ctl") {
		if (to != "common" && to != "ctl")
			bad("feedctl knows common/ only")
		next
	}
	if (to == "ctl")
		bad("nobody includes feedctl")
	else if (rank[to] > rank[from])
		bad(from " is below " to)
	else if (rank[to] == rank[from] && to != from &&
		 !(from == "store" && (name == "daemon/feed/feed.h" || name == "daemon/feed/document.h" ||
		   name == "daemon/feed/opml.h")) && !(from == "conf" || to == "conf"))
		bad("sideways from " from " to " to)
	else if (to == "conf" && rank[from] < rank["refresh"] && from != "conf")
		bad("settings are known to main, refresh and control only")
	if (name == "common/clock.h" && (from == "feed" || from == "policy" || from == "url" || from == "hub"))
		bad("a pure layer reads no clock")
	if (name == "common/log.h" && (from == "feed" || from == "policy" || from == "url" || from == "hub" || from == "store"))
		bad("a pure layer does not log")
}
END {
	if (seen == 0) { print "no includes seen"; exit 2 }
	printf "%d includes, %d against the rules\n", seen, failures
	exit failures > 0
}' $list
