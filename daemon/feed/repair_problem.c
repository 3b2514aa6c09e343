#include "daemon/feed/repair_priv.h"

#include <string.h>

#include "common/utf8.h"

/* So many of a kind say it all. */
#define TOLD_MAX 3

#define SHOWN_MAX 40 /* bytes of a name */

/* "%.*s" is the name. */
static const struct {
	const char *before;
	const char *after;
	bool has_name;
} words[PROBLEMS] = {
	[PROBLEM_AMPERSAND] = { "an & that stands for itself must be written &amp;", "", false },
	[PROBLEM_ENTITY] = { "&", "; is known to HTML, not to XML", true },
	[PROBLEM_LESS] = { "a < that begins no tag must be written &lt;", "", false },
	[PROBLEM_BLANK] = { "there is a blank between < and ", "", true },
	[PROBLEM_CONTROL] = { "XML does not allow this control character", "", false },
	[PROBLEM_UNCLOSED] = { "<", "> is not closed before this", true },
	[PROBLEM_ITEM_START] = { "a <", "> is missing before this", true },
	[PROBLEM_STRAY_END] = { "</", "> closes nothing", true },
	[PROBLEM_TAG] = { "the tag <", " is not closed with >", true },
	[PROBLEM_QUOTES] = { "the value of the attribute ", " stands without quotes", true },
	[PROBLEM_TWICE] = { "the attribute ", " stands there twice; the first counts", true },
	[PROBLEM_NO_VALUE] = { "the attribute ", " has no value", true },
	[PROBLEM_ATTRIBUTES] = { "there is something between attributes that is none", "", false },
	[PROBLEM_BEFORE] = { "something stands before the document", "", false },
	[PROBLEM_AFTER] = { "something stands after the document's end", "", false },
	[PROBLEM_SEVERAL] = { "another document begins here", "", false },
	[PROBLEM_PREFIX] = { "the prefix ", " is not declared", true },
	[PROBLEM_CDATA] = { "the CDATA that begins here is not closed", "", false },
	[PROBLEM_NESTED] = { "CDATA cannot hold CDATA, as it does here", "", false },
	[PROBLEM_MARK] = { "]]> ends no CDATA here", "", false },
	[PROBLEM_OPEN] = { "the comment or instruction that begins here is not closed", "", false },
	[PROBLEM_HTML] = { "HTML in <", "> must be escaped", true },
	[PROBLEM_ROOT_START] = { "the document has no root element", "", false },
	[PROBLEM_ROOT_EMPTY] = { "<", "/> is empty, and the feed goes on", true },
	[PROBLEM_ROOT_END] = { "the document ends without </", ">", true },
	[PROBLEM_CUT] = { "the document ends in the middle of <", ">, which is left out", true },
	[PROBLEM_DEPTH] = { "elements are nested too deep; the innermost are left out", "", false },
	[PROBLEM_MARKUP] = { "<", "> does not belong here and is left out", true },
};

/* Go on counting lines up to `at`; places come in order, or nearly so. */
static void count_lines(struct repair *r, size_t at)
{
	const char *end;

	while (r->line_at < at &&
		(end = memchr(r->text + r->line_at, '\n', at - r->line_at)) != NULL) {
		r->line_at = (size_t)(end - r->text) + 1;
		r->line++;
		r->column = 1;
	}
	for (; r->line_at < at; r->line_at++)
		r->column += ((unsigned char)r->text[r->line_at] & 0xC0) != 0x80;
}

void repair_tell(struct repair *r, enum repair_problem problem, size_t at, struct span name)
{
	const char *shown = r->text + name.at;
	size_t length = name.length;

	bool is_once = problem == PROBLEM_BEFORE || problem == PROBLEM_AFTER;

	if (r->problems_to == NULL || r->told[problem]++ >= (is_once ? 1 : TOLD_MAX))
		return;
	count_lines(r, at);
	if (!words[problem].has_name)
		length = 0;
	if (length > SHOWN_MAX)
		length = utf8_cut(shown, SHOWN_MAX);
	build_problem(r->problems_to, r->line, r->column, "%s%.*s%s", words[problem].before,
		(int)length, shown, words[problem].after);
}

void repair_tell_open(struct repair *r, size_t at, size_t end, const char *mark)
{
	size_t length = strlen(mark);

	if (end - at < length || memcmp(r->text + end - length, mark, length) != 0)
		repair_tell(r, PROBLEM_OPEN, at, (struct span){ 0, 0 });
}
