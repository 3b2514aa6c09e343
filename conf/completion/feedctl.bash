# bash completion for feedctl; made by `feedctl completion bash`.

# The lines of $1 that begin with $2, as a shell takes them: within the quote
# that $2 opens, or else quoted here; then what stands before the last : or =
# of $2 is a word of its own to bash, and stays.
_feedctl_lines() {
	local line last quote= typed=$2 before=
	[[ $typed == [\'\"]* ]] && quote=${typed:0:1} typed=${typed:1}
	[[ $quote == \' ]] || typed=${typed//\\/}
	[[ -n $quote ]] || before=${typed%"${typed##*[:=]}"}
	COMPREPLY=()
	while IFS= read -r line; do
		[[ -n $line && $line == "$typed"* ]] || continue
		case $quote in
		\') line=${line//\'/\'\\\'\'} ;;
		\")
			line=${line//\\/\\\\} line=${line//\"/\\\"}
			line=${line//\$/\\\$} line=${line//\`/\\\`}
			# Even there it begins an event of the history, but at the end.
			last=${line##*[^!]} last=${last:+!} line=${line%"$last"}
			line=${line//!/\"\\!\"}$last ;;
		*) printf -v line %q "${line#"$before"}" ;;
		esac
		COMPREPLY+=("$line")
	done <<<"$1"
}
# Names of files are for bash, which knows how to quote them.
_feedctl_files() {
	COMPREPLY=()
	compopt -o default
}
_feedctl_ask() {
	case $1 in
	feed)
		local name='{title}'
		[[ ${2#[\'\"]} == @(http|push)* ]] && name='{url}'
		feedctl feeds --format "$name" 2>/dev/null | grep -vx '[0-9]*' | sort -u ;;
	tag) feedctl stats tags feed_tags --format '{value}' 2>/dev/null | tr ',' '\n' | sed 's/ [0-9]*$//' | sort -u ;;
	query) feedctl query list --format '{name}' 2>/dev/null ;;
	esac
}
_feedctl() {
	local cur= prev= command= word i options= kind= ended= words=()
	# bash parts words at : and =, too; here they are whole.
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((i == COMP_CWORD)) && [[ -z $word && ${COMP_LINE:0:COMP_POINT} == *[[:blank:]] ]]; then
			words+=("")
		elif ((i > 1)) && [[ $word == [:=]* || ${COMP_WORDS[i-1]} == [:=]* ]]; then
			words[-1]+=$word
		else
			words+=("$word")
		fi
	done
	cur=${words[-1]} prev=${words[-2]}
	[[ $cur == --*=* ]] && prev=${cur%%=*} cur=${cur#*=}
	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		word=${words[i]}
		[[ -z $ended && $word == -- ]] && ended=1
		[[ $word == -* ]] && continue
		case ${words[i-1]} in --title|--tag|--every|--proxy|--header|--auth|--match|--state|--limit|-n|--feed|--since|--until|--added-since|--where|--sort|--group|--cursor-file|--content-type|--socket|--format|--format-version|--fields|--into|--color|--width) continue ;; esac
		if [[ -z $command ]]; then
			command=$word
		elif [[ $command == query || $command == rule ]]; then
			command+=" $word"
		fi
	done
	case $prev in
	--feed) _feedctl_lines "$(_feedctl_ask feed "$cur"; _feedctl_ask query | sed 's/^/query:/')" "$cur"; return ;;
	--tag) _feedctl_lines "$(_feedctl_ask tag)" "$cur"; return ;;
	--cursor-file|--socket|--into) _feedctl_files; return ;;
	--sort) COMPREPLY=($(compgen -W '-date date -added added -feed feed -title title -rank rank' -- "$cur")); return ;;
	--state) COMPREPLY=($(compgen -W 'ok new failing held paused moved dead gone' -- "$cur")); return ;;
	--format) COMPREPLY=($(compgen -W 'table tsv json sfeed urls csv mbox maildir atom jsonfeed html' -- "$cur")); return ;;
	--color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
	--group) COMPREPLY=($(compgen -W 'day feed' -- "$cur")); return ;;
	--exec) COMPREPLY=($(compgen -c -- "$cur")); return ;;
	esac
	case $command in
	''|query|rule) kind=command ;;
	'add') kind= options=' --title --tag --every --proxy --header --auth --private --insecure --no-fetch --no-discover' ;;
	'remove') kind=feed options=' --purge' ;;
	'feeds') kind=feed options=' --tag --match --unread --state --limit' ;;
	'set') kind=feed options='' ;;
	'pause') kind=feed options='' ;;
	'resume') kind=feed options='' ;;
	'revert') kind=feed options='' ;;
	'list') kind= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort --no-cluster --full --group' ;;
	'count') kind= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort --no-cluster' ;;
	'show') kind= options=' --html --source --diff --mark-read' ;;
	'open') kind= options=' --mark-read' ;;
	'mark-read') kind= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort' ;;
	'mark-unread') kind= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort' ;;
	'star') kind= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort' ;;
	'unstar') kind= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort' ;;
	'tag') kind=tag options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort' ;;
	'untag') kind=tag options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort' ;;
	'undo') kind= options='' ;;
	'refresh') kind=feed options=' --all --wait --force --unconditional --yes' ;;
	'watch') kind= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort --events --states --initial --full --no-follow --cursor-file --retry --exec' ;;
	'explain') kind=feed options='' ;;
	'log') kind=feed options=' --limit' ;;
	'discover') kind= options=' --private' ;;
	'backfill') kind=feed options='' ;;
	'push') kind= options=' --content-type' ;;
	'import') kind=file options=' --wait --no-fetch --proxies' ;;
	'export') kind= options='' ;;
	'query add') kind= options='' ;;
	'query list') kind= options='' ;;
	'query remove') kind=query options='' ;;
	'rule add') kind= options='' ;;
	'rule list') kind= options='' ;;
	'rule remove') kind= options='' ;;
	'rule test') kind= options=' --limit' ;;
	'rule apply') kind= options=' --since' ;;
	'status') kind= options=' --metrics' ;;
	'stats') kind= options='' ;;
	'backup') kind=file options='' ;;
	'dump') kind= options=' --secrets' ;;
	'restore') kind=file options=' --newer' ;;
	'help') kind=command options='' ;;
	'completion') kind=shell options='' ;;
	esac
	if [[ -z $ended && $cur == -* ]]; then
		options+=' --socket --json --format --format-version --fields --into --null --raw --color --ascii --width --no-pager --help --version'
		COMPREPLY=($(compgen -W "$options" -- "$cur"))
		return
	fi
	# A family's second word, also behind `help`.
	[[ $kind == command ]] && case $prev in
	query) COMPREPLY=($(compgen -W 'add list remove' -- "$cur")); return ;;
	rule) COMPREPLY=($(compgen -W 'add list remove test apply' -- "$cur")); return ;;
	esac
	case $kind in
	command) COMPREPLY=($(compgen -W 'add remove feeds set pause resume revert list count show open mark-read mark-unread star unstar tag untag undo refresh watch explain log discover backfill push import export query rule status stats backup dump restore help completion' -- "$cur")) ;;
	feed|tag|query) _feedctl_lines "$(_feedctl_ask $kind "$cur")" "$cur" ;;
	file) _feedctl_files ;;
	shell) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$cur")) ;;
	esac
}
complete -F _feedctl feedctl
