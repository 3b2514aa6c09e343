# What bash, fish and zsh offer, asked as they ask.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

serve
rss one.xml "One & only" a
rss two.xml "Two of a kind" b
start
feedctl add "$base/one.xml" --tag News/Linux >/dev/null
feedctl add "$base/two.xml" >/dev/null
# One is called as if it were the first, one as if it were an option, and two alike; those
# are offered by their address.
feedctl add push:number push:dashed push:elder push:younger >/dev/null
feedctl set push:number title=1
feedctl set push:dashed title=--dashed
feedctl set push:elder push:younger title="Twins of a kind"
feedctl query add mine 'unread = "yes"'
feedctl tag 'read again' 1
joined=$(printf 'joi\342\200\215ned') # U+200D
said='say "a\b" {"tag":"c"'
# odd tag|untag: those two
odd() {
	feedctl "$1" "$joined" 1
	feedctl "$1" "$said" 1
}

# Bash parts words at : = and @, too, and is asked word by word: a ~ goes on with the one
# before.
if command -v bash >/dev/null; then
	cat >ask <<'X'
eval "$(feedctl completion bash)"
compopt() { :; }
COMP_WORDS=(feedctl "${@#\~}") COMP_CWORD=$# COMP_LINE=feedctl COMP_POINT=1000
for word; do
	[[ $word == \~* ]] && COMP_LINE+=${word#\~} || COMP_LINE+=" $word"
done
_feedctl
printf '%s\n' "${COMPREPLY[@]}"
X
	# offers WORD...: what is offered for the last, which is begun
	offers() {
		bash --norc ./ask "$@" | sort | tr '\n' ' '
	}

	claim "bash: commands, options, words that are fixed"
	same "refresh " "$(offers ref)"
	same "query " "$(offers qu)"
	same "add list remove " "$(offers query '')"
	same "test " "$(offers help rule t)"
	same "--feed --fields --format --format-version --full " "$(offers list --f)"
	same "failing " "$(offers feeds --state fa)"
	same "fish " "$(offers completion f)"

	claim "bash: a command behind options and their values"
	same "list " "$(offers -n 3 --json li)"
	same "list " "$(offers --format json rule l)"

	claim "bash: feeds, by title or by address"
	same 'One\ \&\ only Two\ of\ a\ kind push:dashed push:elder push:number push:younger ' \
		"$(offers explain '')"
	same " " "$(offers explain Twins)"
	same "dashed elder number younger " "$(offers explain push '~:' '~')"
	same 'Two\ of\ a\ kind ' "$(offers explain 'Two\ of')"
	same "//127.0.0.1:$port/one.xml //127.0.0.1:$port/two.xml " \
		"$(offers remove http '~:' '~//127')"

	claim "bash: tags and saved queries, behind a colon and behind an equals sign"
	same "News/Linux " "$(offers list --tag N)"
	same "News/Linux " "$(offers list --tag '~=' '~N')"
	same 'read\ again ' "$(offers untag re)"
	odd tag
	same "$joined " "$(offers list --tag jo)"
	same 'say\ \"a\\b\"\ \{\"tag\":\"c\" ' "$(offers list --tag sa)"
	odd untag
	same "mine " "$(offers query remove '')"
	same "query:mine " "$(offers list --feed q)"
	same "mine " "$(offers list --feed query '~:')"
	same "mine " "$(offers list --feed query '~:' '~m')"
	same "mine " "$(offers list --feed '~=' '~query' '~:' '~m')"
	same 'One\ \&\ only ' "$(offers list --feed '~=' '~O')"
	same 'One\ \&\ only Two\ of\ a\ kind push:dashed push:elder push:number push:younger query:mine ' \
		"$(offers list --feed '')"

	claim "bash: what stands at that place: another feed or a setting, a tag but once, an action"
	same "tags+= tags-= tags= " "$(offers set One tag)"
	same "title= " "$(offers set One ti)"
	same 'Two\ of\ a\ kind ' "$(offers set One Tw)"
	same " " "$(offers set ta)"
	same " " "$(offers tag x re)"
	same "number " "$(offers push n)"
	same "feed_tags feeds " "$(offers stats fee)"
	same "star " "$(offers rule add 'unread = \"yes\"' st)"

	claim "bash: nothing where a value is not known, and no option of ours behind --exec"
	same " " "$(offers log --limit '')"
	same " " "$(offers explain --width '')"
	same " " "$(offers list -n '')"
	same " " "$(offers tag --match '')"
	same " " "$(offers watch --exec ls -)"
	same " " "$(offers watch --exec ls --tag '')"
	same "env " "$(offers watch --exec env | tr ' ' '\n' | grep -x env | sort -u) "

	claim "bash: files behind an @"
	mkdir -p "my dir"
	touch my.txt
	same '@my.txt @my\ dir/ ' "$(offers add --auth @ '~my')"
	same "@my.txt " "$(offers add --auth '~=@' '~my.')"
	same "@my.txt " "$(offers set One auth '~=@' '~my.')"
	same " " "$(offers add --auth my)"
	feedctl add push:at >/dev/null
	feedctl set push:at title=me@home
	same "@home " "$(offers explain me '~@' '~ho')"
	feedctl remove push:at

	claim "bash: within a quote that was opened, and behind --"
	odd='it'"'"'s "q" $(id) `id` a=b:c \d wow!x !!'
	feedctl add push:odd >/dev/null
	feedctl set push:odd title="$odd"
	# What is offered, behind what was typed, is the title to a shell.
	taken() {
		offered=$(bash --norc ./ask explain "$2")
		printf '%s\n' "printf %s $1$offered$3" >line
		same "$odd" "$(bash --norc ./line)" "$offered"
	}
	taken '' 'it\'"'" ''
	taken '"' "\"it's" '"'
	taken "'" "'it" "'"
	same "Two of a kind " "$(offers list --feed '"Two')"
	same "Two of a kind " "$(offers list --feed '~=' '~"Two')"
	same "$base/one.xml $base/two.xml " "$(offers remove "'http://1")"
	feedctl remove push:odd
	same " " "$(offers explain -- -)"
	same "dashed " "$(offers explain -- push '~:' '~d')"

	claim "bash: names of files are its own to complete and to quote"
	sed -i 's/^compopt() .*/compopt() { echo "compopt $*"; }/' ask
	same "compopt -o default" "$(bash --norc ./ask import my)"
	same "compopt -o default" "$(bash --norc ./ask list --into my)"
	same "compopt -o default" "$(bash --norc ./ask watch --exec ls my)"
fi

# The others are asked for the end of a line.  A line, what there should be
# (blanks as _), and the line as zsh completes it.
cat >lines <<X
feedctl ref|refresh|feedctl refresh 
feedctl qu|query|feedctl query 
feedctl query |add list remove|feedctl query 
feedctl help rule te|test|feedctl help rule test 
feedctl feeds --state fa|failing|feedctl feeds --state failing 
feedctl completion |bash fish zsh|feedctl completion 
feedctl -n 3 --json li|list|feedctl -n 3 --json list 
feedctl --format json rule l|list|feedctl --format json rule list 
feedctl explain |One_&_only Two_of_a_kind push:dashed push:elder push:number push:younger|feedctl explain 
feedctl explain push:y|push:younger|feedctl explain push:younger 
feedctl explain Twins||feedctl explain Twins
feedctl explain Tw|Two_of_a_kind|feedctl explain Two\\ of\\ a\\ kind 
feedctl remove $base/o|$base/one.xml|feedctl remove $base/one.xml 
feedctl list --tag |News/Linux read_again|feedctl list --tag 
feedctl untag re|read_again|feedctl untag read\\ again 
feedctl query remove |mine|feedctl query remove mine 
feedctl list --feed qu|query:mine|feedctl list --feed query:mine 
feedctl set One ti|title=|feedctl set One title=
feedctl set One Tw|Two_of_a_kind|feedctl set One Two\\ of\\ a\\ kind 
feedctl tag x re||feedctl tag x re
feedctl push nu|number|feedctl push number 
feedctl stats feed_|feed_tags|feedctl stats feed_tags 
feedctl rule add x st|star|feedctl rule add x star 
X
mkdir -p "my dir"
touch my.txt

if command -v fish >/dev/null; then
	claim "fish: likewise"
	feedctl completion fish >feedctl.fish
	fish_offers() {
		fish --no-config -c 'source feedctl.fish; complete -C $argv[1]' "$1" |
			cut -f 1 | sort | tr ' \n' '_ ' | sed 's/ $//'
	}
	while IFS='|' read -r line offered completed; do
		same "$offered" "$(fish_offers "$line")" "$line"
	done <lines
	same "--tag=News/Linux" "$(fish_offers 'feedctl list --tag=N')"
	odd tag
	same "$joined" "$(fish_offers 'feedctl list --tag jo')"
	same "$said" "$(fish_offers 'feedctl list --tag sa' | tr _ ' ')"
	odd untag
	same "@my_dir/ @my.txt" "$(fish_offers 'feedctl add --auth @my')"
	same "--auth=@my.txt" "$(fish_offers 'feedctl add --auth=@my.')"
	same "auth=@my.txt" "$(fish_offers 'feedctl set One auth=@my.')"
fi

if command -v zsh >/dev/null; then
	claim "zsh: likewise, and the line is completed"
	mkdir functions zsh
	cat >>lines <<-X
	feedctl add --auth @my.|my.txt|feedctl add --auth @my.txt 
	feedctl set One auth=@my.|my.txt|feedctl set One auth=@my.txt 
	X
	feedctl completion zsh >functions/_feedctl
	set --
	while IFS='|' read -r line offered completed; do
		set -- "$@" "$line"
	done <lines
	zsh -f "$SOURCE_DIR/tests/e2e/completion.zsh" "$work/functions" "$work/zsh" "$@" |
		tr -d '\\' >have
	cut -d '|' -f 2- lines | tr -d '\\' >want
	diff want have || die "zsh differs"
fi
stop
