#include "daemon/feed/repair_priv.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *text;
	enum name_class class_;
} names[] = {
#define NAME(text, class_) { text, NAME_##class_ },
#include "daemon/feed/repair_names.def"
#undef NAME
};

#define NAME_LONGEST 32 /* of the table, and some */

#define NESTED_MAX 8 /* CDATA in CDATA */

#define SOON_BYTES 1024 /* how far an end tag is looked for */

bool repair_is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool repair_is_name_start(char c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || c == '_';
}

/* Bytes beyond ASCII are let in, so that a name in another script is one. */
static bool is_name(char c)
{
	return repair_is_name_start(c) || (c >= '0' && c <= '9') || c == ':' || c == '-' ||
	       c == '.' || (unsigned char)c >= 0x80;
}

struct span repair_name_at(const struct repair *r, size_t at)
{
	struct span name = { at, 0 };

	if (at >= r->length || !repair_is_name_start(r->text[at]))
		return name;
	while (at + name.length < r->length && is_name(r->text[at + name.length]))
		name.length++;
	return name;
}

/* Whether a tag's name that ends at `at` is followed by what follows one, and not
 * by more words. */
static bool goes_on_as_tag(const struct repair *r, size_t at)
{
	struct span name;

	at = repair_skip_blanks(r, at);
	if (repair_is_at(r, at, ">") || repair_is_at(r, at, "/>"))
		return true;
	name = repair_name_at(r, at);
	return name.length > 0 && repair_is_at(r, repair_skip_blanks(r, at + name.length), "=");
}

/* "< item>", "< /item>": a slip if feeds know the name, and else a sign for less. */
static struct span name_behind_slip(const struct repair *r, size_t at)
{
	struct span name = repair_name_at(r, repair_skip_blanks(r, at));

	if (name.length > 0 && (repair_class(r, name) == NAME_UNKNOWN ||
				       !goes_on_as_tag(r, name.at + name.length)))
		name.length = 0;
	return name;
}

struct span repair_start_name_at(const struct repair *r, size_t at)
{
	if (at + 1 < r->length && repair_is_blank(r->text[at + 1]))
		return name_behind_slip(r, at + 1);
	return repair_name_at(r, at + 1);
}

struct span repair_end_name_at(const struct repair *r, size_t at)
{
	size_t slash;

	if (repair_is_at(r, at, "</"))
		return repair_name_at(r, repair_skip_blanks(r, at + 2));
	slash = repair_skip_blanks(r, at + 1);
	if (slash > at + 1 && repair_is_at(r, slash, "/"))
		return name_behind_slip(r, slash + 1);
	return (struct span){ at, 0 };
}

bool repair_is_start_tag(const struct repair *r, size_t at)
{
	struct span name = repair_start_name_at(r, at);
	size_t after = name.at + name.length;

	return name.length > 0 && (after == r->length || repair_is_blank(r->text[after]) ||
					  strchr("/><", r->text[after]) != NULL);
}

bool repair_is_at(const struct repair *r, size_t at, const char *word)
{
	/* Mostly the first byte tells. */
	while (*word != '\0' && at < r->length && lower(r->text[at]) == lower(*word)) {
		word++;
		at++;
	}
	return *word == '\0';
}

bool repair_is_word(const struct repair *r, struct span run, const char *word)
{
	return run.length == strlen(word) && repair_is_at(r, run.at, word);
}

bool repair_same_name(const struct repair *r, struct span a, struct span b)
{
	return a.length == b.length && strncasecmp(r->text + a.at, r->text + b.at, a.length) == 0;
}

bool repair_same_bytes(const struct repair *r, struct span a, struct span b)
{
	return a.length == b.length && memcmp(r->text + a.at, r->text + b.at, a.length) == 0;
}

struct span repair_local(const struct repair *r, struct span name)
{
	const char *colon = memchr(r->text + name.at, ':', name.length);
	size_t n = colon != NULL ? (size_t)(colon - r->text) + 1 - name.at : 0;

	return (struct span){ name.at + n, name.length - n };
}

enum name_class repair_class(const struct repair *r, struct span name)
{
	char text[NAME_LONGEST];
	size_t low = 0, high = sizeof(names) / sizeof(names[0]), i;

	if (repair_is_at(r, name.at, "rss:") ||
		(r->root_prefix.length > 0 && name.length > r->root_prefix.length &&
			memcmp(r->text + name.at, r->text + r->root_prefix.at,
				r->root_prefix.length) == 0))
		name = repair_local(r, name);
	if (name.length >= sizeof(text))
		return NAME_UNKNOWN;
	for (i = 0; i < name.length; i++)
		text[i] = lower(r->text[name.at + i]);
	text[name.length] = '\0';
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(text, names[middle].text);

		if (order == 0)
			return names[middle].class_;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NAME_UNKNOWN;
}

