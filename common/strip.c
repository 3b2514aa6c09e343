#include "common/strip.h"

#include <string.h>

#include "common/sixteen.h"
#include "common/strip_token.h"
#include "common/utf8.h"

/* ---- writing text -------------------------------------------------------- */

enum gap { GAP_NONE, GAP_SPACE, GAP_LINE };

/* Text on its way out: what parts it from what is there waits until more
 * comes, so that nothing ends in white space. */
struct writer {
	struct buf *out;
	size_t start;
	size_t limit; /* of bytes behind start */
	enum gap gap;
	bool lines;   /* a gap may be a line end */
	bool joiners; /* keep U+200C and U+200D */
	bool title;   /* raise powers */
	bool images;  /* write what stands for them */
	bool full;    /* the limit is reached */
};

static void note_gap(struct writer *w, enum gap gap)
{
	if (gap == GAP_LINE && !w->lines)
		gap = GAP_SPACE;
	if (gap > w->gap)
		w->gap = gap;
}

/* As much as fits, without a blank at the end. */
static size_t whole_words(const char *text, size_t room)
{
	size_t length = utf8_cut(text, room);

	while (length > 0 && text[length - 1] == ' ')
		length--;
	return length;
}

static int put(struct writer *w, const char *text, size_t length)
{
	size_t used = w->out->length - w->start;
	bool gap = w->gap != GAP_NONE && used > 0;

	if (length + gap > w->limit - used) {
		w->full = true;
		if (gap >= w->limit - used)
			return 0;
		length = whole_words(text, w->limit - used - gap);
		if (length == 0)
			return 0;
	}
	if (gap && buf_add_byte(w->out, w->gap == GAP_LINE ? '\n' : ' ') < 0)
		return -1;
	w->gap = GAP_NONE;
	if (length <= w->out->max - w->out->length)
		return buf_add(w->out, text, length);
	/* It holds all that it can, and that is not all. */
	if (buf_add(w->out, text, whole_words(text, w->out->max - w->out->length)) == 0)
		w->full = true;
	return -1;
}

static int put_rune(struct writer *w, uint32_t rune)
{
	char bytes[4];

	if (rune <= 0x20 || (rune >= 0x7F && rune <= 0x9F) || rune == 0x2028 || rune == 0x2029) {
		note_gap(w, GAP_SPACE);
		return 0;
	}
	if (utf8_is_unsafe(rune) && !(w->joiners && (rune == 0x200C || rune == 0x200D)))
		return 0;
	return put(w, bytes, utf8_encode(rune, bytes));
}

static bool is_plain(char c)
{
	return c > ' ' && c < 0x7F && c != '&';
}

