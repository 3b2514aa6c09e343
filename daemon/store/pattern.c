#include "daemon/store/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/mem.h"
#include "common/utf8.h"

#define FLAGS (REG_EXTENDED | REG_ICASE | REG_NOSUB)

/*
 * A pattern that may begin anywhere is tried from each place of a text on, and where it
 * has a star each try may go to the text's end: a page of one word was a quarter of a
 * minute.  Behind "^.*" there is one try, which stands at all places at once.  What is
 * known of them all is a state; there are few, unless much that may be anything stands
 * behind something definite ("a.{20}b" or "a(a|b){20}c": each a is another place to
 * remember), so that such a pattern stays as it is.
 */
#define ANYTHING_MAX 6u

/* What is between brackets, which begin at `at`: behind it. */
static const char *behind_brackets(const char *at)
{
	const char *end;

	at += at[1] == '^' ? 2 : 1;
	if (*at == ']')
		at++;
	while (*at != '\0' && *at != ']') {
		if (*at != '[' || at[1] == '\0' || strchr(":.=", at[1]) == NULL) {
			at++;
			continue;
		}
		end = at + 2;
		while (*end != '\0' && (*end != at[1] || end[1] != ']'))
			end++;
		at = *end != '\0' ? end + 2 : end;
	}
	return *at == ']' ? at + 1 : at;
}

/* Behind the atom, or whatever else, that begins at `at`. */
static const char *behind_one(const char *at)
{
	if (*at == '[')
		return behind_brackets(at);
	return *at == '\\' && at[1] != '\0' ? at + 2 : at + 1;
}

/* Behind "{2,5}", which begins at `at`; `at` where that is a plain '{'. */
static const char *behind_bound(const char *at)
{
	const char *end = at + 1 + strspn(at + 1, "0123456789,");

	return *at == '{' && end > at + 1 && *end == '}' ? end + 1 : at;
}

/* How often "{2,5}" at `at` has what it repeats at the most; too often is so by one. */
static size_t bound_at(const char *at)
{
	const char *comma = at + 1 + strspn(at + 1, "0123456789");
	unsigned long low = strtoul(at + 1, NULL, 10);
	unsigned long high = *comma == ',' ? strtoul(comma + 1, NULL, 10) : 0;

	low = high > low ? high : low;
	return low <= PATTERN_ADDED_MAX ? low : PATTERN_ADDED_MAX + 2;
}

/* How many copies the repetition at `at` makes of what it repeats. */
static size_t copies_at(const char *at)
{
	size_t bound;

	if (*at != '{')
		return *at == '+' ? 1 : 0; /* "a+" is "aa*" */
	bound = bound_at(at);
	return bound > 1 ? bound - 1 : 0;
}

static bool is_repetition(const char *at)
{
	return *at == '*' || *at == '+' || *at == '?' || behind_bound(at) != at;
}

static bool has_few_states(const char *pattern)
{
	unsigned long anything = 0, times, most;
	const char *comma;
	bool definite = false, choice = false; /* in the group that is open */

	for (; *pattern != '\0'; pattern = behind_one(pattern)) {
		if (*pattern == '{') {
			comma = pattern + 1 + strspn(pattern + 1, "0123456789");
			times = strtoul(pattern + 1, NULL, 10);
			most = *comma == ',' ? strtoul(comma + 1, NULL, 10) : 0;
			times = most > times ? most : times;
			anything *= times > 1 ? times : 1;
		} else if (*pattern == '.' || *pattern == '[' || *pattern == '\\') {
			anything += definite;
			definite = definite || *pattern != '.';
		} else if (*pattern == '|') {
			choice = true;
		} else if (*pattern == ')') {
			anything += choice;
			choice = false;
		} else if (strchr("(*+?^$}", *pattern) == NULL) {
			definite = true;
		}
	}
	return anything <= ANYTHING_MAX;
}

/* ---------------------------------------------------------- ranges ---- */

/* glibc knows no order of the characters of C.UTF-8: what is in a range beyond ASCII is
 * written out. */
