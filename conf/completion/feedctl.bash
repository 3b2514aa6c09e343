# bash completion for feedctl; made by `feedctl completion bash`.

# The lines of $1 that begin with $2, as a shell takes them: within the quote
# that $2 opens, or else quoted here; then what stands before the last : = or
# @ of $2 is a word of its own to bash, and stays.  An @ itself does not, where
# it may begin the name of a host.
_feedctl_lines() {
	local line last quote= typed=$2 before= breaks=${COMP_WORDBREAKS//[^:=@]}
	[[ $typed == [\'\"]* ]] && quote=${typed:0:1} typed=${typed:1}
	# A character behind a backslash parts nothing.
	if [[ -z $quote && -n $breaks ]]; then
		before=${typed//\\?/..}
		before=${before%"${before##*[$breaks]}"}
		before=${typed:0:${#before}}
	fi
	[[ $quote == \' ]] || typed=${typed//\\/} before=${before//\\/}
	shopt -q hostcomplete && before=${before%@}
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
	# Something goes on behind it.
	[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/] ]] && compopt -o nospace
}
# Names of files are for bash, which knows how to quote them.
_feedctl_files() {
	COMPREPLY=()
	compopt -o default
}
# Files behind the @ of $1.
_feedctl_at_files() {
	local file typed=${1#[\'\"]}
	typed=${typed//\\/}
	[[ $typed == *@* ]] || return
	_feedctl_lines "$(compgen -f -- "${typed#*@}" | while IFS= read -r file; do
		[[ -d $file ]] && file+=/
		printf '%s\n' "${typed%%@*}@$file"
	done)" "$1"
}
_feedctl_ask() {
	case $1 in
	feed)
		if [[ ${2#[\'\"]} == @(http|push)* ]]; then
			feedctl feeds --format '{url}' 2>/dev/null
		else
			feedctl feeds --format '{title}\t{url}' 2>/dev/null | awk -F '\t' '{ title[NR] = $1; url[NR] = $2; have[$1]++ } END { for (i = 1; i <= NR; i++) print (have[title[i]] > 1 || title[i] !~ /[^0-9]/ || title[i] ~ /^-/ ? url[i] : title[i]) }'
		fi ;;
	tag) feedctl stats tags feed_tags --json 2>/dev/null | tr ',' '\n' | sed -n 's/^.*{"tag":"\(.*\)"$/\1/p' | sed 's/[\]\(.\)/\1/g' | sort -u ;;
	query) feedctl query list --format '{name}' 2>/dev/null ;;
	push) feedctl feeds --match push: --format '{url}' 2>/dev/null | sed -n 's/^push://p' ;;
	stat) feedctl stats --format '{key}' 2>/dev/null ;;
	setting) _feedctl_ask feed "$2"; printf '%s\n' title= url= every= keep= proxy= header= auth= private= insecure= downgrade= delta= ca= cert= key= tags= tags+= tags-= ;;
	esac
}
_feedctl() {
	local cur= prev= command= word i options= kind= rest= ended= words=(feedctl)
	local -i place=0
	# bash parts words at : = and @, too; here they are whole.
	local line=${COMP_LINE#*"${COMP_WORDS[0]}"}
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((i == 1)) || [[ $line == [[:space:]]* ]]; then
			line=${line#"${line%%[![:space:]]*}"}
			words+=("$word")
		else
			words[-1]+=$word
		fi
		line=${line#"$word"}
	done
	cur=${words[-1]} prev=${words[-2]}
	[[ $cur == --*=* ]] && prev=${cur%%=*} cur=${cur#*=}
	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		word=${words[i]}
		[[ -z $ended && $word == -- ]] && ended=1
		if [[ -z $ended && $word == --exec ]]; then
			# The rest of the line is another command's.
			if ((i < ${#words[@]} - 2)); then _feedctl_files; else
				COMPREPLY=($(compgen -c -- "$cur"))
			fi
			return
		fi
		[[ $word == -* ]] && continue
		case ${words[i-1]} in --title|--tag|--every|--proxy|--header|--auth|--match|--state|--limit|-n|--feed|--since|--until|--added-since|--where|--sort|--group|--cursor-file|--content-type|--socket|--format|--format-version|--fields|--into|--color|--width) continue ;; esac
		if [[ -z $command ]]; then
			command=$word
		elif [[ $command == query || $command == rule ]]; then
			command+=" $word"
		else
			place+=1
		fi
	done
	case $prev in
	--feed) _feedctl_lines "$(_feedctl_ask feed "$cur"; _feedctl_ask query | sed 's/^/query:/')" "$cur"; return ;;
	--tag) _feedctl_lines "$(_feedctl_ask tag)" "$cur"; return ;;
	--cursor-file|--socket|--into) _feedctl_files; return ;;
	--proxy|--header|--auth) _feedctl_at_files "$cur"; return ;;
	--sort) COMPREPLY=($(compgen -W '-date date -added added -feed feed -title title -rank rank' -- "$cur")); return ;;
	--state) COMPREPLY=($(compgen -W 'ok new failing held paused moved dead gone' -- "$cur")); return ;;
	--format) COMPREPLY=($(compgen -W 'table tsv json sfeed urls csv mbox maildir atom jsonfeed html' -- "$cur")); return ;;
	--color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
	--group) COMPREPLY=($(compgen -W 'day feed' -- "$cur")); return ;;
	--title|--tag|--every|--proxy|--header|--auth|--match|--state|--limit|-n|--feed|--since|--until|--added-since|--where|--sort|--group|--cursor-file|--content-type|--socket|--format|--format-version|--fields|--into|--color|--width) return ;;
	esac
	case $command in
	''|query|rule) kind=command ;;
	'add') kind= rest= options=' --title --tag --every --proxy --header --auth --private --insecure --no-fetch --no-discover' ;;
	'remove') kind=feed rest=feed options=' --purge' ;;
	'feeds') kind=feed rest=feed options=' --tag --match --unread --state --limit' ;;
	'set') kind=feed rest=setting options='' ;;
	'pause') kind=feed rest=feed options='' ;;
	'resume') kind=feed rest=feed options='' ;;
	'revert') kind=feed rest=feed options='' ;;
	'list') kind= rest= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort --no-cluster --full --group' ;;
	'count') kind= rest= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort --no-cluster' ;;
	'show') kind= rest= options=' --html --source --diff --mark-read' ;;
	'open') kind= rest= options=' --mark-read' ;;
	'mark-read') kind= rest= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort' ;;
	'mark-unread') kind= rest= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort' ;;
	'star') kind= rest= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort' ;;
	'unstar') kind= rest= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort' ;;
	'tag') kind=tag rest= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort' ;;
	'untag') kind=tag rest= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort' ;;
	'undo') kind= rest= options='' ;;
	'refresh') kind=feed rest=feed options=' --all --wait --force --unconditional --yes' ;;
	'watch') kind= rest= options=' --feed --tag --unread --read --all --starred --unstarred --changed --since --until --added-since --match --where --limit --sort --events --states --initial --full --no-follow --cursor-file --retry --exec' ;;
	'explain') kind=feed rest= options='' ;;
	'log') kind=feed rest= options=' --limit' ;;
	'discover') kind= rest= options=' --private' ;;
	'backfill') kind=feed rest= options='' ;;
	'push') kind=push rest= options=' --content-type' ;;
	'import') kind=file rest= options=' --wait --no-fetch --proxies' ;;
	'export') kind= rest= options='' ;;
	'query add') kind= rest= options='' ;;
	'query list') kind= rest= options='' ;;
	'query remove') kind=query rest= options='' ;;
	'rule add') kind= rest=action options='' ;;
	'rule list') kind= rest= options='' ;;
	'rule remove') kind= rest= options='' ;;
	'rule test') kind= rest= options=' --limit' ;;
	'rule apply') kind= rest= options=' --since' ;;
	'status') kind= rest= options=' --metrics' ;;
	'stats') kind=stat rest=stat options='' ;;
	'backup') kind=file rest= options='' ;;
	'dump') kind= rest= options=' --secrets' ;;
	'restore') kind=file rest= options=' --newer' ;;
	'help') kind=command rest=command options='' ;;
	'completion') kind=shell rest= options='' ;;
	esac
	((place == 0)) || kind=$rest
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
	setting)
		if [[ $cur == *=@* ]]; then _feedctl_at_files "$cur"; else
			_feedctl_lines "$(_feedctl_ask setting "$cur")" "$cur"
		fi ;;
	feed|tag|query|push|stat)
		_feedctl_lines "$(_feedctl_ask $kind "$cur")" "$cur" ;;
	file) _feedctl_files ;;
	shell) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$cur")) ;;
	action) COMPREPLY=($(compgen -W 'mark-read star tag drop' -- "$cur")) ;;
	esac
}
complete -F _feedctl feedctl
