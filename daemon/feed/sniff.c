#include "daemon/feed/sniff.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "daemon/feed/blank.h"

/* Behind blanks, byte order marks, and the zeros of UTF-16 between the characters. */
static size_t first_sign(const char *bytes, size_t length)
{
	size_t i = 0;

	while (i < length &&
		(blank_is(bytes[i]) || strchr("\xef\xbb\xbf\xfe\xff", bytes[i]) != NULL))
		i++;
	return i;
}

bool sniff_is_json(const char *bytes, size_t length)
{
	size_t at = first_sign(bytes, length);

	return at < length && (bytes[at] == '{' || bytes[at] == '[');
}

/* Of an escape in JSON its last five bytes: whether it is one of '<', '{' and '['. */
static bool is_opening_escape(const char *at)
{
	static const char *const escapes[] = { "u003c", "u007b", "u005b" };
	size_t i;

	for (i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		if (strncasecmp(at, escapes[i], strlen(escapes[i])) == 0)
			return true;
	return false;
}

bool sniff_is_json_string(const char *bytes, size_t length)
{
	size_t at = first_sign(bytes, length);

	while (length > at && blank_is(bytes[length - 1]))
		length--;
	if (length - at < 3 || bytes[at] != '"' || bytes[length - 1] != '"')
		return false;
	/* Line ends and tabs are escapes there, and the last quote may be one. */
	for (at++; at + 1 < length && (blank_is(bytes[at]) || bytes[at] == '\\'); at++) {
		at += bytes[at] == '\\';
		if (bytes[at] == 'u')
			break;
	}
	if (length - at > 4 && bytes[at] == 'u')
		return is_opening_escape(bytes + at);
	return at < length && strchr("{[<", bytes[at]) != NULL;
}

/* Behind the string that begins before `at`. */
static size_t behind_string(const char *text, size_t at, size_t length)
{
	while (at < length && text[at] != '"')
		at += text[at] == '\\' ? 2 : 1;
	return at < length ? at + 1 : length;
}

size_t sniff_behind_json(const char *text, size_t length)
{
	size_t at = 0, depth = 0;

	while (at < length) {
		char c = text[at++];

		if (c == '"')
			at = behind_string(text, at, length);
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && (depth == 0 || --depth == 0))
			return at;
	}
	return length;
}

bool sniff_is_empty(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (!blank_is(text[i]) && text[i] != '\0')
			return false;
	return true;
}

/* Behind the next `mark`; the end if there is none. */
static const char *behind(const char *at, const char *end, const char *mark)
{
	const char *found = memmem(at, (size_t)(end - at), mark, strlen(mark));

	return found != NULL ? found + strlen(mark) : end;
}

/* Behind a doctype, whose internal subset may have '>' in it. */
static const char *behind_doctype(const char *at, const char *end)
{
	const char *close = behind(at, end, ">");
	const char *open = memchr(at, '[', (size_t)(close - at));

	return open != NULL ? behind(behind(open, end, "]"), end, ">") : close;
}

static bool is_name_char(char c)
{
	return !blank_is(c) && strchr("/>=<\"'", c) == NULL;
}

static struct sniff root_at(const char *at, const char *end)
{
	struct sniff sniff = { SNIFF_XML, at, 0, false };
	const char *local = at, *colon;
	size_t length;

	while (at < end && is_name_char(*at))
		at++;
	sniff.root_length = length = (size_t)(at - sniff.root);
	colon = memchr(local, ':', length);
	if (colon != NULL) {
		length -= (size_t)(colon + 1 - local);
		local = colon + 1;
	}
	if ((length == 4 &&
		    (strncasecmp(local, "html", 4) == 0 || strncasecmp(local, "head", 4) == 0 ||
			    strncasecmp(local, "body", 4) == 0)))
		sniff.kind = SNIFF_HTML;
	else if (length == 4 && strncasecmp(local, "opml", 4) == 0)
		sniff.kind = SNIFF_OPML;
	return sniff;
}

