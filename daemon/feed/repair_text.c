#include "daemon/feed/repair_priv.h"

#include <string.h>

#include "common/sixteen.h"
#include "common/strip.h"

/* What a byte of text may need; from CONTROL on, in CDATA, too. */
enum care { NONE, AMPERSAND, LESS, GREATER, QUOTE, CONTROL, NONCHARACTER };

static const unsigned char care_of[256] = {
	CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, /* 0x00 */
	CONTROL, NONE, NONE, CONTROL, CONTROL, NONE, CONTROL, CONTROL,          /* \t \n \r */
	CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, /* 0x10 */
	CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL, CONTROL,
	CONTROL, ['"'] = QUOTE, ['&'] = AMPERSAND, ['<'] = LESS, ['>'] = GREATER,
	[0xEF] = NONCHARACTER, /* U+FFFE and U+FFFF begin with it */
};

/* The first of sixteen bytes that may need it; 16 if none does. */
static unsigned first_suspect(const char *text, enum care least)
{
	sixteen c = sixteen_at(text), rare = (sixteen)((c < ' ') | (c == 0xef));

	if (least != CONTROL)
		rare |= (sixteen)((c == '"') | (c == '&') | (c == '<') | (c == '>'));
	return sixteen_first(rare);
}

/* The first byte that needs care of that kind or a later one; `end` if none does. */
static size_t find_care(const struct repair *r, size_t at, size_t end, enum care least)
{
	while (end - at >= 16) {
		unsigned n = first_suspect(r->text + at, least);

		at += n;
		if (n == 16)
			continue;
		if (care_of[(unsigned char)r->text[at]] >= least)
			return at;
		at++;
	}
	while (at < end && care_of[(unsigned char)r->text[at]] < least)
		at++;
	return at;
}

void repair_put(struct repair *r, const char *bytes, size_t length)
{
	if (buf_add(r->out, bytes, length) < 0)
		r->is_full = true;
}

void repair_put_text(struct repair *r, const char *text)
{
	repair_put(r, text, strlen(text));
}

static bool ends_with(const struct repair *r, const char *word)
{
	size_t n = strlen(word);

	return r->out->length >= n && memcmp(r->out->data + r->out->length - n, word, n) == 0;
}

/* U+FFFE or U+FFFF, which are characters of UTF-8 and none of XML. */
static bool is_noncharacter(const struct repair *r, size_t at)
{
	return r->length - at >= 3 && (unsigned char)r->text[at + 1] == 0xBF &&
	       (unsigned char)r->text[at + 2] >= 0xBE;
}

static void put_rune(struct repair *r, uint32_t rune)
{
	switch (rune) {
	case '&':
		repair_put_text(r, "&amp;");
		return;
	case '<':
		repair_put_text(r, "&lt;");
		return;
	case '>':
		repair_put_text(r, "&gt;");
		return;
	case '"':
		repair_put_text(r, "&quot;");
		return;
	case '\t':
	case '\n':
	case '\r':
		repair_put_text(r, rune == '\t' ? "&#9;" : rune == '\n' ? "&#10;" : "&#13;");
		return;
	}
	if (rune < 0x20 || (rune & 0xFFFE) == 0xFFFE) {
		r->left_out++;
		return;
	}
	if (buf_add_rune(r->out, rune) < 0)
		r->is_full = true;
}

/* The five of XML, as they are written: most references in feeds. */
static size_t xml_reference(const char *text, size_t length)
{
	static const char *const known[] = { "&lt;", "&gt;", "&amp;", "&quot;", "&apos;" };
	size_t i, n;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		n = strlen(known[i]);
		if (n <= length && memcmp(known[i], text, n) == 0)
			return n;
	}
	return 0;
}

