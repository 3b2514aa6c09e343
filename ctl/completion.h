#ifndef CTL_COMPLETION_H
#define CTL_COMPLETION_H

#include <stdbool.h>

#include "common/command.h"
#include "ctl/out.h"

/*
 * Completion scripts.  Commands and options are written into them out of the
 * table; feeds, tags and saved queries are asked of the daemon when they are
 * needed, and are simply not there when it is not.
 */

/* What a word or a value completes to. */
enum complete {
	COMPLETE_NOTHING,
	COMPLETE_FEED,
	COMPLETE_TAG,
	COMPLETE_QUERY,
	COMPLETE_FILE,
	COMPLETE_AT_FILE, /* behind an @; what stands there without one is not known */
	COMPLETE_SETTING, /* another feed, or key=; behind key=@ a file */
	COMPLETE_PUSH,    /* the bare name of a feed of one's own */
	COMPLETE_STAT,
	COMPLETE_SORT,
	COMPLETE_STATE,
	COMPLETE_FORMAT,
	COMPLETE_COLOR,
	COMPLETE_GROUP,
	COMPLETE_SHELL,
	COMPLETE_ACTION,
	COMPLETE_COMMAND,
	COMPLETES
};

/* Of a command's own words, the first and those behind it, and of an option's value. */
enum complete completion_of_first(const struct command *command);
enum complete completion_of_rest(const struct command *command);
enum complete completion_of_value(const struct param *param);

/* Each key of `set` with the = behind it. */
void completion_put_keys(struct out *out);

/* The words of the kinds whose words are known here, blank-separated; NULL of
 * the others. */
const char *completion_words(enum complete kind);

bool completion_is_option(const struct param *param);

/* The one letter of an option, "n" of --limit; NULL where it has none. */
const char *completion_letter(const struct param *param);

/* The options, of whatever command, whose value is the word behind them; each name once.
 * Returns how many there are. */
#define COMPLETION_TAKERS_MAX 64
size_t completion_takers(const struct param *out_takers[COMPLETION_TAKERS_MAX]);
/* As they are typed: a word behind one is no command, although it has no dash. */
void completion_put_takers(struct out *out, const char *between);

/* The second words of a family ("query": "add list remove"). */
void completion_seconds(struct out *out, const char *family);

void completion_print_bash(struct out *out);
void completion_print_zsh(struct out *out);
void completion_print_fish(struct out *out);

/* Lists feeds, one a line, in any shell: by the title, which is refused where two have it,
 * and taken for a number where it is digits alone, for an option where it begins with a
 * dash; those are there by the address. */
#define COMPLETION_FEEDS                                                                           \
	"feedctl feeds --format '{title}\\t{url}' 2>/dev/null | awk -F '\\t' '"                    \
	"{ title[NR] = $1; url[NR] = $2; have[$1]++ } END { for (i = 1; i <= NR; i++)"             \
	" print (have[title[i]] > 1 || title[i] !~ /[^0-9]/ || title[i] ~ /^-/"                    \
	" ? url[i] : title[i]) }'"
#define COMPLETION_URLS "feedctl feeds --format '{url}' 2>/dev/null"

#define COMPLETION_PUSH                                                                            \
	"feedctl feeds --match push: --format '{url}' 2>/dev/null | sed -n 's/^push://p'"
#define COMPLETION_STATS "feedctl stats --format '{key}' 2>/dev/null"

/* Lists the tags of items and feeds, one a line, in any shell.  From JSON, for lines leave
 * out the joiners that may be in a tag, and without them it is another one; no tag has a
 * comma. */
#define COMPLETION_TAGS                                                                            \
	"feedctl stats tags feed_tags --json 2>/dev/null | tr ',' '\\n' |"                         \
	" sed -n 's/^.*{\"tag\":\"\\(.*\\)\"$/\\1/p' | sed 's/[\\]\\(.\\)/\\1/g' | sort -u"

#endif