#define WRITTEN_MAX (4u << 20)

static bool is_range(const char *at, const char *end)
{
	uint32_t rune;
	const char *dash = at + utf8_decode(at, (size_t)(end - at), &rune);

	return dash + 1 < end && dash[0] == '-' && dash[1] != ']' && dash[1] != '[' &&
	       ((unsigned char)at[0] >= 0x80 || (unsigned char)dash[1] >= 0x80);
}

/* From the character at `at` to the one behind the dash.  Behind it, or NULL. */
static const char *put_range(struct buf *out, const char *at, const char *end)
{
	uint32_t first, last;
	char one[4];

	at += utf8_decode(at, (size_t)(end - at), &first) + 1;
	at += utf8_decode(at, (size_t)(end - at), &last);
	if (last < first || last - first >= PATTERN_RANGE_MAX)
		return NULL;
	for (; first <= last; first++)
		if (buf_add(out, one, utf8_encode(first, one)) < 0)
			return NULL;
	return at;
}

/* A bracket expression as it is but for such ranges.  -1: one is too long. */
static int put_brackets(struct buf *out, const char *at, const char *end)
{
	const char *plain = at;

	at += at[1] == '^' ? 2 : 1;
	while (at < end) {
		uint32_t rune;

		if (!is_range(at, end)) {
			at += utf8_decode(at, (size_t)(end - at), &rune);
			continue;
		}
		if (buf_add(out, plain, (size_t)(at - plain)) < 0)
			return -1;
		plain = at = put_range(out, at, end);
		if (at == NULL)
			return -1;
	}
	return buf_add(out, plain, (size_t)(end - plain));
}

/* -1: a range is too long, or ends before it begins. */
static int write_out(struct buf *out, const char *pattern)
{
	const char *end;
	int result = buf_add_text(out, "");

	for (; result == 0 && *pattern != '\0'; pattern = end) {
		end = behind_one(pattern);
		result = *pattern == '[' ? put_brackets(out, pattern, end)
					 : buf_add(out, pattern, (size_t)(end - pattern));
	}
	return result;
}

/* The same, beginning anywhere: a ')' without its '(' is plain there, too; and what begins
 * with '^' does at the text's beginning, where behind ".*" regexec() takes that of a line
 * for one. */
static int put_anywhere(struct buf *out, const char *pattern)
{
	bool first = true; /* of a branch */
	const char *end;
	size_t depth = 0;

	if (buf_add_text(out, "^.*(") < 0)
		return -1;
	for (; *pattern != '\0'; pattern = end) {
		end = behind_one(pattern);
		if (*pattern == ')' && depth == 0 && buf_add_text(out, "\\") < 0)
			return -1;
		if (*pattern == '(')
			depth++;
		else if (*pattern == ')' && depth > 0)
			depth--;
		if (*pattern == '^' && first ? buf_add_text(out, "\\`") < 0
					     : buf_add(out, pattern, (size_t)(end - pattern)) < 0)
			return -1;
		first = strchr("(|", *pattern) != NULL || (first && *pattern == '^');
	}
	return buf_add_text(out, ")");
}

/* It is tried in one place as it is. */
static bool begins_there(const char *pattern)
{
	return pattern[0] == '^' && strchr(pattern, '|') == NULL;
}

static bool is_heavy(const char *pattern)
{
	size_t added = 0;

	return !pattern_is_cheap(pattern, &added) || added > PATTERN_LIGHT_MAX;
}

static int compile(regex_t *regex, const char *pattern)
{
	struct buf anywhere;
	int result = regcomp(regex, pattern, FLAGS);

	if (result != 0 || begins_there(pattern) || is_heavy(pattern) || !has_few_states(pattern))
		return result;
	buf_init(&anywhere, strlen(pattern) * 2 + 16);
	if (put_anywhere(&anywhere, pattern) == 0) {
		regfree(regex);
		result = regcomp(regex, anywhere.data, FLAGS);
	}
	buf_release(&anywhere);
	return result;
}

