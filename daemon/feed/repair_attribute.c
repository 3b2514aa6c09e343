#include "daemon/feed/repair_priv.h"

#include <string.h>

/* Attributes without a value in a row; more words than that are prose. */
#define WORDS_MAX 8

/* Quotes inside of a value: no more are looked at. */
#define QUOTES_MAX 64

/* The '/' of an empty element whose '>' is missing. */
static bool is_slash_before_tag(const struct repair *r, size_t at)
{
	return r->text[at] == '/' && repair_is_at(r, repair_skip_blanks(r, at + 1), "<");
}

/* Whether what follows a quote can follow a value: the tag's end, or names of
 * attributes up to a '=' or the tag's end. */
static bool can_follow_value(const struct repair *r, size_t at)
{
	int words;

	/* Some part them with commas. */
	if (at < r->length && (r->text[at] == ',' || r->text[at] == ';'))
		at++;
	for (words = 0; words < WORDS_MAX; words++) {
		struct span name;
		size_t next = repair_skip_blanks(r, at);

		if (next == r->length || r->text[next] == '>' || r->text[next] == '<' ||
			r->text[next] == '=' || repair_is_at(r, next, "/>") ||
			is_slash_before_tag(r, next))
			return true;
		if (next == at && words > 0)
			return false;
		name = repair_name_at(r, next);
		if (name.length == 0)
			return false;
		at = next + name.length;
	}
	return false;
}

/* The first `c` of a value so far, or NULL. */
static const char *first_in(const struct repair *r, size_t at, size_t end, char c)
{
	return memchr(r->text + at, c, end - at);
}

/*
 * href="http://a/ title="x": the '=' before the quote at `quote` belongs to the
 * next attribute, and the value that began at `at` ended before that one's name.
 * Only where it is one word, because in a sentence quotes are quotes.
 */
static bool is_next_attribute(const struct repair *r, size_t at, size_t quote, size_t *out_end)
{
	size_t name = quote - 1, end;

	while (name > at && !repair_is_blank(r->text[name - 1]))
		name--;
	for (end = name; end > at && repair_is_blank(r->text[end - 1]);)
		end--;
	if (end == at || repair_name_at(r, name).length != quote - 1 - name)
		return false;
	*out_end = end;
	while (at < end && !repair_is_blank(r->text[at]))
		at++;
	return at == end;
}

enum quote { CLOSES, INSIDE, FORGOTTEN };

/* What a quote in a value that begins at `at` is.  *inner: whether it is in an
 * attribute of HTML that stands in the value unescaped. */
static enum quote judge_quote(struct repair *r, size_t at, size_t quote, bool *inner)
{
	const char *less = first_in(r, at, quote, '<'), *greater = first_in(r, at, quote, '>');
	bool is_html = less != NULL && (greater == NULL || less < greater);
	bool opens = quote > at && r->text[quote - 1] == '=';

	/* The tag was over before it, and this one begins a value of the next or
	 * stands in another item. */
	if (greater != NULL && ((opens && !is_html) || repair_next_item_end(r, at) < quote))
		return FORGOTTEN;
	if (*inner || (opens && is_html)) {
		*inner = !*inner;
		return INSIDE;
	}
	return can_follow_value(r, quote + 1) ? CLOSES : INSIDE;
}

/*
 * Where the quoted value that begins at `at` ends: not every quote in it closes
 * it, and it may never be closed.
 */
static size_t quoted_end(struct repair *r, size_t at, char quote, bool *out_is_quoted)
{
	char word[2] = { quote, '\0' };
	enum quote is = INSIDE;
	bool inner = false;
	size_t end = at, close;
	int i;

	*out_is_quoted = true;
	for (i = 0; i < QUOTES_MAX && is == INSIDE; i++) {
		end = repair_find_next(r, &r->quotes[quote == '"'], i == 0 ? at : end + 1, word);
		if (end == r->length)
			break;
		is = judge_quote(r, at, end, &inner);
		if (is == CLOSES)
			return end;
		if (i == 0 && is == INSIDE && !inner && end > at && r->text[end - 1] == '=' &&
			is_next_attribute(r, at, end, &close)) {
			*out_is_quoted = false;
			return close;
		}
	}
	*out_is_quoted = false;
	close = repair_find(r, at, '>');
	return close > at && close < r->length && r->text[close - 1] == '/' ? close - 1 : close;
}

static bool ends_value(const struct repair *r, size_t at)
{
	return repair_is_blank(r->text[at]) || r->text[at] == '>' || repair_is_at(r, at, "/>") ||
	       repair_is_at(r, at, "</");
}

/* The length of what somebody's editor made of a quote, if it stands there. */
static size_t odd_quote(const struct repair *r, size_t at)
{
	static const char *const quotes[] = { "\u201c", "\u201d", "\u201e", "\u2033", "&quot;",
		"&#34;" };
	size_t i;

	for (i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++)
		if (repair_is_at(r, at, quotes[i]))
			return strlen(quotes[i]);
	return 0;
}

/* A value that begins at `at`, in odd quotes or none. */
static size_t bare_value(struct repair *r, size_t at, struct span *out_value)
{
	size_t opens = odd_quote(r, at), closes = 0, end = at + opens;

	while (end < r->length && (opens == 0 ? !ends_value(r, end) : r->text[end] != '>')) {
		if (opens > 0 && (closes = odd_quote(r, end)) > 0)
			break;
		end++;
	}
	*out_value = (struct span){ at + opens, end - at - opens };
	return end + closes;
}

