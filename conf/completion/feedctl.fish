# fish completion for feedctl; made by `feedctl completion fish`.

function __feedctl_feeds
	if string match -qr '^(--feed=)?(http|push)' -- (commandline -ct)
		feedctl feeds --format '{url}' 2>/dev/null
	else
		feedctl feeds --format '{title}\t{url}' 2>/dev/null | awk -F '\t' '{ title[NR] = $1; url[NR] = $2; have[$1]++ } END { for (i = 1; i <= NR; i++) print (have[title[i]] > 1 || title[i] !~ /[^0-9]/ || title[i] ~ /^-/ ? url[i] : title[i]) }'
	end
end
function __feedctl_tags
	feedctl stats tags feed_tags --json 2>/dev/null | tr ',' '\n' | sed -n 's/^.*{"tag":"\(.*\)"$/\1/p' | sed 's/[\]\(.\)/\1/g' | sort -u
end
function __feedctl_queries
	feedctl query list --format '{name}' 2>/dev/null
end
# What can be listed: feeds, and saved queries as if they were feeds.
function __feedctl_sources
	__feedctl_feeds
	feedctl query list --format 'query:{name}' 2>/dev/null
end
function __feedctl_pushed
	feedctl feeds --match push: --format '{url}' 2>/dev/null | sed -n 's/^push://p'
end
function __feedctl_stats
	feedctl stats --format '{key}' 2>/dev/null
end
# Behind an @, and what stands before it: an option's name does not.
function __feedctl_at_files
	set -l parts (string split -m 1 @ -- (string replace -r '^--[a-z]*=' '' -- (commandline -ct)))
	test (count $parts) -eq 2; or return
	for file in $parts[2]*
		test -d $file; and set file $file/
		echo $parts[1]@$file
	end
end
# Other feeds, or what is set of them.
function __feedctl_settings
	if string match -q -- '*=@*' (commandline -ct)
		__feedctl_at_files
		return
	end
	__feedctl_feeds
	printf '%s\n' title= url= every= keep= proxy= header= auth= private= insecure= downgrade= delta= ca= cert= key= tags= tags+= tags-=
end
# The words so far without options and their values.
function __feedctl_words
	set -l last
	for word in (commandline -opc)
		if not string match -q -- '-*' $word
			and not contains -- "$last" --title --tag --every --proxy --header --auth --match --state --limit -n --feed --since --until --added-since --where --sort --group --cursor-file --content-type --socket --format --format-version --fields --into --color --width
			echo $word
		end
		set last $word
	end
end
function __feedctl_is
	set -l words (__feedctl_words)
	string match -q -- "$argv" "$words[2]"; or string match -q -- "$argv" "$words[2] $words[3]"
end
function __feedctl_has
	test (count (__feedctl_words)) $argv
end
function __feedctl_first
	__feedctl_has -eq 1
end
function __feedctl_family
	set -l words (__feedctl_words)
	test "$words[2..]" = $argv[1]
end
function __feedctl_commands
	set -l words (__feedctl_words)
	switch "$words[3]"
	case query
		string split ' ' 'add list remove'
	case rule
		string split ' ' 'add list remove test apply'
	case ''
		printf '%s\n' add remove feeds set pause resume revert list count show open mark-read mark-unread star unstar tag untag undo refresh watch explain log discover backfill push import export query rule status stats backup dump restore help completion
	end