int pattern_compile(regex_t *regex, const char *pattern)
{
	struct buf written;
	int result;

	buf_init(&written, WRITTEN_MAX);
	result = write_out(&written, pattern) == 0 ? compile(regex, written.data) : REG_ERANGE;
	buf_release(&written);
	return result;
}

static bool is_anchor(const char *at)
{
	if (*at == '\\')
		return at[1] != '\0' && strchr("bB<>`'", at[1]) != NULL;
	return *at == '^' || *at == '$';
}

/* How much is written before a place. */
struct written {
	size_t characters, solid; /* solid: pieces that are never empty */
	size_t anchors, chain;    /* all, and those one behind another */
	size_t options;           /* what may be left out, and may be empty anyway */
	size_t forks;             /* to be empty in one more way, but for what is in the chain */
	/* Where a group begins: of the branches before. */
	size_t longest_chain, most_forks, hollow; /* hollow: how many may be empty */
};

/* Each anchor behind another can be so many times the work for regcomp(). */
#define ANCHOR_FACTOR 3u
#define ANCHOR_CHAIN_MAX 7u

static size_t longer(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t weight_of_chain(size_t chain)
{
	size_t weight = 1;

	if (chain > ANCHOR_CHAIN_MAX)
		return PATTERN_ADDED_MAX + 1;
	while (chain-- > 1)
		weight *= ANCHOR_FACTOR;
	return weight;
}

/* Whether the repetition at `at` may have nothing of what it repeats. */
static bool may_have_none(const char *at)
{
	return *at == '*' || *at == '?' || (*at == '{' && strtoul(at + 1, NULL, 10) == 0);
}

static bool is_endless(const char *at)
{
	return *at == '*' || *at == '+' || (*at == '{' && behind_bound(at)[-2] == ',');
}

/* How many of what the repetition at `at` repeats may be left out; not of an endless one. */
static size_t options_at(const char *at)
{
	unsigned long low = *at == '{' ? strtoul(at + 1, NULL, 10) : 0;
	size_t bound = *at == '{' ? bound_at(at) : 1;

	return low < bound ? bound - low : 0;
}

/*
 * The last piece, which may be empty, is repeated.  Without end that is as good as an
 * anchor: from there regcomp() comes back to where it was, by each way that leads there.
 * And what may be left out is one more way past all those before it.
 */
static void repeat_empty(const char *at, size_t copies, struct written *end)
{
	size_t options, loops;

	if (is_endless(at)) {
		loops = 1 + (copies + 1) * end->forks;
		end->anchors += loops;
		end->chain += loops;
		end->forks = 0;
		return;
	}
	options = options_at(at);
	end->options += options;
	end->forks += options;
}

/* The last piece is repeated by what stands at `at`.  Anchors in it are as good as three
 * and more. */
static size_t repeat(const char *at, const struct written *begin, struct written *end)
{
	const struct written before = *end;
	size_t copies = copies_at(at), anchors = end->anchors - begin->anchors;
	size_t added = copies * (end->characters - begin->characters);

	end->characters += added + 1;
	end->anchors += copies * anchors;
	end->chain += 2 * (copies + 1) * anchors;
	end->options += copies * (end->options - begin->options);
	if (end->forks > begin->forks)
		end->forks += copies * (end->forks - begin->forks);
	if (end->solid == begin->solid)
		repeat_empty(at, copies, end);
	if (may_have_none(at))
		end->solid = begin->solid;
	added += (end->options - before.options) * end->options * weight_of_chain(end->chain);
	if (end->chain > before.chain)
		added += weight_of_chain(end->chain) * (end->options + 1);
	return added;
}

static void begin_group(struct written *group, const struct written *begin)
{
	*group = *begin;
	group->longest_chain = begin->chain;
	group->most_forks = begin->forks;
	group->hollow = 0;
}

static void end_branch(struct written *group, struct written *end)
{
	group->longest_chain = longer(group->longest_chain, end->chain);
	group->most_forks = longer(group->most_forks, end->forks);
	group->hollow += end->solid == group->solid;
	end->chain = group->chain;
	end->forks = group->forks;
	end->solid = group->solid;
}

static void end_group(struct written *group, struct written *end)
{
	end_branch(group, end);
	end->chain = group->longest_chain;
	end->forks = group->most_forks + (group->hollow > 1 ? group->hollow - 1 : 0);
	end->solid += group->hollow == 0;
}

/* The last piece is written from `begin` to `end`.  `open` has room for each '(' and for
 * the pattern itself, and is 0. */
static bool may_add(const char *at, struct written *open, size_t *added)
{
	struct written begin = *open, end = *open, *group = open;

	while (*at != '\0' && *added <= PATTERN_ADDED_MAX) {
		if (at[0] == '\\' && at[1] >= '1' && at[1] <= '9')
			return false;
		if (is_repetition(at)) {
			*added += repeat(at, &begin, &end);
			at = *at == '{' ? behind_bound(at) : at + 1;
			continue;
		}
		begin = end;
		end.characters++;
		if (is_anchor(at)) {
			end.anchors++;
			*added += weight_of_chain(++end.chain) * (end.options + 1);
		} else if (*at == '(') {
			begin_group(++group, &begin);
		} else if (*at == '|') {
			end_branch(group, &end);
		} else if (*at == ')' && group > open) {
			end_group(group, &end);
			begin = *group--;
		} else {
			end.solid++;
		}
		at = behind_one(at);
	}
	return *added <= PATTERN_ADDED_MAX;
}

bool pattern_is_cheap(const char *pattern, size_t *added)
{
	struct written *open = MEM_ARRAY(strlen(pattern) + 1, struct written);
	bool cheap;

	memset(open, 0, sizeof(*open));
	cheap = may_add(pattern, open, added);
	free(open);
	return cheap;
}

/* -------------------------------------------------------- matching ---- */

#define SHORT 4096u /* of a text: no light pattern takes long */
#define FEW_MS 1
#define MANY_MS 10

size_t pattern_reach(const char *pattern)
{
	return is_heavy(pattern) ? PATTERN_HEAVY_TEXT_MAX : SIZE_MAX;
}

/* A match that begins at one of the next places, which are as many as take some
 * milliseconds: between them it can be ended. */
static bool try_places(regex_t *regex, const char *text, size_t length, size_t places)
{
	int64_t now_ms = clock_thread_ms(), end_ms = now_ms + PATTERN_TRY_MS;
	size_t at = 0;

	while (at <= length && now_ms < end_ms) {
		size_t last = places - 1 < length - at ? at + places - 1 : length;
		int64_t begin_ms = now_ms;

		if (re_search(regex, text, (regoff_t)length, (regoff_t)at, (regoff_t)(last - at),
			    NULL) >= 0)
			return true;
		at = last + 1;
		while (at < length && ((unsigned char)text[at] & 0xC0) == 0x80)
			at++;
		now_ms = clock_thread_ms();
		if (now_ms - begin_ms <= FEW_MS)
			places *= 2;
		else if (now_ms - begin_ms > MANY_MS && places > 1)
			places /= 2;
	}
	return false;
}

/* A text that is cut does not end where it was cut. */
static bool try_beginning(regex_t *regex, const char *text, size_t length)
{
	char *beginning = mem_strndup(text, length);
	bool result;

	regex->not_eol = 1;
	result = try_places(regex, beginning, length, 1);
	regex->not_eol = 0;
	free(beginning);
	return result;
}

bool pattern_matches(regex_t *regex, size_t reach, const char *text)
{
	size_t length = strlen(text);

	if (reach == SIZE_MAX)
		return length <= SHORT ? regexec(regex, text, 0, NULL, 0) == 0
				       : try_places(regex, text, length, SHORT);
	if (length > reach)
		return try_beginning(regex, text, utf8_cut(text, reach));
	return try_places(regex, text, length, 1);
}