/* The value behind "=" at `at`; where the input goes on is the result. */
static size_t read_value(struct repair *r, size_t at, struct repair_attribute *attribute)
{
	bool is_quoted;
	size_t end;

	at = repair_skip_blanks(r, at + 1);
	if (at < r->length && (r->text[at] == '"' || r->text[at] == '\'')) {
		end = quoted_end(r, at + 1, r->text[at], &is_quoted);
		attribute->value = (struct span){ at + 1, end - at - 1 };
		if (is_quoted)
			return end + 1;
		/* The other one was meant to close it. */
		if (end > at + 1 && r->text[end - 1] == (r->text[at] == '"' ? '\'' : '"'))
			attribute->value.length--;
		repair_tell(r, PROBLEM_QUOTES, at, attribute->name);
		return end;
	}
	end = bare_value(r, at, &attribute->value);
	repair_tell(r, PROBLEM_QUOTES, at, attribute->name);
	return end;
}

static size_t read_attribute(struct repair *r, size_t at, struct repair_tag *tag)
{
	struct repair_attribute attribute = { .name = repair_name_at(r, at) };
	size_t after = at + attribute.name.length;
	size_t equals = repair_skip_blanks(r, after);

	if (attribute.name.length == 0) {
		if (r->text[at] != '/' && r->text[at] != '?')
			repair_tell(r, PROBLEM_ATTRIBUTES, at, attribute.name);
		return at + 1;
	}
	attribute.value.at = after;
	if (equals < r->length && r->text[equals] == '=')
		after = read_value(r, equals, &attribute);
	else
		repair_tell(r, PROBLEM_NO_VALUE, at, attribute.name);
	if (tag->count < REPAIR_ATTRIBUTES_MAX)
		tag->attributes[tag->count++] = attribute;
	return after;
}

/*
 * Whether the '/' before the '>' at `at` ends a value without quotes and not the
 * element: what holds a whole feed or item is hardly ever empty, and addresses
 * end like that.
 */
static bool is_slash_of_value(const struct repair *r, const struct repair_tag *tag, size_t at)
{
	struct span value;

	if (tag->count == 0 || (r->depth > 0 && repair_class(r, tag->name) < NAME_ITEM))
		return false;
	value = tag->attributes[tag->count - 1].value;
	return value.length > 0 && value.at + value.length == at - 1;
}

/* "<title x</title>": the tag ends with its name, and what follows is its text. */
static bool lacks_angle(const struct repair *r, struct span name)
{
	enum name_class class_ = repair_class(r, name);
	size_t first = repair_skip_blanks(r, name.at + name.length), at = first;

	if (class_ != NAME_LEAF && class_ != NAME_TEXT)
		return false;
	while (at < r->length && r->text[at] != '<' && r->text[at] != '>')
		at++;
	if (!repair_same_name(r, repair_end_name_at(r, at), name))
		return false;
	name = repair_name_at(r, first);
	return !repair_is_at(r, repair_skip_blanks(r, first + name.length), "=");
}

bool repair_read_tag(struct repair *r, size_t at, struct repair_tag *out_tag)
{
	out_tag->name = repair_start_name_at(r, at);
	out_tag->count = 0;
	if (out_tag->name.at > at + 1)
		repair_tell(r, PROBLEM_BLANK, at, out_tag->name);
	at = out_tag->name.at + out_tag->name.length;
	out_tag->is_empty = false;
	if (lacks_angle(r, out_tag->name)) {
		repair_tell(r, PROBLEM_TAG, out_tag->name.at - 1, out_tag->name);
		out_tag->after = repair_skip_blanks(r, at);
		return true;
	}
	while ((at = repair_skip_blanks(r, at)) < r->length && r->text[at] != '>') {
		/* The next tag begins, this one has no end. */
		if (r->text[at] == '<')
			break;
		out_tag->is_empty = r->text[at] == '/';
		at = read_attribute(r, at, out_tag);
	}
	if (at >= r->length)
		return false;
	if (r->text[at] == '>')
		out_tag->is_empty = r->text[at - 1] == '/';
	if (out_tag->is_empty && is_slash_of_value(r, out_tag, at)) {
		out_tag->is_empty = false;
		out_tag->attributes[out_tag->count - 1].value.length++;
	}
	out_tag->after = r->text[at] == '>' ? at + 1 : at;
	return true;
}

struct span repair_attribute(const struct repair *r, const struct repair_tag *tag, const char *name)
{
	size_t i;

	for (i = 0; i < tag->count; i++)
		if (tag->attributes[i].name.length == strlen(name) &&
			repair_is_at(r, tag->attributes[i].name.at, name))
			return tag->attributes[i].value;
	return (struct span){ 0, 0 };
}

void repair_drop_attribute(const struct repair *r, struct repair_tag *tag, const char *name)
{
	size_t i;

	for (i = 0; i < tag->count; i++)
		if (tag->attributes[i].name.length == strlen(name) &&
			repair_is_at(r, tag->attributes[i].name.at, name))
			tag->attributes[i].is_dropped = true;
}
