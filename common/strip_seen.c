#include "common/strip.h"

#include <string.h>

#include "common/strip_token.h"
#include "common/utf8.h"

#define SHOWN_MAX 4096u /* bytes of a text that are looked at */
#define BREAKS_MAX 2    /* lines that end; with the second there is an empty one, or more */

/* Behind `start`, if the text from `at` on begins with that, in any case. */
static const char *skip(const char *at, const char *end, const char *start)
{
	size_t n = strlen(start);

	return (size_t)(end - at) > n && strip_same_name(at, n, start) ? at + n : at;
}

/* Where a part of an address ends, at the latest there. */
static const char *end_of(const char *at, const char *end, const char *marks)
{
	while (at < end && strchr(marks, *at) == NULL)
		at++;
	return at;
}

/* In place: an address without what changes while it leads to the same place.  How long
 * it is then. */
static size_t shorten(char *address, size_t length)
{
	const char *at = address, *end = address + length, *behind, *place;
	size_t n = 0, i;

	while (at < end && strip_is_space(*at))
		at++;
	while (end > at && strip_is_space(end[-1]))
		end--;
	behind = skip(skip(at, end, "http://"), end, "https://");
	if (behind > at) {
		address[n++] = '/';
		address[n++] = '/';
		behind = skip(behind, end, "www.");
	}
	place = end_of(behind, end, "?#");
	i = (size_t)(place - behind);
	while (i > 0 && behind[i - 1] == '/')
		i--;
	memmove(address + n, behind, i);
	n += i;
	/* Behind the query, where on the page. */
	place = end_of(place, end, "#");
	i = (size_t)(end_of(place, end, "?") - place);
	memmove(address + n, place, i);
	return n + i;
}

static int add_address(const char *value, size_t length, struct buf *out)
{
	size_t from = out->length;

	if (strip_decode(value, length, true, out) < 0)
		return -1;
	if (out->length > from)
		buf_cut(out, from + shorten(out->data + from, out->length - from));
	return 0;
}

/* What is written of a tag, in this order, whatever the tag's own is. */
static const struct {
	const char *name;
	bool is_address;
} told[] = { { "alt", false }, { "cite", true }, { "colspan", false }, { "data", true },
	{ "href", true }, { "poster", true }, { "rowspan", false }, { "src", true },
	{ "data-lazy-src", true }, { "data-lazy-srcset", true }, { "data-original", true },
	{ "data-src", true }, { "data-srcset", true }, { "srcset", true }, { "start", false },
	{ "title", false }, { "value", false } };

#define TOLD (sizeof(told) / sizeof(told[0]))

/* What stands in an attribute until there is something. */
static bool is_empty(const struct strip_attribute *a)
{
	size_t i = 0;

	while (i < a->value_length && strip_is_space(a->value[i]))
		i++;
	return i == a->value_length || strip_same_name(a->value, a->value_length, "about:blank");
}

/* Of a button or a field of a form nobody sees the value. */
static bool tells(const struct strip_token *tag, const struct strip_attribute *a, size_t which)
{
	static const char script[] = "javascript:";

	if (is_empty(a) || !strip_same_name(a->name, a->name_length, told[which].name))
		return false;
	if (strcmp(told[which].name, "value") == 0)
		return tag->tag == TAG_LI;
	return !told[which].is_address || a->value_length < sizeof(script) - 1 ||
	       !strip_same_name(a->value, sizeof(script) - 1, script);
}

/* A tag's attributes that are told; the first of a name counts.  How many there are. */
static size_t find_told(const struct strip_token *tag, struct strip_attribute found[TOLD])
{
	const char *at = tag->attributes, *end = tag->start + tag->length;
	struct strip_attribute a;
	size_t count = 0, i;

	memset(found, 0, TOLD * sizeof(*found));
	while (strip_attribute_next(&at, end, &a) > 0)
		for (i = 0; i < TOLD; i++)
			if (found[i].value == NULL && tells(tag, &a, i)) {
				found[i] = a;
				count++;
			}
	return count;
}

static int add_attribute(size_t which, const struct strip_attribute *a, struct buf *out)
{
	size_t i;
	int result;

	if (buf_add_byte(out, ' ') < 0 || buf_add_text(out, told[which].name) < 0 ||
		buf_add_byte(out, '=') < 0)
		return -1;
	i = out->length;
	result = told[which].is_address ? add_address(a->value, a->value_length, out)
					: strip_decode(a->value, a->value_length, true, out);
	/* A value that is broken for its length has no lines. */
	for (; i < out->length; i++)
		if (out->data[i] == '\n')
			out->data[i] = ' ';
	return result;
}

