# Ctrl-C in a terminal while feedctl waits: it ends at once and says what is so,
# that feedd goes on; before feedd has been told all it says no such thing.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

command -v tmux >/dev/null || skip "no tmux here"

serve
rss news.xml "News" a
printf '/silent*\n\tsilent\n' >routes
start
feedctl add "$base/news.xml" >/dev/null
silent=$(feedctl add --no-fetch "$base/silent.xml" | cut -f1)
echo "$base/silent-list.xml" >list

# The shell stays when feedctl is ended.
cat >screen <<'X'
trap : INT
"$@"
echo "ended with $?" >done
sleep 60
X

terminal() {
	env -u TMUX tmux -S "$work/tmux" -f /dev/null "$@"
}
terminal new-session -d -s keep -x 10 -y 10 'sleep 200'

# in_terminal COMMAND...: begins it in a terminal of 80 columns
in_terminal() {
	rm -f done
	terminal new-session -d -s look -x 80 -y 24 "TERM=screen sh screen $*"
}

# interrupted: Ctrl-C, and what then stands in the terminal
interrupted() {
	terminal send-keys -t look C-c
	until_true test -e done
	terminal capture-pane -p -t look >picture
	terminal kill-session -t look
	same "ended with 130" "$(cat done)"
}

in_flight() {
	test "$(feedctl status --json | jq .in_flight)" -eq "$1"
}

claim "refresh --wait: rows are shown as feeds end, and feedd goes on"
rss news.xml "News" a b
in_terminal feedctl refresh --wait --force "$silent" "$base/news.xml"
until_true sh -c "env -u TMUX tmux -S '$work/tmux' capture-pane -p -t look | grep -q '^new  *1  *0  *News'"
in_flight 1 || die "it is over"
interrupted
grep -qx 'feedctl: feedd goes on with it' picture || die "not said: $(cat picture)"
in_flight 1 || die "feedd has stopped"

claim "import --wait: likewise"
in_terminal feedctl import --wait list
until_true in_flight 2
interrupted
grep -qx 'feedctl: feedd goes on with it' picture || die "not said: $(cat picture)"
in_flight 2 || die "feedd has stopped"

claim "a list that is being typed is nothing to go on with"
in_terminal feedctl import --wait -
until_true sh -c 'feedctl status --metrics | grep -qx "feedd_clients 2"'
interrupted
grep -q 'goes on' picture && die "said, though nothing was sent"
same 3 "$(feedctl feeds | wc -l)"
terminal kill-server
crash