static bool tag_has(const char *tag, const char *end, const char *word)
{
	return memmem(tag, (size_t)(behind(tag, end, ">") - tag), word, strlen(word)) != NULL;
}

bool sniff_holds_feed(const char *text, size_t length)
{
	const char *end = text + length;
	const char *rss = memmem(text, length, "<rss ", 5);
	const char *atom = memmem(text, length, "<feed ", 6);
	const char *rdf = memmem(text, length, "<rdf:RDF ", 9);

	/* A page's licence is RDF, too. */
	if (rdf != NULL &&
		(tag_has(rdf, end, "purl.org/rss/1.0") || tag_has(rdf, end, "my.netscape.com/rdf")))
		return true;

	return (rss != NULL && tag_has(rss, end, "version")) ||
	       (atom != NULL && tag_has(atom, end, "/Atom"));
}

/* Whether an element can only begin a feed, whatever a DOCTYPE says. */
static bool is_feed_root(const struct sniff *sniff)
{
	static const char *const roots[] = { "rss", "feed", "rdf:RDF", "opml" };
	size_t i;

	for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (sniff->root_length == strlen(roots[i]) &&
			strncasecmp(sniff->root, roots[i], sniff->root_length) == 0)
			return true;
	return false;
}

static bool begins(const char *at, const char *end, const char *with)
{
	size_t length = strlen(with);

	return (size_t)(end - at) >= length && strncasecmp(at, with, length) == 0;
}

static struct sniff first_element(const char *text, const char *end)
{
	struct sniff none = { SNIFF_TEXT, text, 0, false }, sniff;
	const char *at = text;
	bool is_open = false;

	while ((at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		if (begins(at, end, "<!--")) {
			/* One without an end is its mark, and so is each behind it. */
			if (!is_open && behind(at, end, "-->") == end)
				is_open = memcmp(end - 3, "-->", 3) != 0;
			at = is_open ? at + strlen("<!--") : behind(at, end, "-->");
		} else if (begins(at, end, "<?")) {
			at = behind(at, end, ">");
		} else if (begins(at, end, "<!doctype html")) {
			none.kind = SNIFF_HTML;
			at = behind_doctype(at, end);
		} else if (begins(at, end, "<!")) {
			at = behind_doctype(at, end);
		} else if (at + 1 < end && ((at[1] | 0x20) >= 'a' && (at[1] | 0x20) <= 'z')) {
			sniff = root_at(at + 1, end);
			return none.kind == SNIFF_HTML && !is_feed_root(&sniff) ? none : sniff;
		} else {
			at++;
		}
	}
	return none;
}

/* Behind the tag, comment or instruction at `at`; NULL if a feed begins there. */
static const char *behind_markup(const char *at, const char *end)
{
	struct sniff sniff;

	if (begins(at, end, "<!--"))
		return behind(at, end, "-->");
	if (begins(at, end, "<!"))
		return behind_doctype(at, end);
	sniff = root_at(at + 1, end);
	return is_feed_root(&sniff) ? NULL : behind(at, end, ">");
}

/* Behind an element of a page whose text is not read as markup; `at` if none is there. */
static const char *behind_raw_text(const char *at, const char *end)
{
	static const char *const names[] = { "script", "style", "title", "textarea", "noscript",
		"template" };
	char close[sizeof("</textarea")];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!begins(at + 1, end, names[i]))
			continue;
		snprintf(close, sizeof(close), "</%s", names[i]);
		while (at < end && !begins(at, end, close))
			at++;
		return behind(at, end, ">");
	}
	return at;
}

/*
 * Whether a page is but wrapped around a feed: that stands before all text.  A
 * page that shows one, or whose scripts write one, is a page.
 */
static bool wraps_feed(const char *text, size_t length)
{
	const char *end = text + length, *at = text, *next;

	while (at < end && (blank_is(*at) || *at == '<')) {
		next = blank_is(*at) ? at + 1 : behind_raw_text(at, end);
		if (next == at && (next = behind_markup(at, end)) == NULL)
			return sniff_holds_feed(at, (size_t)(behind(at, end, ">") - at));
		at = next;
	}
	return false;
}