static bool is_side(const struct strip_attribute *a)
{
	static const char *const sides[] = { "height", "width" };

	return STRIP_IS_AMONG(sides, a) && a->value_length > 0;
}

/* "0", "1" or that many "px". */
static bool is_dot(const struct strip_attribute *a)
{
	return is_side(a) && (a->value[0] == '0' || a->value[0] == '1') &&
	       (a->value_length == 1 || strip_same_name(a->value + 1, a->value_length - 1, "px"));
}

/* An image, a film or a frame of a pixel counts readers; and so does one of the first two
 * that is that thin and says nothing of its other side. */
static bool is_pixel(const struct strip_token *tag)
{
	const char *at = tag->attributes, *end = tag->start + tag->length;
	struct strip_attribute attribute;
	unsigned dots = 0, sides = 0;
	bool styled = false;

	if (tag->tag != TAG_IMG && tag->tag != TAG_IFRAME && tag->tag != TAG_VIDEO)
		return false;
	while (strip_attribute_next(&at, end, &attribute) > 0) {
		dots += is_dot(&attribute);
		sides += is_side(&attribute);
		styled |= strip_same_name(attribute.name, attribute.name_length, "style");
	}
	if (tag->tag == TAG_IFRAME)
		return dots == 2;
	return dots == 2 || (dots == 1 && sides == 1 && !styled);
}

static bool is_among(enum strip_tag tag, const enum strip_tag *tags, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (tags[i] == tag)
			return true;
	return false;
}

/* Elements around a text that are nothing themselves, and those nobody knows. */
static bool is_frame(enum strip_tag tag)
{
	static const enum strip_tag frames[] = { TAG_ARTICLE, TAG_BASE, TAG_BODY, TAG_CENTER,
		TAG_DIV, TAG_FONT, TAG_FOOTER, TAG_FORM, TAG_HEAD, TAG_HEADER, TAG_HGROUP, TAG_HTML,
		TAG_LABEL, TAG_LINK, TAG_MAIN, TAG_META, TAG_NAV, TAG_NOSCRIPT, TAG_SECTION,
		TAG_SPAN, TAG_TBODY, TAG_TIME, TAG_UNKNOWN, TAG_WBR };

	return is_among(tag, frames, sizeof(frames) / sizeof(frames[0]));
}

/* Elements that are something without a word in them. */
static bool is_thing(enum strip_tag tag)
{
	static const enum strip_tag things[] = { TAG_AMP_ANIM, TAG_AMP_IFRAME, TAG_AMP_IMG,
		TAG_AUDIO, TAG_EMBED, TAG_IFRAME, TAG_IMG, TAG_OBJECT, TAG_PICTURE, TAG_VIDEO };

	return is_among(tag, things, sizeof(things) / sizeof(things[0]));
}

/* ---- writing ------------------------------------------------------------- */

/* What is there once something follows. */
struct waiting {
	bool word;       /* a word was the last that was written, */
	bool blank;      /* and there was white space since */
	bool paragraph;  /* one began */
	unsigned breaks; /* lines ended */
};

struct writer {
	struct buf *out;
	struct buf text; /* of one token */
	struct waiting waiting;
	/* What began last, as long as there is nothing in it; TAG_UNKNOWN: nothing. */
	enum strip_tag opened;
	size_t from, to; /* where its tag stands in `out` */
	struct waiting before;
};

static int end_line(struct buf *out)
{
	char last = out->length > 0 ? out->data[out->length - 1] : '\n';

	return last == '\n' || last == '>' ? 0 : buf_add_byte(out, '\n');
}

/* Before something that is seen. */
static int add_waiting(struct writer *w)
{
	if (w->waiting.paragraph || w->waiting.breaks > 0)
		w->waiting.word = false;
	/* With the text its first paragraph begins, whether it says so or not. */
	if (w->waiting.paragraph && w->out->length > 0 && buf_add_text(w->out, "<p>") < 0)
		return -1;
	for (; w->waiting.breaks > 0; w->waiting.breaks--)
		if (buf_add_text(w->out, "<br>") < 0)
			return -1;
	w->waiting.paragraph = false;
	return 0;
}

/* A tag that ends a line.  Of a paragraph without anything, and of lines that end where
 * another element ends them, nothing is seen. */
static int add_line(struct writer *w, const struct strip_token *tag)
{
	w->opened = TAG_UNKNOWN;
	w->waiting.word = w->waiting.blank = false;
	if (tag->tag == TAG_BR) {
		w->waiting.breaks += w->out->length > 0 && w->waiting.breaks < BREAKS_MAX;
	} else {
		w->waiting.breaks = 0;
		w->waiting.paragraph = tag->tag == TAG_P && tag->kind == STRIP_START;
	}
	return end_line(w->out);
}