/* What stands at an '&'; how much of the input that was is the result. */
static size_t write_reference(struct repair *r, size_t at, size_t end, enum text_mode mode)
{
	const char *text = r->text + at;
	bool is_raw = mode == MODE_RAW || mode == MODE_RAW_TEXT;
	size_t n = is_raw ? 0 : xml_reference(text, end - at);
	uint32_t runes[2];
	int count, i;

	if (n > 0) {
		repair_put(r, text, n);
		return n;
	}
	if (!is_raw)
		n = strip_reference(text, end - at, true, runes, &count);
	if (n == 0) {
		if (!is_raw)
			repair_tell(r, PROBLEM_AMPERSAND, at, (struct span){ 0, 0 });
		repair_put_text(r, mode == MODE_RAW_TEXT ? "&amp;amp;" : "&amp;");
		return 1;
	}
	if (text[1] != '#')
		repair_tell(r, PROBLEM_ENTITY, at,
			(struct span){ at + 1, n - 1 - (text[n - 1] == ';') });
	for (i = 0; i < count; i++)
		put_rune(r, runes[i]);
	return n;
}

/* One byte that needs care; how much of the input that was is the result. */
static size_t write_special(struct repair *r, size_t at, size_t end, enum text_mode mode)
{
	switch (care_of[(unsigned char)r->text[at]]) {
	case AMPERSAND:
		return write_reference(r, at, end, mode);
	case LESS:
		repair_put_text(r, mode == MODE_RAW_TEXT ? "&amp;lt;" : "&lt;");
		return 1;
	case GREATER:
		repair_put_text(r, ends_with(r, "]]") ? "&gt;" : ">");
		return 1;
	case QUOTE:
		repair_put_text(r, mode == MODE_ATTRIBUTE ? "&quot;" : "\"");
		return 1;
	case NONCHARACTER:
		if (!is_noncharacter(r, at)) {
			repair_put(r, r->text + at, 1);
			return 1;
		}
		repair_tell(r, PROBLEM_CONTROL, at, (struct span){ 0, 0 });
		return 3;
	default:
		repair_tell(r, PROBLEM_CONTROL, at, (struct span){ 0, 0 });
		r->left_out++;
		return 1;
	}
}

void repair_write(struct repair *r, struct span run, enum text_mode mode)
{
	size_t from = run.at, end = run.at + run.length, at;

	while ((at = find_care(r, from, end, AMPERSAND)) < end) {
		repair_put(r, r->text + from, at - from);
		from = at + write_special(r, at, end, mode);
	}
	repair_put(r, r->text + from, end - from);
}

/* The length of a run without anything that XML forbids. */
static size_t allowed_run(const struct repair *r, size_t at, size_t end)
{
	size_t i = at;

	while ((i = find_care(r, i, end, CONTROL)) < end &&
		care_of[(unsigned char)r->text[i]] == NONCHARACTER && !is_noncharacter(r, i))
		i++;
	return i - at;
}

/* A run within CDATA. */
static void write_inside(struct repair *r, size_t at, size_t end)
{
	size_t n;

	for (;;) {
		n = allowed_run(r, at, end);
		/* What was apart must not come together as "]]>". */
		if (n > 0 &&
			((ends_with(r, "]]") && r->text[at] == '>') ||
				(ends_with(r, "]") && n > 1 && memcmp(r->text + at, "]>", 2) == 0)))
			repair_put_text(r, "]]><![CDATA[");
		repair_put(r, r->text + at, n);
		at += n;
		if (at == end)
			break;
		repair_tell(r, PROBLEM_CONTROL, at, (struct span){ 0, 0 });
		at += care_of[(unsigned char)r->text[at]] == CONTROL ? 1 : 3;
	}
}

/* The length of a mark of CDATA, where one stands. */
static size_t cdata_mark(const struct repair *r, size_t at)
{
	return repair_is_at(r, at, "<![CDATA[") ? 9 : repair_is_at(r, at, "]]>") ? 3 : 0;
}

void repair_write_cdata(struct repair *r, const struct repair_cdata *cdata)
{
	size_t from = cdata->content.at, at = from, end = from + cdata->content.length, n;

	if (cdata->is_open) {
		repair_tell(r, PROBLEM_CDATA, from - 9, (struct span){ 0, 0 });
		r->is_cut = r->is_cut || cdata->after == r->length;
	}
	repair_put_text(r, "<![CDATA[");
	for (; cdata->is_nested && at < end; at++) {
		n = cdata_mark(r, at);
		if (n == 0)
			continue;
		repair_tell(r, PROBLEM_NESTED, at, (struct span){ 0, 0 });
		write_inside(r, from, at);
		from = at + n;
		at = from - 1;
	}
	write_inside(r, from, end);
	repair_put_text(r, "]]>");
}