size_t repair_skip_blanks(const struct repair *r, size_t at)
{
	while (at < r->length && repair_is_blank(r->text[at]))
		at++;
	return at;
}

size_t repair_find(const struct repair *r, size_t at, char c)
{
	const char *found;

	if (at >= r->length)
		return r->length;
	found = memchr(r->text + at, c, r->length - at);
	return found != NULL ? (size_t)(found - r->text) : r->length;
}

static size_t find_before(const struct repair *r, size_t at, size_t end, char c)
{
	const char *found = at < end ? memchr(r->text + at, c, end - at) : NULL;

	return found != NULL ? (size_t)(found - r->text) : end;
}

size_t repair_find_next(
	const struct repair *r, struct repair_next *next, size_t at, const char *word)
{
	const char *found;

	if (at >= r->length)
		return r->length;
	if (next->from <= at && at <= next->at)
		return next->at;
	found = memmem(r->text + at, r->length - at, word, strlen(word));
	next->from = at;
	next->at = found != NULL ? (size_t)(found - r->text) : r->length;
	return next->at;
}

/* The first tag from `at` on whose name is of this class or one around it. */
static size_t find_tag(const struct repair *r, size_t at, size_t end, enum name_class class_)
{
	for (; (at = find_before(r, at, end, '<')) < end; at++) {
		struct span name = repair_end_name_at(r, at);

		if (name.length == 0)
			name = repair_start_name_at(r, at);
		if (name.length > 0 && repair_class(r, name) >= class_)
			return at;
	}
	return end;
}

/*
 * What is never closed ends with its element, and so does what another comment's
 * end would close, if items begin or end in between.
 */
size_t repair_skip_comment(struct repair *r, size_t at)
{
	size_t from = at + strlen("<!--"), end, limit, tag;
	const char *other;

	end = repair_find_next(r, &r->comment_end, from, "-->");
	if (from > end)
		return repair_skip_angle(r, at);
	other = memmem(r->text + from, end - from, "<!--", strlen("<!--"));
	if (other == NULL && end < r->length)
		return end + strlen("-->");
	limit = other != NULL ? (size_t)(other - r->text) : end;
	if (end < r->length && find_tag(r, from, limit, NAME_ITEM) == limit)
		return end + strlen("-->");
	/* Behind the root nothing is lost. */
	r->is_left_open = r->is_left_open || r->depth > 0;
	tag = find_tag(r, from, limit, NAME_LEAF);
	return tag < limit ? tag : repair_skip_angle(r, at);
}

/* The last `word` that begins before `end`; 0 if there is none. */
static size_t find_back(const struct repair *r, size_t end, const char *word)
{
	size_t at = end;

	while (at > 0 && !repair_is_at(r, --at, word))
		;
	return at;
}

bool repair_ends_with_root(const struct repair *r)
{
	struct span root = r->open[0].name, name;
	size_t end = r->length, at;

	for (;;) {
		while (end > 0 && repair_is_blank(r->text[end - 1]))
			end--;
		if (end < 3 || r->text[end - 1] != '>')
			return false;
		if (repair_is_at(r, end - 3, "-->")) {
			end = find_back(r, end, "<!--");
			continue;
		}
		at = find_back(r, end, "<");
		name = repair_end_name_at(r, at);
		if (name.length == 0 || repair_skip_angle(r, at) != end)
			return false;
		/* A root that is ours has no end there. */
		if (root.length == 0 ? repair_class(r, name) >= NAME_ITEM
				     : repair_same_name(r, name, root))
			return true;
		end = at;
	}
}

size_t repair_skip_angle(const struct repair *r, size_t at)
{
	size_t end = repair_find(r, at, '>');

	return end < r->length ? end + 1 : r->length;
}

size_t repair_skip_instruction(const struct repair *r, size_t at)
{
	for (at += 2; at < r->length && r->text[at] != '>'; at++)
		if (r->text[at] == '<' &&
			(repair_is_at(r, at, "<?xml ") ||
				repair_class(r, repair_start_name_at(r, at)) >= NAME_ITEM))
			return at;
	return at < r->length ? at + 1 : at;
}

bool repair_closes_soon(const struct repair *r, size_t at, struct span name)
{
	size_t end = r->length - at > SOON_BYTES ? at + SOON_BYTES : r->length;

	for (; (at = find_before(r, at, end, '<')) < end; at++) {
		struct span other = repair_end_name_at(r, at);
		bool is_end = other.length > 0;

		if (!is_end)
			other = repair_start_name_at(r, at);
		if (repair_same_name(r, other, name))
			return is_end;
		if (other.length > 0 && repair_class(r, other) >= NAME_ITEM)
			return false;
	}
	return false;
}

size_t repair_skip_end_tag(struct repair *r, struct span name)
{
	size_t at = name.at + name.length;

	while (at < r->length && r->text[at] != '>' && r->text[at] != '<')
		at++;
	r->is_cut = r->is_cut || at == r->length;
	return at < r->length && r->text[at] == '>' ? at + 1 : at;
}

