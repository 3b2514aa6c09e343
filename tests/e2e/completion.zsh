# What zsh offers at the end of each LINE, in the order of the alphabet, and the
# line as it is afterwards: a zsh of its own in a pseudo-terminal has compadd
# write down what it is given.
#
# usage: zsh -f completion.zsh FUNCTIONS-DIR WORK-DIR LINE...
zmodload zsh/zpty
functions_dir=$1 work=$2
shift 2
cat >$work/rc <<'X'
compadd() {
	local -a offered
	local flags=${(j: :)@[1,(i)(-|--)]}

	# Only asked what would fit, or told to sort it into arrays: none of ours.
	if [[ $flags == *-[a-zA-Z]#[OAD]* ]]; then
		builtin compadd "$@"
		return
	fi
	builtin compadd -A offered "$@"
	all+=($offered)
	builtin compadd "$@"
}
ask() {
	typeset -ga all=()
	zle complete-word
	all=(${(on)all// /_})
	print -r -- "$all|$BUFFER" >$work/offered
	BUFFER=
	: >$work/answered
}
zle -N ask
bindkey '^X' ask
: >$work/ready
X

# wait_for FILE: with the terminal read meanwhile, so that it never fills
wait_for() {
	local junk
	repeat 1200; do
		[[ -e $1 ]] && return
		zpty -r -t inner junk || sleep 0.05
	done
	print "zsh does not answer"
	exit 1
}

zpty -b inner zsh -f -i
zpty -w inner "PS1= PS2= PATH=${(q)PATH} work=${(q)work}; fpath=(${(q)functions_dir} \$fpath)"
zpty -w inner "autoload -U compinit; compinit -u -D; source ${(q)work}/rc"
wait_for $work/ready
for line in "$@"; do
	rm -f $work/answered
	zpty -w -n inner "$line"$'\x18'
	wait_for $work/answered
	cat $work/offered
done
zpty -d inner
