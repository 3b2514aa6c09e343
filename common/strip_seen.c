#include "common/strip.h"

#include <string.h>

#include "common/strip_token.h"
#include "common/utf8.h"

#define SHOWN_MAX 4096u /* bytes of a text that are looked at */

/* An address without what changes while it leads to the same place. */
static int add_address(const char *value, size_t length, struct buf *out)
{
	static const char *const schemes[] = { "http://", "https://" };
	const char *end = value + length, *query;
	size_t i, n;

	while (value < end && strip_is_space(*value))
		value++;
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		n = strlen(schemes[i]);
		if ((size_t)(end - value) > n && strip_same_name(value, n, schemes[i]))
			value += n - strlen("//");
	}
	query = value < end ? memchr(value, '?', (size_t)(end - value)) : NULL;
	end = query != NULL ? query : end;
	while (end > value && strip_is_space(end[-1]))
		end--;
	return strip_decode(value, (size_t)(end - value), true, out);
}

static int add_name(const struct strip_attribute *a, struct buf *out)
{
	size_t i;

	if (buf_add_byte(out, ' ') < 0)
		return -1;
	for (i = 0; i < a->name_length; i++)
		if (buf_add_byte(out, strip_lower(a->name[i])) < 0)
			return -1;
	return buf_add_byte(out, '=');
}

static int add_attribute(const struct strip_attribute *a, struct buf *out)
{
	static const char *const addresses[] = { "cite", "data", "data-lazy-src", "data-original",
		"data-src", "data-srcset", "href", "poster", "src", "srcset" };
	static const char *const words[] = { "alt", "colspan", "rowspan", "start", "title",
		"value" };
	bool is_address = STRIP_IS_AMONG(addresses, a);

	if (a->value == NULL || (!is_address && !STRIP_IS_AMONG(words, a)))
		return 0;
	if (add_name(a, out) < 0)
		return -1;
	return is_address ? add_address(a->value, a->value_length, out)
			  : strip_decode(a->value, a->value_length, true, out);
}

static bool is_dot(const struct strip_attribute *a)
{
	static const char *const sides[] = { "height", "width" };

	return STRIP_IS_AMONG(sides, a) && a->value_length == 1 &&
	       (a->value[0] == '0' || a->value[0] == '1');
}

/* An image of a pixel counts readers. */
static bool is_pixel(const struct strip_token *tag)
{
	const char *at = tag->attributes, *end = tag->start + tag->length;
	struct strip_attribute attribute;
	unsigned dots = 0;

	while (tag->tag == TAG_IMG && strip_attribute_next(&at, end, &attribute) > 0)
		dots += is_dot(&attribute);
	return dots == 2;
}

/* Frames around a text that are nothing themselves, and elements nobody knows. */
static bool is_frame(enum strip_tag tag)
{
	static const enum strip_tag frames[] = { TAG_CENTER, TAG_DIV, TAG_FONT, TAG_FORM, TAG_LINK,
		TAG_NOSCRIPT, TAG_SPAN, TAG_TBODY, TAG_UNKNOWN };
	size_t i;

	for (i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
		if (frames[i] == tag)
			return true;
	return false;
}

static int end_line(struct buf *out)
{
	char last = out->length > 0 ? out->data[out->length - 1] : '\n';

	return last == '\n' || last == '>' ? 0 : buf_add_byte(out, '\n');
}

/* Only where an element begins is written: some ends may be left out.  Where it ends a
 * line, a line ends. */
static int add_tag(const struct strip_token *tag, struct buf *out)
{
	const char *at = tag->attributes, *end = tag->start + tag->length;
	struct strip_attribute attribute;

	if ((strip_tag_traits(tag->tag) & (LINE | WORD)) != 0 && end_line(out) < 0)
		return -1;
	if (tag->kind == STRIP_END || is_frame(tag->tag) || is_pixel(tag))
		return 0;
	if (buf_add_byte(out, '<') < 0 || buf_add_text(out, strip_tag_name(tag->tag)) < 0)
		return -1;
	while (strip_attribute_next(&at, end, &attribute) > 0)
		if (add_attribute(&attribute, out) < 0)
			return -1;
	return buf_add_byte(out, '>');
}

/* In place: blanks that do not break are blanks, and marks without width are nothing. */
static void simplify(struct buf *text)
{
	size_t from = 0, to = 0, n;
	uint32_t rune;

	while (from < text->length) {
		n = utf8_decode(text->data + from, text->length - from, &rune);
		if (rune == 0xA0) {
			text->data[to++] = ' ';
		} else if (rune != 0xAD && rune != 0x200B && rune != 0x2060 && rune != 0xFEFF) {
			memmove(text->data + to, text->data + from, n);
			to += n;
		}
		from += n;
	}
	buf_cut(text, to);
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
	simplify(text);
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
	if (result == 0 && out->length > 0 && out->data[out->length - 1] == '\n')
		buf_cut(out, out->length - 1);
	return result;
}

/* Elements that are something without a word in them. */
static bool is_thing(enum strip_tag tag)
{
	static const enum strip_tag things[] = { TAG_AMP_ANIM, TAG_AMP_IFRAME, TAG_AMP_IMG,
		TAG_AUDIO, TAG_EMBED, TAG_IFRAME, TAG_IMG, TAG_OBJECT, TAG_PICTURE, TAG_VIDEO };
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