static bool continues(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

/*
 * Bytes of the character at `at` if it goes out as it is and needs no closer
 * look: ASCII, and of the others those blocks that have neither controls nor
 * blanks nor joiners, U+00C0 to U+05FF and U+3040 to U+CFFF.  Else 0.
 */
static size_t plain_length(const char *at, const char *end)
{
	unsigned char c = (unsigned char)*at;

	if (is_plain(*at))
		return 1;
	if (c >= 0xC3 && c <= 0xD7 && end - at >= 2 && continues(at[1]))
		return 2;
	if (c >= 0xE3 && c <= 0xEC && end - at >= 3 && continues(at[1]) && continues(at[2]) &&
		(c != 0xE3 || (unsigned char)at[1] > 0x80))
		return 3;
	return 0;
}

/* Of the bytes from `at` on those that are plain ASCII, or a space before such a
 * one, sixteen at a time; what it stops at may be fine, too. */
static const char *skip_ascii(const char *at, const char *end)
{
	unsigned n = 16;

	while (n == 16 && end - at > 16) {
		sixteen c = sixteen_at(at), next = sixteen_at(at + 1);

		n = sixteen_first(
			(sixteen)((c < ' ') | (c >= 0x7f) | (c == '&') |
				  ((c == ' ') & ((next <= ' ') | (next >= 0x7f) | (next == '&')))));
		at += n;
	}
	return at;
}

/* The run of such characters from `at`, single spaces between them included. */
static const char *plain_run(const char *at, const char *end)
{
	size_t n;

	while (at < end && (n = plain_length(at, end)) > 0) {
		at += n;
		if (n == 1)
			at = skip_ascii(at, end);
		if (end - at >= 2 && *at == ' ' && plain_length(at + 1, end) > 0)
			at++;
	}
	return at;
}

/* What begins at `at` and is not plain: a character or a reference. */
static int put_other(
	struct writer *w, const char *at, const char *end, bool decode, size_t *out_taken)
{
	uint32_t runes[2] = { '&', 0 };
	int count = 1, i;
	size_t n = 0;

	if (*at == '&' && decode)
		n = strip_reference(at, (size_t)(end - at), false, runes, &count);
	if (n == 0) {
		n = utf8_decode(at, (size_t)(end - at), &runes[0]);
		count = 1;
	}
	*out_taken = n;
	for (i = 0; i < count; i++)
		if (put_rune(w, runes[i]) < 0)
			return -1;
	return 0;
}

static int put_text(struct writer *w, const char *at, const char *end, bool decode)
{
	while (at < end && !w->full) {
		const char *from = at;
		size_t taken;

		at = plain_run(at, end);
		if (at > from && put(w, from, (size_t)(at - from)) < 0)
			return -1;
		if (at == end)
			break;
		if (*at == ' ') {
			note_gap(w, GAP_SPACE);
			taken = 1;
		} else if (put_other(w, at, end, decode, &taken) < 0) {
			return -1;
		}
		at += taken;
	}
	return 0;
}

#define RAISED_MAX 64 /* bytes; what is longer is a text, not a power */

static bool begins_word(const char *at, const char *end)
{
	uint32_t runes[2] = { 0, 0 };
	int count;

	if (at == end)
		return false;
	if (*at == '&' && strip_reference(at, (size_t)(end - at), false, runes, &count) > 0)
		return runes[0] >= 0x80 || strip_is_letter((char)runes[0]) ||
		       strip_is_digit((char)runes[0]);
	return (unsigned char)*at >= 0x80 || strip_is_letter(*at) || strip_is_digit(*at);
}

/* The text from `scan` on up to the end of a <sup> or <sub>.  1 if nothing is left of it. */
static int put_raised(struct writer *w, struct strip_scan *scan, enum strip_tag tag)
{
	struct strip_scan ahead = *scan;
	struct strip_token text, behind;
	struct buf plain, raised;
	uint32_t before = w->gap == GAP_NONE && w->out->length > w->start
				  ? (unsigned char)w->out->data[w->out->length - 1]
				  : 0;
	int result = 0;

	if ((tag != TAG_SUP && tag != TAG_SUB) || !strip_scan_next(&ahead, &text) ||
		text.kind != STRIP_TEXT || text.length > RAISED_MAX ||
		!strip_scan_next(&ahead, &behind) || behind.kind != STRIP_END || behind.tag != tag)
		return 0;
	buf_init(&plain, SIZE_MAX);
	buf_init(&raised, SIZE_MAX);
	if (strip_decode(text.start, text.length, false, &plain) == 0)
		result = strip_raise(plain.data, plain.length, tag == TAG_SUP, before, &raised);
	if (result > 0) {
		if (put_text(w, raised.data, raised.data + raised.length, false) < 0)
			result = -1;
		/* A phrase is apart on both sides. */
		if (raised.data[0] == ' ' && begins_word(ahead.at, scan->end))
			note_gap(w, GAP_SPACE);
		*scan = ahead;
	}
	buf_release(&plain);
	buf_release(&raised);
	return result;
}

static void note_tag(struct writer *w, enum strip_tag tag)
{
	unsigned traits = strip_tag_traits(tag);

	if ((traits & LINE) != 0)
		note_gap(w, GAP_LINE);
	else if ((traits & WORD) != 0)
		note_gap(w, GAP_SPACE);
}

static int put_value(struct writer *w, const struct strip_attribute *a)
{
	struct buf value;
	int result;

	buf_init(&value, SIZE_MAX);
	note_gap(w, GAP_SPACE);
	result = strip_decode(a->value, a->value_length, true, &value);
	if (result == 0 && value.length > 0)
		result = put_text(w, value.data, value.data + value.length, false);
	note_gap(w, GAP_SPACE);
	buf_release(&value);
	return result;
}

/* What an image shows, and what it says besides, as an article tells both. */
static int put_image(struct writer *w, const struct strip_token *image)
{
	const char *at = image->attributes, *end = image->start + image->length;
	struct strip_attribute a, alt = { NULL, 0, NULL, 0, NULL, NULL }, title = alt;

	while (strip_attribute_next(&at, end, &a) == 1) {
		if (alt.value == NULL && strip_same_name(a.name, a.name_length, "alt"))
			alt = a;
		if (title.value == NULL && strip_same_name(a.name, a.name_length, "title"))
			title = a;
	}
	if (alt.value_length > 0 && put_value(w, &alt) < 0)
		return -1;
	if (title.value_length == 0 ||
		(title.value_length == alt.value_length &&
			memcmp(title.value, alt.value, alt.value_length) == 0))
		return 0;
	return put_value(w, &title);
}

/* The source of the formula that begins there, where its letters, one behind the other,
 * tell less.  *end: where the last one ends. */
static int put_math(struct writer *w, struct strip_scan *scan, const struct strip_token *token,
	const char **end)
{
	struct strip_slice source;
	const char *close;

	if (token->start < *end || !strip_is_math(token))
		return 0;
	close = strip_math(token, scan->end, &source);
	*end = close != NULL ? close : scan->end;
	if (close == NULL || source.length == 0 || strip_math_is_row(token, close))
		return 0;
	scan->at = close;
	return put_text(w, source.at, source.at + source.length, true);
}

static int put_start(struct writer *w, struct strip_scan *scan, const struct strip_token *token,
	const char **math_end)
{
	if (w->images && strip_stands_for(token->tag) == TAG_IMG)
		return put_image(w, token);
	return put_math(w, scan, token, math_end);
}

static int put_html(struct writer *w, const char *html, size_t length)
{
	struct strip_scan scan;
	struct strip_token token;
	struct strip_hider hider = { .depth = 0 };
	const char *math_end = html;
	bool hidden;
	int raised;

	strip_scan_init(&scan, html, length);
	while (!w->full && strip_scan_next(&scan, &token)) {
		if (token.unseen || token.kind == STRIP_NOTHING)
			continue;
		hidden = strip_hider_takes(&hider, &token);
		if (hidden && w->title)
			note_gap(w, GAP_SPACE);
		raised = w->title && !hidden && token.kind == STRIP_START
				 ? put_raised(w, &scan, token.tag)
				 : 0;
		if (raised < 0)
			return -1;
		if (raised > 0)
			continue;
		if (token.kind == STRIP_START || token.kind == STRIP_END) {
			note_tag(w, token.tag);
			if (!hidden && token.kind == STRIP_START &&
				put_start(w, &scan, &token, &math_end) < 0)
				return -1;
		} else if (!hidden && put_text(w, token.start, token.start + token.length,
					      token.kind == STRIP_TEXT) < 0) {
			return -1;
		}
	}
	return 0;
}

int strip_text(const char *html, size_t length, enum strip_flow flow, struct buf *out)
{
	struct writer w = { .out = out,
		.start = out->length,
		.limit = SIZE_MAX,
		.lines = flow == STRIP_LINES,
		.images = flow == STRIP_WORDS,
		.joiners = true };

	return put_html(&w, html, length);
}

int strip_title(const char *html, size_t length, size_t limit, struct buf *out)
{
	struct writer w = { .out = out, .start = out->length, .limit = limit, .title = true };

	return put_html(&w, html, length);
}

/* ---- does it look like HTML? --------------------------------------------- */

static bool is_word(char c)
{
	return strip_is_letter(c) || strip_is_digit(c) || c == '_' || (unsigned char)c >= 0x80;
}

static size_t word_length(const char *at, const char *end)
{
	const char *p = at;

	while (p < end && is_word(*p))
		p++;
	return (size_t)(p - at);
}

enum sign { SIGN_NONE, SIGN_FOR, SIGN_AGAINST };

/* "</word>" speaks for HTML, a tag that people do not write against it; "<3" and "p<0.05"
 * begin none, there or elsewhere. */
static enum sign judge_tag(const char *at, const char *end)
{
	bool closes = end - at > 1 && at[1] == '/';
	const char *name = at + 1 + closes;
	size_t n = word_length(name, end);

	if (n == 0 || (!closes && !strip_is_letter(*name)))
		return SIGN_NONE;
	if ((strip_tag_traits(strip_tag_find(name, n)) & PROSE) == 0)
		return SIGN_AGAINST;
	return closes && name + n < end && name[n] == '>' ? SIGN_FOR : SIGN_NONE;
}

static enum sign judge_reference(const char *at, const char *end)
{
	bool number = end - at > 1 && at[1] == '#';
	const char *name = at + 1 + number;
	size_t n = word_length(name, end);
	uint32_t runes[2];

	if (n == 0 || name + n == end || name[n] != ';')
		return SIGN_NONE;
	return number || strip_entity(name, n, runes) > 0 ? SIGN_FOR : SIGN_AGAINST;
}

bool strip_is_tag(const char *name, size_t length)
{
	return strip_tag_find(name, length) != TAG_UNKNOWN;
}

bool strip_looks_like_html(const char *text, size_t length)
{
	const char *end = text + length;
	const char *at;
	bool found = false;

	for (at = text; at < end; at++) {
		enum sign sign = SIGN_NONE;

		if (*at == '<')
			sign = judge_tag(at, end);
		else if (*at == '&')
			sign = judge_reference(at, end);
		if (sign == SIGN_AGAINST)
			return false;
		found |= sign == SIGN_FOR;
	}
	return found;
}
