#include "daemon/store/pattern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"

#define FLAGS (REG_EXTENDED | REG_ICASE | REG_NOSUB)

/*
 * A pattern that may begin anywhere is tried from each place of a text on, and where it
 * has a star each try may go to the text's end: a page of one word was a quarter of a
 * minute.  Behind "^.*" there is one try, which stands at all places at once.  What is
 * known of them all is a state; there are few, unless much that may be anything stands
 * behind something definite ("a.{20}b": each a is another place to remember), so that
 * such a pattern stays as it is.
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

static bool has_few_states(const char *pattern)
{
	unsigned long anything = 0, times, most;
	const char *comma;
	bool definite = false;

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
		} else if (strchr("()|*+?^$}", *pattern) == NULL) {
			definite = true;
		}
	}
	return anything <= ANYTHING_MAX;
}

/* The same, beginning anywhere: a ')' without its '(' is plain there, too. */
static int put_anywhere(struct buf *out, const char *pattern)
{
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
		if (buf_add(out, pattern, (size_t)(end - pattern)) < 0)
			return -1;
	}
	return buf_add_text(out, ")");
}

/* It is tried in one place as it is. */
static bool begins_there(const char *pattern)
{
	return pattern[0] == '^' && strchr(pattern, '|') == NULL;
}

int pattern_compile(regex_t *regex, const char *pattern)
{
	struct buf anywhere;
	int result = regcomp(regex, pattern, FLAGS);

	if (result != 0 || begins_there(pattern) || !has_few_states(pattern))
		return result;
	buf_init(&anywhere, strlen(pattern) * 2 + 16);
	if (put_anywhere(&anywhere, pattern) == 0) {
		regfree(regex);
		result = regcomp(regex, anywhere.data, FLAGS);
	}
	buf_release(&anywhere);
	return result;
}