static bool is_ticked(const struct strip_token *box)
{
	const char *at = box->attributes, *end = box->start + box->length;
	struct strip_attribute a;

	while (strip_attribute_next(&at, end, &a) > 0)
		if (strip_same_name(a.name, a.name_length, "checked"))
			return true;
	return false;
}

static int add_start(struct writer *w, const struct strip_token *tag)
{
	struct strip_attribute found[TOLD];
	struct waiting before = w->waiting;
	size_t i, from = w->out->length;

	if (is_pixel(tag) || (is_thing(tag->tag) && strip_hides(tag)) ||
		(find_told(tag, found) == 0 && is_thing(tag->tag)) ||
		(tag->tag == TAG_INPUT && !strip_is_box(tag)))
		return 0;
	if (add_waiting(w) < 0 || buf_add_byte(w->out, '<') < 0 ||
		buf_add_text(w->out, strip_tag_name(tag->tag)) < 0)
		return -1;
	for (i = 0; i < TOLD; i++)
		if (found[i].value != NULL && add_attribute(i, &found[i], w->out) < 0)
			return -1;
	/* A task is done. */
	if (tag->tag == TAG_INPUT && is_ticked(tag) && buf_add_text(w->out, " checked") < 0)
		return -1;
	w->waiting.word = w->waiting.blank = false;
	if ((strip_tag_traits(tag->tag) & (LINE | WORD | VOID)) == 0 && !is_thing(tag->tag)) {
		w->opened = tag->tag;
		w->from = from;
		w->to = w->out->length + 1;
		w->before = before;
	}
	return buf_add_byte(w->out, '>');
}

/* Some ends may be left out, so none is written.  But what had nothing in it was nothing. */
static void take_end(struct writer *w, enum strip_tag tag)
{
	bool blank = w->waiting.blank;

	if (w->opened == tag && w->out->length == w->to) {
		buf_cut(w->out, w->from);
		w->waiting = w->before;
		w->waiting.blank |= blank;
	} else {
		w->waiting.word = false;
	}
	w->opened = TAG_UNKNOWN;
}

static int add_tag(struct writer *w, const struct strip_token *tag)
{
	if ((strip_tag_traits(tag->tag) & (LINE | WORD)) != 0 && add_line(w, tag) < 0)
		return -1;
	if (is_frame(tag->tag) || tag->tag == TAG_P || tag->tag == TAG_BR)
		return 0;
	if (tag->kind == STRIP_START)
		return add_start(w, tag);
	if (!is_thing(tag->tag))
		take_end(w, tag->tag);
	return 0;
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

static int add_word(struct writer *w, const char *word, size_t length)
{
	if (add_waiting(w) < 0)
		return -1;
	if (w->waiting.word && w->waiting.blank && buf_add_byte(w->out, ' ') < 0)
		return -1;
	w->waiting.word = true;
	return buf_add(w->out, word, length);
}

/* Runs of white space are one space, whatever unseen stands in them; at tags none. */
static int add_text(struct writer *w, const struct strip_token *token)
{
	struct buf *text = &w->text;
	size_t at = 0, n;

	buf_clear(text);
	if (token->kind == STRIP_PLAIN ? buf_add(text, token->start, token->length) < 0
				       : strip_decode(token->start, token->length, false, text) < 0)
		return -1;
	simplify(text);
	while (at < text->length) {
		for (n = 0; at + n < text->length && !strip_is_space(text->data[at + n]); n++)
			;
		if (n > 0 && add_word(w, text->data + at, n) < 0)
			return -1;
		at += n;
		w->waiting.blank = at < text->length;
		at++;
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
	struct writer w = { .out = out, .opened = TAG_UNKNOWN };
	struct strip_hider hider = { .depth = 0 };
	struct strip_scan scan;
	struct strip_token token;
	int result = 0;

	buf_init(&w.text, out->max);
	strip_scan_init(&scan, html, length);
	while (result == 0 && strip_scan_next(&scan, &token)) {
		if (!is_seen(&token) || strip_hider_takes(&hider, &token))
			continue;
		result = token.kind == STRIP_START || token.kind == STRIP_END
				 ? add_tag(&w, &token)
				 : add_text(&w, &token);
	}
	buf_release(&w.text);
	if (result == 0 && out->length > 0 && out->data[out->length - 1] == '\n')
		buf_cut(out, out->length - 1);
	return result;
}

static bool token_shows(const struct strip_token *token, struct buf *text)
{
	if (token->kind == STRIP_START)
		return is_thing(token->tag) && !is_pixel(token) && !strip_hides(token);
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