/* Whether an element ends at `at`: with its own end, and, if it is none that text is
 * in, where an item begins or ends, too. */
static bool ends_cdata(const struct repair *r, size_t at, struct span element, bool is_text)
{
	struct span name = repair_end_name_at(r, at);

	if (name.length > 0 && repair_same_name(r, name, element))
		return true;
	if (name.length == 0)
		name = repair_start_name_at(r, at);
	return !is_text && name.length > 0 && repair_class(r, name) >= NAME_ITEM;
}

/*
 * Whether the element of CDATA ends, and an item behind it, before a "]]>" at `end`
 * that stands alone somewhere else.
 */
static bool is_strays_end(
	struct repair *r, size_t at, size_t end, struct span element, size_t *out_end)
{
	if (repair_next_item_end(r, at) >= end)
		return false;
	for (; (at = find_before(r, at, end, '<')) < end; at++) {
		struct span name = repair_end_name_at(r, at);

		if (name.length > 0 && repair_same_name(r, name, element))
			break;
		if (name.length == 0 && repair_same_name(r, repair_start_name_at(r, at), element))
			return false;
	}
	*out_end = at;
	return at < end && find_tag(r, at, end, NAME_ITEM) < end;
}

/*
 * Whether "]]>" at `end` belongs to another CDATA than the one whose content
 * begins at `at`: a second one begins in between, and the element of the first
 * is over before that.  Then *out_end is there.
 */
static bool is_anothers_end(
	struct repair *r, size_t at, size_t end, struct span element, size_t *out_end)
{
	const char *other = memmem(r->text + at, end - at, "<![CDATA[", 9);
	size_t limit = other != NULL ? (size_t)(other - r->text) : end;
	bool is_text;

	if (element.length == 0)
		return false;
	if (other == NULL && end < r->length)
		return is_strays_end(r, at, end, element, out_end);
	is_text = repair_class(r, element) == NAME_TEXT;
	while ((at = repair_find(r, at, '<')) < limit) {
		if (ends_cdata(r, at, element, is_text)) {
			*out_end = at;
			return true;
		}
		at++;
	}
	return false;
}

/* How often CDATA begins in a run; of many it is enough to know that. */
static size_t count_cdata(const struct repair *r, size_t at, size_t end)
{
	const char *from = r->text + at, *stop = r->text + end;
	size_t count = 0;

	while (count <= NESTED_MAX &&
		(from = memmem(from, (size_t)(stop - from), "<![CDATA[", 9)) != NULL) {
		from += 9;
		count++;
	}
	return count;
}

static bool has_end(const struct repair *r, size_t at, size_t end, struct span element)
{
	bool is_text = repair_class(r, element) == NAME_TEXT;

	for (; (at = find_before(r, at, end, '<')) < end; at++)
		if (ends_cdata(r, at, element, is_text))
			return true;
	return false;
}

/*
 * CDATA whose content begins at `at` has others in it: the "]]>" that closes it, and
 * not the first, at `close`, if as many stand there before the element ends.
 */
static size_t outer_close(
	struct repair *r, size_t at, size_t close, size_t end, struct span element)
{
	size_t first = close, open = count_cdata(r, at, close);

	if (open == 0 || element.length == 0)
		return close;
	while (open <= NESTED_MAX && close < end && !has_end(r, at, close, element)) {
		if (open == 0)
			return close;
		at = close + 3;
		close = repair_find_next(r, &r->cdata_end, at, "]]>");
		open += count_cdata(r, at, close) - 1;
	}
	return first;
}

/* Before `end`, what was meant to close CDATA that begins at `at`, and did not. */
static size_t before_slip(const struct repair *r, size_t at, size_t end)
{
	static const char *const slips[] = { "]]&gt;", "]] >", "]]", "]>" };
	size_t i, n;

	for (i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
		n = strlen(slips[i]);
		if (end - at >= n && memcmp(r->text + end - n, slips[i], n) == 0)
			return end - n;
	}
	return end;
}

struct repair_cdata repair_cdata_at(struct repair *r, size_t at, size_t end, struct span element)
{
	struct repair_cdata cdata = { .content = { at + 9, 0 } };
	size_t close = repair_find_next(r, &r->cdata_end, cdata.content.at, "]]>"), outer;

	if (close > end)
		close = end;
	cdata.is_open = is_anothers_end(r, cdata.content.at, close, element, &close) ||
			close == end;
	r->is_left_open = r->is_left_open || cdata.is_open;
	outer = cdata.is_open ? close : outer_close(r, cdata.content.at, close, end, element);
	cdata.is_nested = outer > close;
	close = outer;
	cdata.after = cdata.is_open ? close : close + 3;
	if (cdata.is_open)
		close = before_slip(r, cdata.content.at, close);
	cdata.content.length = close - cdata.content.at;
	return cdata;
}
