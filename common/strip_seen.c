#include "common/strip.h"

#include <string.h>

#include "common/strip_token.h"
#include "common/utf8.h"

#define SHOWN_MAX 4096u /* bytes of a text that are looked at */

static int add_attribute(const struct strip_attribute *a, struct buf *out)
{
	static const char *const addresses[] = { "cite", "data", "href", "poster", "src" };
	static const char *const words[] = { "alt", "title" };
	bool address = STRIP_IS_AMONG(addresses, a);
	const char *query;
	size_t length = a->value_length;

	if (a->value == NULL || (!address && !STRIP_IS_AMONG(words, a)))
		return 0;
	query = address ? memchr(a->value, '?', length) : NULL;
	if (query != NULL)
		length = (size_t)(query - a->value);
	if (buf_add_byte(out, ' ') < 0 || buf_add(out, a->name, a->name_length) < 0 ||
		buf_add_byte(out, '=') < 0)
		return -1;
	return strip_decode(a->value, length, true, out);
}

static int add_tag(const struct strip_token *tag, struct buf *out)
{
	const char *at = tag->attributes, *end = tag->start + tag->length;
	struct strip_attribute attribute;
	int found;

	if (buf_add(out, tag->start, (size_t)(at - tag->start)) < 0)
		return -1;
	while ((found = strip_attribute_next(&at, end, &attribute)) > 0)
		if (tag->kind == STRIP_START && add_attribute(&attribute, out) < 0)
			return -1;
	return buf_add_byte(out, '>');
}

/* Runs of white space are one space, at tags none. */
static int add_text(const struct strip_token *token, struct buf *text, struct buf *out)
{
	bool first = true;
	size_t at = 0, n;

	buf_clear(text);
	if (token->kind == STRIP_PLAIN ? buf_add(text, token->start, token->length) < 0
				       : strip_decode(token->start, token->length, false, text) < 0)
		return -1;
	while (at < text->length) {
		for (n = 0; at + n < text->length && !strip_is_space(text->data[at + n]); n++)
			;
		if (n > 0 && ((!first && buf_add_byte(out, ' ') < 0) ||
				     buf_add(out, text->data + at, n) < 0))
			return -1;
		first = first && n == 0;
		at += n + 1;
	}
	return 0;
}

static bool is_seen(const struct strip_token *token)
{
	return !token->unseen && token->kind != STRIP_NOTHING &&
	       (strip_tag_traits(token->tag) & UNSEEN) == 0;
}

int strip_seen(const char *html, size_t length, struct buf *out)
{
	struct strip_scan scan;
	struct strip_token token;
	struct buf text;
	int result = 0;

	buf_init(&text, out->max);
	strip_scan_init(&scan, html, length);
	while (result == 0 && strip_scan_next(&scan, &token)) {
		if (!is_seen(&token))
			continue;
		result = token.kind == STRIP_START || token.kind == STRIP_END
				 ? add_tag(&token, out)
				 : add_text(&token, &text, out);
	}
	buf_release(&text);
	return result;
}

/* Elements that are something without a word in them. */
static bool is_thing(enum strip_tag tag)
{
	static const enum strip_tag things[] = { TAG_AUDIO, TAG_EMBED, TAG_IFRAME, TAG_IMG,
		TAG_OBJECT, TAG_PICTURE, TAG_VIDEO };
	size_t i;

	for (i = 0; i < sizeof(things) / sizeof(things[0]); i++)
		if (things[i] == tag)
			return true;
	return false;
}

static bool token_shows(const struct strip_token *token, struct buf *text)
{
	if (token->kind == STRIP_START)
		return is_thing(token->tag);
	if (token->kind != STRIP_TEXT && token->kind != STRIP_PLAIN)
		return false;
	buf_clear(text);
	/* Of a long text its beginning is enough. */
	(void)!strip_decode(token->start, token->length, false, text);
	return utf8_shows(text->data, text->length);
}

bool strip_shows(const char *html, size_t length)
{
	struct strip_scan scan;
	struct strip_token token;
	struct buf text;
	bool shows = false;

	buf_init(&text, SHOWN_MAX);
	strip_scan_init(&scan, html, length);
	while (!shows && strip_scan_next(&scan, &token))
		shows = is_seen(&token) && token_shows(&token, &text);
	buf_release(&text);
	return shows;
}
