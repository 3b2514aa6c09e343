# What Tab makes of a line in a bash that runs in a terminal: it is readline that says
# which part of a word an offer takes the place of.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

command -v tmux >/dev/null || skip "no tmux here"
command -v bash >/dev/null || skip "no bash here"

start
feedctl add --no-fetch http://127.0.0.1:1/@Gardener >/dev/null
feedctl add push:home push:mail push:odd push:colon push:equals push:both >/dev/null
feedctl set push:home title=me@home
feedctl set push:mail title="to: me@home b"
feedctl set push:odd title="d@@d"
feedctl set push:colon title="a:b colon"
feedctl set push:equals title==eqfirst
feedctl set push:both title="c:d:e f@g"
feedctl set push:home tags=x@y
feedctl query add mine 'unread = "yes"'
feedctl completion bash >completion
mkdir on zdir
touch auth hdr ztest on/one

# C-o writes the line as it stands, and empties it.
cat >rc <<'X'
. ./completion
PS1=
answer() {
	printf '%s\n' "$READLINE_LINE" >line
	READLINE_LINE=
	mv line answered
}
bind -x '"\C-o": answer'
: >ready
X

terminal() {
	env -u TMUX tmux -S "$work/tmux" -f /dev/null "$@"
}

# shell SETTING: a bash with that setting, and what it is asked in
shell() {
	rm -f ready
	{ printf '%s\n' "$1" && cat rc; } >set
	terminal new-session -d -s bash -x 160 -y 24 "bash --noprofile --rcfile set -i"
	until_true test -e ready
}

# becomes LINE TYPED: what Tab makes of it
becomes() {
	rm -f answered
	terminal send-keys -t bash -l -- "$2"
	terminal send-keys -t bash Tab C-o
	until_true test -e answered
	same "$1" "$(sed 's/ $//' answered)" "$2"
}

terminal new-session -d -s keep -x 10 -y 10 'sleep 200'
for setting in : 'shopt -u hostcomplete' 'COMP_WORDBREAKS=${COMP_WORDBREAKS//[@:]}'; do
	claim "the @ that was typed stays: $setting"
	shell "$setting"
	becomes "feedctl add --auth @auth" "feedctl add --auth @au"
	becomes "feedctl add --auth=@auth" "feedctl add --auth=@au"
	becomes "feedctl add --proxy @ztest" "feedctl add --proxy @zte"
	becomes "feedctl set 1 header=@hdr" "feedctl set 1 header=@hd"
	becomes "feedctl set 1 ca=@on/one" "feedctl set 1 ca=@on/o"
	becomes "feedctl set 1 ca=@zdir/" "feedctl set 1 ca=@zd"
	becomes "feedctl explain http://127.0.0.1:1/@Gardener" \
		"feedctl explain http://127.0.0.1:1/@Ga"
	becomes "feedctl explain me@home" "feedctl explain me@h"
	becomes 'feedctl explain to:\ me@home\ b' 'feedctl explain to:\ me@h'
	becomes "feedctl explain d@@d" "feedctl explain d@"
	becomes "feedctl explain d@@d" "feedctl explain d@@"
	becomes "feedctl list --tag x@y" "feedctl list --tag x@"
	becomes "feedctl list --tag=x@y" "feedctl list --tag=x@"
	becomes "feedctl list --feed query:mine" "feedctl list --feed query:m"
	becomes 'feedctl explain "me@home"' 'feedctl explain "me@h'
	terminal kill-session -t bash
done
for setting in : 'shopt -u hostcomplete' 'COMP_WORDBREAKS=${COMP_WORDBREAKS//[@:]}'; do
	claim "what a backslash quotes parts no word: $setting"
	shell "$setting"
	becomes 'feedctl explain a:b\ colon' 'feedctl explain a:b'
	becomes 'feedctl explain a:b\ colon' 'feedctl explain a\:b'
	becomes 'feedctl explain =eqfirst' 'feedctl explain =e'
	becomes 'feedctl explain =eqfirst' 'feedctl explain \=e'
	becomes 'feedctl list --feed==eqfirst' 'feedctl list --feed==e'
	becomes 'feedctl list --feed==eqfirst' 'feedctl list --feed=\=e'
	becomes 'feedctl list --feed a:b\ colon' 'feedctl list --feed a\:'
	becomes 'feedctl list --feed=a:b\ colon' 'feedctl list --feed=a\:'
	becomes 'feedctl explain me@home' 'feedctl explain me\@h'
	becomes 'feedctl explain c:d:e\ f@g' 'feedctl explain c:d:e\ f@'
	becomes 'feedctl explain c:d:e\ f@g' 'feedctl explain c\:d\:e\ f\@'
	case $setting in
	*:\]*) ;; # nothing is parted there
	*) becomes 'feedctl explain c\:d:e\ f@g' 'feedctl explain c\:d:e' ;;
	esac
	becomes 'feedctl explain c:d:e\ f@g' 'feedctl explain c:d\:e'
	terminal kill-session -t bash
done
terminal kill-server
stop