end
complete -c feedctl -f
complete -c feedctl -n __feedctl_first -a add -d 'Subscribe to a feed, or to the feed of a page'
complete -c feedctl -n __feedctl_first -a remove -d 'Unsubscribe; starred items stay while they are starred, and a day longer'
complete -c feedctl -n __feedctl_first -a feeds -d 'List feeds, those that need attention first'
complete -c feedctl -n __feedctl_first -a set -d 'Change settings of feeds'
complete -c feedctl -n __feedctl_first -a pause -d 'Stop looking at feeds'
complete -c feedctl -n __feedctl_first -a resume -d 'Look at feeds again by their schedule, at gone ones at once'
complete -c feedctl -n __feedctl_first -a revert -d 'Take back the last move of a feed\'s address, for good'
complete -c feedctl -n __feedctl_first -a list -d 'List items, newest first; unread unless asked otherwise'
complete -c feedctl -n __feedctl_first -a count -d 'Count the items that list would show'
complete -c feedctl -n __feedctl_first -a show -d 'Show items with their text'
complete -c feedctl -n __feedctl_first -a open -d 'Open the links of items in $BROWSER'
complete -c feedctl -n __feedctl_first -a mark-read -d 'Mark items read, and with them the copies that other feeds have of a story'
complete -c feedctl -n __feedctl_first -a mark-unread -d 'Mark items unread'
complete -c feedctl -n __feedctl_first -a star -d 'Star items; starred items are kept for ever'
complete -c feedctl -n __feedctl_first -a unstar -d 'Take stars off items'
complete -c feedctl -n __feedctl_first -a tag -d 'Give items a tag'
complete -c feedctl -n __feedctl_first -a untag -d 'Take a tag off items'
complete -c feedctl -n __feedctl_first -a undo -d 'Take back the last bulk change of marks, stars, tags or rules'
complete -c feedctl -n __feedctl_first -a refresh -d 'Look at feeds now'
complete -c feedctl -n __feedctl_first -a watch -d 'Print items as they come'
complete -c feedctl -n __feedctl_first -a explain -d 'Tell all about a feed: when it is looked at next, and why'
complete -c feedctl -n __feedctl_first -a log -d 'What happened, newest first'
complete -c feedctl -n __feedctl_first -a discover -d 'List the feeds that a page names'
complete -c feedctl -n __feedctl_first -a backfill -d 'Fetch a feed\'s older pages, one an hour; watch does not tell of them'
complete -c feedctl -n __feedctl_first -a push -d 'Hand a document to a feed made with add push:NAME'
complete -c feedctl -n __feedctl_first -a import -d 'Subscribe to a list: OPML, newsboat\'s urls or cache.db, sfeed\'s sfeedrc, one URL a line'
complete -c feedctl -n __feedctl_first -a export -d 'Write subscriptions as OPML'
complete -c feedctl -n __feedctl_first -a query
complete -c feedctl -n '__feedctl_family query' -a add -d 'Save an expression under a name, listed as the feed query:NAME'
complete -c feedctl -n '__feedctl_family query' -a list -d 'List saved queries'
complete -c feedctl -n '__feedctl_family query' -a remove -d 'Forget a saved query'
complete -c feedctl -n __feedctl_first -a rule
complete -c feedctl -n '__feedctl_family rule' -a add -d 'Do something with new items that match'
complete -c feedctl -n '__feedctl_family rule' -a list -d 'List rules'
complete -c feedctl -n '__feedctl_family rule' -a remove -d 'Forget a rule'
complete -c feedctl -n '__feedctl_family rule' -a test -d 'List stored items that an expression matches'
complete -c feedctl -n '__feedctl_family rule' -a apply -d 'Apply a rule to items that are there'
complete -c feedctl -n __feedctl_first -a status -d 'How the daemon is, and which feeds need attention'
complete -c feedctl -n __feedctl_first -a stats -d 'Reading and fetching in numbers'
complete -c feedctl -n __feedctl_first -a backup -d 'Write a consistent, verified copy of the store'
complete -c feedctl -n __feedctl_first -a dump -d 'Write subscriptions, settings, rules, queries and marks as sorted text, rules in their order'
complete -c feedctl -n __feedctl_first -a restore -d 'Set what a dump names; what it does not name stays'
complete -c feedctl -n __feedctl_first -a help -d 'Help on a command'
complete -c feedctl -n __feedctl_first -a completion -d 'Print the completion script of a shell'
complete -c feedctl -n '__feedctl_is add' -l title -x -d 'call it T'
complete -c feedctl -n '__feedctl_is add' -l tag -x -a '(__feedctl_tags)' -d 'give it this tag'
complete -c feedctl -n '__feedctl_is add' -l every -x -d 'look this often, e.g. 30m'
complete -c feedctl -n '__feedctl_is add' -l proxy -x -a '(__feedctl_at_files)' -d 'through this proxy: http, https, socks4a, socks5, socks5h; @FILE reads it from there'
complete -c feedctl -n '__feedctl_is add' -l header -x -a '(__feedctl_at_files)' -d 'send this header; @FILE reads it from there'
complete -c feedctl -n '__feedctl_is add' -l auth -x -a '(__feedctl_at_files)' -d 'the user:password that FILE holds (@-: standard input)'
complete -c feedctl -n '__feedctl_is add' -l private -d 'the address may be on a private network'
complete -c feedctl -n '__feedctl_is add' -l insecure -d 'do not verify the server\'s certificate'
complete -c feedctl -n '__feedctl_is add' -l no-fetch -d 'subscribe without looking'
complete -c feedctl -n '__feedctl_is add' -l no-discover -d 'take no feed that a page names'
complete -c feedctl -n '__feedctl_is remove' -l purge -d 'starred items, too'
complete -c feedctl -n '__feedctl_is remove' -a '(__feedctl_feeds)'
complete -c feedctl -n '__feedctl_is feeds' -l tag -x -a '(__feedctl_tags)' -d 'with this tag'
complete -c feedctl -n '__feedctl_is feeds' -l match -x -d 'with TEXT in title or URL'
complete -c feedctl -n '__feedctl_is feeds' -l unread -d 'with unread items'
complete -c feedctl -n '__feedctl_is feeds' -l state -x -a 'ok new failing held paused moved dead gone' -d 'one of ok new failing held paused moved dead gone'
complete -c feedctl -n '__feedctl_is feeds' -l limit -s n -x -d 'at most N rows'
complete -c feedctl -n '__feedctl_is feeds' -a '(__feedctl_feeds)'
complete -c feedctl -n '__feedctl_is set; and __feedctl_has -eq 2' -a '(__feedctl_feeds)'
complete -c feedctl -n '__feedctl_is set; and __feedctl_has -gt 2' -a '(__feedctl_settings)'
complete -c feedctl -n '__feedctl_is pause' -a '(__feedctl_feeds)'
complete -c feedctl -n '__feedctl_is resume' -a '(__feedctl_feeds)'
complete -c feedctl -n '__feedctl_is revert' -a '(__feedctl_feeds)'
complete -c feedctl -n '__feedctl_is list' -l feed -x -a '(__feedctl_sources)' -d 'of this feed, or query:NAME'
complete -c feedctl -n '__feedctl_is list' -l tag -x -a '(__feedctl_tags)' -d 'with this tag, the item\'s own or its feed\'s'
complete -c feedctl -n '__feedctl_is list' -l unread -d 'not read yet'
complete -c feedctl -n '__feedctl_is list' -l read -d 'read'
complete -c feedctl -n '__feedctl_is list' -l all -d 'read and unread'
complete -c feedctl -n '__feedctl_is list' -l starred -d 'starred'
complete -c feedctl -n '__feedctl_is list' -l unstarred -d 'not starred'
complete -c feedctl -n '__feedctl_is list' -l changed -d 'edited since it came'
complete -c feedctl -n '__feedctl_is list' -l since -x -d 'dated T or later: 6h, 2d, today, 2026-06-03, a cursor'
complete -c feedctl -n '__feedctl_is list' -l until -x -d 'dated before T'
complete -c feedctl -n '__feedctl_is list' -l added-since -x -d 'arrived at T or later'
complete -c feedctl -n '__feedctl_is list' -l match -x -d 'full-text search: words, "a phrase", word*, -word, title:word'
complete -c feedctl -n '__feedctl_is list' -l where -x -d 'an expression, see feedd-query(7)'
complete -c feedctl -n '__feedctl_is list' -l limit -s n -x -d 'at most N rows'
complete -c feedctl -n '__feedctl_is list' -l sort -x -a '-date date -added added -feed feed -title title -rank rank' -d 'date added feed title rank; -K reverses (default -date)'
complete -c feedctl -n '__feedctl_is list' -l no-cluster -d 'show each copy of a story that several feeds have'
complete -c feedctl -n '__feedctl_is list' -l full -d 'with content_html, content_text and uid in --json'
complete -c feedctl -n '__feedctl_is list' -l group -x -a 'day feed' -d 'in a terminal: group by day, or by feed in the order of --sort feed'
complete -c feedctl -n '__feedctl_is count' -l feed -x -a '(__feedctl_sources)' -d 'of this feed, or query:NAME'
complete -c feedctl -n '__feedctl_is count' -l tag -x -a '(__feedctl_tags)' -d 'with this tag, the item\'s own or its feed\'s'
complete -c feedctl -n '__feedctl_is count' -l unread -d 'not read yet'
complete -c feedctl -n '__feedctl_is count' -l read -d 'read'
complete -c feedctl -n '__feedctl_is count' -l all -d 'read and unread'
complete -c feedctl -n '__feedctl_is count' -l starred -d 'starred'
complete -c feedctl -n '__feedctl_is count' -l unstarred -d 'not starred'
complete -c feedctl -n '__feedctl_is count' -l changed -d 'edited since it came'
complete -c feedctl -n '__feedctl_is count' -l since -x -d 'dated T or later: 6h, 2d, today, 2026-06-03, a cursor'
complete -c feedctl -n '__feedctl_is count' -l until -x -d 'dated before T'
complete -c feedctl -n '__feedctl_is count' -l added-since -x -d 'arrived at T or later'
complete -c feedctl -n '__feedctl_is count' -l match -x -d 'full-text search: words, "a phrase", word*, -word, title:word'
complete -c feedctl -n '__feedctl_is count' -l where -x -d 'an expression, see feedd-query(7)'
complete -c feedctl -n '__feedctl_is count' -l limit -s n -x -d 'at most N rows'
complete -c feedctl -n '__feedctl_is count' -l sort -x -a '-date date -added added -feed feed -title title -rank rank' -d 'date added feed title rank; -K reverses (default -date)'
complete -c feedctl -n '__feedctl_is count' -l no-cluster -d 'count each copy of a story'
complete -c feedctl -n '__feedctl_is show' -l html -d 'the article as clean HTML'
complete -c feedctl -n '__feedctl_is show' -l source -d 'what the feed sent, its links made absolute'
complete -c feedctl -n '__feedctl_is show' -l diff -d 'against the text before it was edited'
complete -c feedctl -n '__feedctl_is show' -l mark-read -d 'and mark them read'
complete -c feedctl -n '__feedctl_is open' -l mark-read -d 'and mark them read'
complete -c feedctl -n '__feedctl_is mark-read' -l feed -x -a '(__feedctl_sources)' -d 'of this feed, or query:NAME'
complete -c feedctl -n '__feedctl_is mark-read' -l tag -x -a '(__feedctl_tags)' -d 'with this tag, the item\'s own or its feed\'s'
complete -c feedctl -n '__feedctl_is mark-read' -l unread -d 'not read yet'
complete -c feedctl -n '__feedctl_is mark-read' -l read -d 'read'
complete -c feedctl -n '__feedctl_is mark-read' -l all -d 'read and unread'
complete -c feedctl -n '__feedctl_is mark-read' -l starred -d 'starred'
complete -c feedctl -n '__feedctl_is mark-read' -l unstarred -d 'not starred'
complete -c feedctl -n '__feedctl_is mark-read' -l changed -d 'edited since it came'
complete -c feedctl -n '__feedctl_is mark-read' -l since -x -d 'dated T or later: 6h, 2d, today, 2026-06-03, a cursor'
complete -c feedctl -n '__feedctl_is mark-read' -l until -x -d 'dated before T'
complete -c feedctl -n '__feedctl_is mark-read' -l added-since -x -d 'arrived at T or later'
complete -c feedctl -n '__feedctl_is mark-read' -l match -x -d 'full-text search: words, "a phrase", word*, -word, title:word'
complete -c feedctl -n '__feedctl_is mark-read' -l where -x -d 'an expression, see feedd-query(7)'
complete -c feedctl -n '__feedctl_is mark-read' -l limit -s n -x -d 'at most N rows'
complete -c feedctl -n '__feedctl_is mark-read' -l sort -x -a '-date date -added added -feed feed -title title -rank rank' -d 'date added feed title rank; -K reverses (default -date)'
complete -c feedctl -n '__feedctl_is mark-unread' -l feed -x -a '(__feedctl_sources)' -d 'of this feed, or query:NAME'
complete -c feedctl -n '__feedctl_is mark-unread' -l tag -x -a '(__feedctl_tags)' -d 'with this tag, the item\'s own or its feed\'s'
complete -c feedctl -n '__feedctl_is mark-unread' -l unread -d 'not read yet'
complete -c feedctl -n '__feedctl_is mark-unread' -l read -d 'read'
complete -c feedctl -n '__feedctl_is mark-unread' -l all -d 'read and unread'
complete -c feedctl -n '__feedctl_is mark-unread' -l starred -d 'starred'
complete -c feedctl -n '__feedctl_is mark-unread' -l unstarred -d 'not starred'
complete -c feedctl -n '__feedctl_is mark-unread' -l changed -d 'edited since it came'
complete -c feedctl -n '__feedctl_is mark-unread' -l since -x -d 'dated T or later: 6h, 2d, today, 2026-06-03, a cursor'
complete -c feedctl -n '__feedctl_is mark-unread' -l until -x -d 'dated before T'
complete -c feedctl -n '__feedctl_is mark-unread' -l added-since -x -d 'arrived at T or later'
complete -c feedctl -n '__feedctl_is mark-unread' -l match -x -d 'full-text search: words, "a phrase", word*, -word, title:word'
complete -c feedctl -n '__feedctl_is mark-unread' -l where -x -d 'an expression, see feedd-query(7)'
complete -c feedctl -n '__feedctl_is mark-unread' -l limit -s n -x -d 'at most N rows'
complete -c feedctl -n '__feedctl_is mark-unread' -l sort -x -a '-date date -added added -feed feed -title title -rank rank' -d 'date added feed title rank; -K reverses (default -date)'
complete -c feedctl -n '__feedctl_is star' -l feed -x -a '(__feedctl_sources)' -d 'of this feed, or query:NAME'
complete -c feedctl -n '__feedctl_is star' -l tag -x -a '(__feedctl_tags)' -d 'with this tag, the item\'s own or its feed\'s'
complete -c feedctl -n '__feedctl_is star' -l unread -d 'not read yet'
complete -c feedctl -n '__feedctl_is star' -l read -d 'read'
complete -c feedctl -n '__feedctl_is star' -l all -d 'read and unread'
complete -c feedctl -n '__feedctl_is star' -l starred -d 'starred'
complete -c feedctl -n '__feedctl_is star' -l unstarred -d 'not starred'
complete -c feedctl -n '__feedctl_is star' -l changed -d 'edited since it came'
complete -c feedctl -n '__feedctl_is star' -l since -x -d 'dated T or later: 6h, 2d, today, 2026-06-03, a cursor'
complete -c feedctl -n '__feedctl_is star' -l until -x -d 'dated before T'
complete -c feedctl -n '__feedctl_is star' -l added-since -x -d 'arrived at T or later'
complete -c feedctl -n '__feedctl_is star' -l match -x -d 'full-text search: words, "a phrase", word*, -word, title:word'
complete -c feedctl -n '__feedctl_is star' -l where -x -d 'an expression, see feedd-query(7)'
complete -c feedctl -n '__feedctl_is star' -l limit -s n -x -d 'at most N rows'
complete -c feedctl -n '__feedctl_is star' -l sort -x -a '-date date -added added -feed feed -title title -rank rank' -d 'date added feed title rank; -K reverses (default -date)'
complete -c feedctl -n '__feedctl_is unstar' -l feed -x -a '(__feedctl_sources)' -d 'of this feed, or query:NAME'
complete -c feedctl -n '__feedctl_is unstar' -l tag -x -a '(__feedctl_tags)' -d 'with this tag, the item\'s own or its feed\'s'
complete -c feedctl -n '__feedctl_is unstar' -l unread -d 'not read yet'
complete -c feedctl -n '__feedctl_is unstar' -l read -d 'read'
complete -c feedctl -n '__feedctl_is unstar' -l all -d 'read and unread'
complete -c feedctl -n '__feedctl_is unstar' -l starred -d 'starred'
complete -c feedctl -n '__feedctl_is unstar' -l unstarred -d 'not starred'
complete -c feedctl -n '__feedctl_is unstar' -l changed -d 'edited since it came'
complete -c feedctl -n '__feedctl_is unstar' -l since -x -d 'dated T or later: 6h, 2d, today, 2026-06-03, a cursor'
complete -c feedctl -n '__feedctl_is unstar' -l until -x -d 'dated before T'
complete -c feedctl -n '__feedctl_is unstar' -l added-since -x -d 'arrived at T or later'
complete -c feedctl -n '__feedctl_is unstar' -l match -x -d 'full-text search: words, "a phrase", word*, -word, title:word'
complete -c feedctl -n '__feedctl_is unstar' -l where -x -d 'an expression, see feedd-query(7)'
complete -c feedctl -n '__feedctl_is unstar' -l limit -s n -x -d 'at most N rows'
complete -c feedctl -n '__feedctl_is unstar' -l sort -x -a '-date date -added added -feed feed -title title -rank rank' -d 'date added feed title rank; -K reverses (default -date)'
complete -c feedctl -n '__feedctl_is tag' -l feed -x -a '(__feedctl_sources)' -d 'of this feed, or query:NAME'
complete -c feedctl -n '__feedctl_is tag' -l tag -x -a '(__feedctl_tags)' -d 'with this tag, the item\'s own or its feed\'s'
complete -c feedctl -n '__feedctl_is tag' -l unread -d 'not read yet'
complete -c feedctl -n '__feedctl_is tag' -l read -d 'read'
complete -c feedctl -n '__feedctl_is tag' -l all -d 'read and unread'
complete -c feedctl -n '__feedctl_is tag' -l starred -d 'starred'
complete -c feedctl -n '__feedctl_is tag' -l unstarred -d 'not starred'
complete -c feedctl -n '__feedctl_is tag' -l changed -d 'edited since it came'
complete -c feedctl -n '__feedctl_is tag' -l since -x -d 'dated T or later: 6h, 2d, today, 2026-06-03, a cursor'
complete -c feedctl -n '__feedctl_is tag' -l until -x -d 'dated before T'
complete -c feedctl -n '__feedctl_is tag' -l added-since -x -d 'arrived at T or later'
complete -c feedctl -n '__feedctl_is tag' -l match -x -d 'full-text search: words, "a phrase", word*, -word, title:word'
complete -c feedctl -n '__feedctl_is tag' -l where -x -d 'an expression, see feedd-query(7)'
complete -c feedctl -n '__feedctl_is tag' -l limit -s n -x -d 'at most N rows'
complete -c feedctl -n '__feedctl_is tag' -l sort -x -a '-date date -added added -feed feed -title title -rank rank' -d 'date added feed title rank; -K reverses (default -date)'
complete -c feedctl -n '__feedctl_is tag; and __feedctl_has -eq 2' -a '(__feedctl_tags)'
complete -c feedctl -n '__feedctl_is untag' -l feed -x -a '(__feedctl_sources)' -d 'of this feed, or query:NAME'
complete -c feedctl -n '__feedctl_is untag' -l tag -x -a '(__feedctl_tags)' -d 'with this tag, the item\'s own or its feed\'s'
complete -c feedctl -n '__feedctl_is untag' -l unread -d 'not read yet'
complete -c feedctl -n '__feedctl_is untag' -l read -d 'read'
complete -c feedctl -n '__feedctl_is untag' -l all -d 'read and unread'
complete -c feedctl -n '__feedctl_is untag' -l starred -d 'starred'
complete -c feedctl -n '__feedctl_is untag' -l unstarred -d 'not starred'
complete -c feedctl -n '__feedctl_is untag' -l changed -d 'edited since it came'
complete -c feedctl -n '__feedctl_is untag' -l since -x -d 'dated T or later: 6h, 2d, today, 2026-06-03, a cursor'
complete -c feedctl -n '__feedctl_is untag' -l until -x -d 'dated before T'
complete -c feedctl -n '__feedctl_is untag' -l added-since -x -d 'arrived at T or later'
complete -c feedctl -n '__feedctl_is untag' -l match -x -d 'full-text search: words, "a phrase", word*, -word, title:word'
complete -c feedctl -n '__feedctl_is untag' -l where -x -d 'an expression, see feedd-query(7)'
complete -c feedctl -n '__feedctl_is untag' -l limit -s n -x -d 'at most N rows'
complete -c feedctl -n '__feedctl_is untag' -l sort -x -a '-date date -added added -feed feed -title title -rank rank' -d 'date added feed title rank; -K reverses (default -date)'
complete -c feedctl -n '__feedctl_is untag; and __feedctl_has -eq 2' -a '(__feedctl_tags)'
complete -c feedctl -n '__feedctl_is refresh' -l all -d 'all feeds'
complete -c feedctl -n '__feedctl_is refresh' -l wait -d 'wait, and print what came of it'
complete -c feedctl -n '__feedctl_is refresh' -l force -d 'even if the last look was just now; never against a site\'s wish'
complete -c feedctl -n '__feedctl_is refresh' -l unconditional -d 'without validators, at most once a day (with --yes)'
complete -c feedctl -n '__feedctl_is refresh' -l yes -d 'yes, unconditionally'
complete -c feedctl -n '__feedctl_is refresh' -a '(__feedctl_feeds)'
complete -c feedctl -n '__feedctl_is watch' -l feed -x -a '(__feedctl_sources)' -d 'of this feed, or query:NAME'
complete -c feedctl -n '__feedctl_is watch' -l tag -x -a '(__feedctl_tags)' -d 'with this tag, the item\'s own or its feed\'s'
complete -c feedctl -n '__feedctl_is watch' -l unread -d 'not read yet'
complete -c feedctl -n '__feedctl_is watch' -l read -d 'read'
complete -c feedctl -n '__feedctl_is watch' -l all -d 'read and unread'
complete -c feedctl -n '__feedctl_is watch' -l starred -d 'starred'
complete -c feedctl -n '__feedctl_is watch' -l unstarred -d 'not starred'
complete -c feedctl -n '__feedctl_is watch' -l changed -d 'edited since it came'
complete -c feedctl -n '__feedctl_is watch' -l since -x -d 'what came or changed at T or later: 6h, 2d, today, 2026-06-03, a cursor'
complete -c feedctl -n '__feedctl_is watch' -l until -x -d 'dated before T'
complete -c feedctl -n '__feedctl_is watch' -l added-since -x -d 'arrived at T or later'
complete -c feedctl -n '__feedctl_is watch' -l match -x -d 'full-text search: words, "a phrase", word*, -word, title:word'
complete -c feedctl -n '__feedctl_is watch' -l where -x -d 'an expression, see feedd-query(7)'
complete -c feedctl -n '__feedctl_is watch' -l limit -s n -x -d 'at most N rows'
complete -c feedctl -n '__feedctl_is watch' -l sort -x -a '-date date -added added -feed feed -title title -rank rank' -d 'date added feed title rank; -K reverses (default -date)'
complete -c feedctl -n '__feedctl_is watch' -l events -d 'feed events, too: of the feeds and tags named, as a table, TSV, JSON or by a template'
complete -c feedctl -n '__feedctl_is watch' -l states -d 'marks and tags, too'
complete -c feedctl -n '__feedctl_is watch' -l initial -d 'the first document of a new feed, too'
complete -c feedctl -n '__feedctl_is watch' -l full -d 'with content'
complete -c feedctl -n '__feedctl_is watch' -l no-follow -d 'end at the present'
complete -c feedctl -n '__feedctl_is watch' -l cursor-file -r -F -d 'go on where F says, and keep it up to date'
complete -c feedctl -n '__feedctl_is watch' -l retry -d 'repeat a failing command with growing pauses'
complete -c feedctl -n '__feedctl_is watch' -l exec -x -a '(__fish_complete_command)' -d 'run CMD [ARG…] for each item, the item as JSON on its standard input'
complete -c feedctl -n '__feedctl_is explain; and __feedctl_has -eq 2' -a '(__feedctl_feeds)'
complete -c feedctl -n '__feedctl_is log' -l limit -s n -x -d 'at most N rows'
complete -c feedctl -n '__feedctl_is log; and __feedctl_has -eq 2' -a '(__feedctl_feeds)'
complete -c feedctl -n '__feedctl_is discover' -l private -d 'the address may be on a private network'
complete -c feedctl -n '__feedctl_is backfill; and __feedctl_has -eq 2' -a '(__feedctl_feeds)'
complete -c feedctl -n '__feedctl_is push' -l content-type -x -d 'its media type, where the document does not tell'
complete -c feedctl -n '__feedctl_is push; and __feedctl_has -eq 2' -a '(__feedctl_pushed)'
complete -c feedctl -n '__feedctl_is import' -l wait -d 'wait for the first looks, and name those that fail'
complete -c feedctl -n '__feedctl_is import' -l no-fetch -d 'no first looks: each feed at its interval'
complete -c feedctl -n '__feedctl_is import' -l proxies -d 'let an OPML list name proxies other than fetch.proxy; without it these feeds are refused'
complete -c feedctl -n '__feedctl_is import; and __feedctl_has -eq 2' -F
complete -c feedctl -n '__feedctl_is query remove; and __feedctl_has -eq 3' -a '(__feedctl_queries)'
complete -c feedctl -n '__feedctl_is rule add; and __feedctl_has -gt 3' -a 'mark-read star tag drop'
complete -c feedctl -n '__feedctl_is rule test' -l limit -s n -x -d 'at most N rows'
complete -c feedctl -n '__feedctl_is rule apply' -l since -x -d 'only items dated T or later, or that came behind a cursor'
complete -c feedctl -n '__feedctl_is status' -l metrics -d 'as OpenMetrics text'
complete -c feedctl -n '__feedctl_is stats' -a '(__feedctl_stats)'
complete -c feedctl -n '__feedctl_is backup; and __feedctl_has -eq 2' -F
complete -c feedctl -n '__feedctl_is dump' -l secrets -d 'passwords and keys, too'
complete -c feedctl -n '__feedctl_is restore' -l newer -d 'only where the dump\'s time is later; a feed or query that is there stays as it is'
complete -c feedctl -n '__feedctl_is restore; and __feedctl_has -eq 2' -F
complete -c feedctl -n '__feedctl_is help' -a '(__feedctl_commands)'
complete -c feedctl -n '__feedctl_is completion; and __feedctl_has -eq 2' -a 'bash zsh fish'
complete -c feedctl -l socket -r -F -d 'the daemon\'s socket (else $FEEDD_SOCKET)'
complete -c feedctl -l json -d 'one JSON object a line'
complete -c feedctl -l format -x -a 'table tsv json sfeed urls csv mbox maildir atom jsonfeed html' -d 'table tsv json sfeed urls csv mbox maildir atom jsonfeed html, or \'{field} {field}\''
complete -c feedctl -l format-version -x -d 'of --json, refused where not known (1)'
complete -c feedctl -l fields -x -d 'these columns (tsv, csv) or keys (json), in this order'
complete -c feedctl -l into -r -F -d 'one file an item (maildir) or a feed (sfeed)'
complete -c feedctl -l null -s 0 -d 'end or read records with NUL instead of newline'
complete -c feedctl -l raw -d 'content as it is stored, not cleaned'
complete -c feedctl -l color -x -a 'auto always never' -d 'auto, always or never'
complete -c feedctl -l ascii -d 'plain ASCII for dots, lines and plots'
complete -c feedctl -l width -x -d 'columns of the terminal'
complete -c feedctl -l no-pager -d 'do not page in a terminal'
complete -c feedctl -l help -s h -d 'help on the command'
complete -c feedctl -l version -d 'print the version'