struct sniff sniff_text(const char *text, size_t length)
{
	struct sniff sniff = first_element(text, text + length);

	if (sniff.kind == SNIFF_HTML && wraps_feed(text, length))
		sniff.kind = SNIFF_XML;
	if (sniff.kind == SNIFF_XML)
		sniff.is_netscape = memmem(text, (size_t)(sniff.root - text), "netscape.com", 12) !=
				    NULL;
	return sniff;
}

static bool begins_with(const char *at, const char *end, const char *name, size_t length)
{
	return (size_t)(end - at) > length && memcmp(at, name, length) == 0 &&
	       !is_name_char(at[length]);
}

bool sniff_goes_on(const struct sniff *sniff, const char *at, const char *end)
{
	size_t length = sniff->root_length;

	if (length == 0)
		return false;
	while (at < end && (at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		at++;
		if (begins_with(at, end, sniff->root, length) || begins_with(at, end, "item", 4) ||
			begins_with(at, end, "entry", 5))
			return true;
	}
	return false;
}

/* A text of which nothing is an element but the warnings that PHP puts before it. */
static bool is_bare(const char *text, size_t length)
{
	struct sniff sniff = first_element(text, text + length);

	return sniff.kind == SNIFF_TEXT ||
	       (sniff.kind == SNIFF_XML && sniff.root_length <= 2 &&
		       strncasecmp(sniff.root, "br", sniff.root_length) == 0);
}

size_t sniff_find_json(const char *text, size_t length)
{
	const char *end = text + length, *at = text, *next;

	if (!is_bare(text, length) || memmem(text, length, "jsonfeed.org/version", 20) == NULL)
		return length;
	while ((at = memchr(at, '{', (size_t)(end - at))) != NULL) {
		next = at + 1;
		while (next < end && blank_is(*next))
			next++;
		if (next < end && (*next == '"' || *next == '\''))
			return (size_t)(at - text);
		at++;
	}
	return length;
}

static bool begins_feed(const char *at, const char *end, const char *angle)
{
	static const char *const roots[] = { "?xml", "rss", "feed", "rdf:RDF" };
	size_t i;

	if (!begins(at, end, angle))
		return false;
	for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (begins(at + strlen(angle), end, roots[i]))
			return true;
	return false;
}

/* The end of a feed in CDATA, which may have CDATA of its own: before the last
 * "]]>" behind its end; NULL if that is missing. */
static const char *end_of_cdata(const char *at, const char *end)
{
	static const char *const ends[] = { "</rss", "</feed", "</rdf:RDF" };
	const char *last = end - 3;
	size_t i;

	while (last > at && memcmp(last, "]]>", 3) != 0)
		last--;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]) && last > at; i++)
		if (memmem(last, (size_t)(end - last), ends[i], strlen(ends[i])) != NULL)
			return NULL;
	return last > at ? last : NULL;
}

bool sniff_find_inner(
	const char *text, size_t length, size_t *out_at, size_t *out_length, bool *out_escaped)
{
	static const char cdata[] = "<![CDATA[";
	const char *end = text + length, *at = text, *to;

	while (at != NULL && at < end && (blank_is(*at) || (*at == '<' && !begins(at, end, cdata))))
		at = blank_is(*at) ? at + 1 : behind_markup(at, end);
	if (at == NULL || at == end)
		return false;
	*out_escaped = *at != '<';
	if (!*out_escaped)
		at += strlen(cdata);
	while (at < end && blank_is(*at))
		at++;
	if (!begins_feed(at, end, *out_escaped ? "&lt;" : "<"))
		return false;
	to = *out_escaped ? memchr(at, '<', (size_t)(end - at)) : end_of_cdata(at, end);
	*out_at = (size_t)(at - text);
	*out_length = (size_t)((to != NULL ? to : end) - at);
	return true;
}
