# What bash offers, asked as bash asks: words parted at : and = as well.
. "${SOURCE_DIR:?}/tests/e2e/lib.sh"

command -v bash >/dev/null || skip "no bash here"

serve
rss one.xml "One & only" a
rss two.xml "Two of a kind" b
start
feedctl add "$base/one.xml" --tag News/Linux >/dev/null
feedctl add "$base/two.xml" >/dev/null
feedctl query add mine 'unread = "yes"'

cat >ask <<'X'
eval "$(feedctl completion bash)"
COMP_WORDS=(feedctl "$@") COMP_CWORD=$# COMP_LINE="feedctl $*" COMP_POINT=1000
_feedctl
printf '%s\n' "${COMPREPLY[@]}"
X
# offers WORD...: what is offered for the last, which is begun
offers() {
	bash --norc ./ask "$@" | sort | tr '\n' ' '
}

claim "commands, options, words that are fixed"
same "refresh " "$(offers ref)"
same "add list remove " "$(offers query '')"
same "--feed --fields --format --format-version --full " "$(offers list --f)"
same "failing " "$(offers feeds --state fa)"
same "fish " "$(offers completion f)"

claim "feeds, by title or by address"
same 'One\ \&\ only Two\ of\ a\ kind ' "$(offers explain '')"
same 'Two\ of\ a\ kind ' "$(offers explain 'Two\ of')"
same "//127.0.0.1:$port/one.xml //127.0.0.1:$port/two.xml " "$(offers remove http : //127)"

claim "tags and saved queries, behind a colon and behind an equals sign"
same "News/Linux " "$(offers list --tag N)"
same "News/Linux " "$(offers list --tag = N)"
same "mine " "$(offers query remove '')"
same "query:mine " "$(offers list --feed q)"
same "mine " "$(offers list --feed query :)"
same "mine " "$(offers list --feed query : m)"
same "mine " "$(offers list --feed = query : m)"
same 'One\ \&\ only ' "$(offers list --feed = O)"
same 'One\ \&\ only Two\ of\ a\ kind query:mine ' "$(offers list --feed '')"
stop
