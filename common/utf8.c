#include "common/utf8.h"

#include <string.h>

#include "common/sixteen.h"

static bool is_continuation(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

/* RFC 3629 §4: which second bytes a first byte allows keeps out overlong
 * forms, surrogates and what is beyond U+10FFFF. */
static bool second_allowed(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xE0:
		return second >= 0xA0 && second <= 0xBF;
	case 0xED:
		return second >= 0x80 && second <= 0x9F;
	case 0xF0:
		return second >= 0x90 && second <= 0xBF;
	case 0xF4:
		return second >= 0x80 && second <= 0x8F;
	default:
		return second >= 0x80 && second <= 0xBF;
	}
}

static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xC2 && first <= 0xDF)
		return 2;
	if (first >= 0xE0 && first <= 0xEF)
		return 3;
	if (first >= 0xF0 && first <= 0xF4)
		return 4;
	return 0;
}

size_t utf8_decode(const char *text, size_t length, uint32_t *out_rune)
{
	static const unsigned char mask[5] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	unsigned char first = (unsigned char)text[0];
	size_t n = sequence_length(first);
	uint32_t rune;
	size_t i;

	*out_rune = UTF8_REPLACEMENT;
	if (n == 0 || n > length)
		return 1;
	if (n > 1 && !second_allowed(first, (unsigned char)text[1]))
		return 1;
	rune = first & mask[n];
	for (i = 1; i < n; i++) {
		if (!is_continuation(text[i]))
			return 1;
		rune = rune << 6 | ((unsigned char)text[i] & 0x3F);
	}
	*out_rune = rune;
	return n;
}

static bool continues(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* Bytes of the sequence at `at`, of which `left` are there; 0 if it is none. */
static size_t sequence(const unsigned char *at, size_t left)
{
	unsigned char c = at[0];

	if (c < 0x80)
		return 1;
	if (c < 0xe0)
		return c >= 0xc2 && left >= 2 && continues(at[1]) ? 2 : 0;
	if (c < 0xf0) {
		if (left < 3 || !continues(at[1]) || !continues(at[2]))
			return 0;
		return (c == 0xe0 && at[1] < 0xa0) || (c == 0xed && at[1] >= 0xa0) ? 0 : 3;
	}
	if (c > 0xf4 || left < 4 || !continues(at[1]) || !continues(at[2]) || !continues(at[3]))
		return 0;
	return (c == 0xf0 && at[1] < 0x90) || (c == 0xf4 && at[1] >= 0x90) ? 0 : 4;
}

/*
 * Whether the bytes of a block stand where they may, by what stands before each;
 * three bytes before the block are looked at, too.
 */
static bool block_valid(const unsigned char *at)
{
	sixteen c = sixteen_at(at), p1 = sixteen_at(at - 1);
	sixteen p2 = sixteen_at(at - 2), p3 = sixteen_at(at - 3);
	sixteen follows = (sixteen)((p1 >= 0xc0) | (p2 >= 0xe0) | (p3 >= 0xf0));
	sixteen wrong = follows ^ (sixteen)((c & 0xc0) == 0x80);

	wrong |= (sixteen)(((c & 0xfe) == 0xc0) | (c > 0xf4));
	wrong |= (sixteen)(((p1 == 0xe0) & (c < 0xa0)) | ((p1 == 0xed) & (c >= 0xa0)));
	wrong |= (sixteen)(((p1 == 0xf0) & (c < 0x90)) | ((p1 == 0xf4) & (c >= 0x90)));
	return !sixteen_any(wrong);
}

/* Where the character begins that the bytes before `at` end in, if it goes on. */
static const unsigned char *back_to_start(const unsigned char *at)
{
	return at[-1] >= 0xc0 ? at - 1 : at[-2] >= 0xe0 ? at - 2 : at[-3] >= 0xf0 ? at - 3 : at;
}

/*
 * 0xC2 begins the C1 controls and 0xD8 the Arabic letter mark; from 0xE3 on, where
 * three bytes begin, to the surrogates' 0xED there are letters only.
 */
static size_t letter(const unsigned char *at, size_t left)
{
	unsigned char c = at[0];

	if (c < 0xc3 || c == 0xd8 || c > 0xec || (c >= 0xe0 && c < 0xe3))
		return 0;
	if (c < 0xe0)
		return left >= 2 && continues(at[1]) ? 2 : 0;
	return left >= 3 && continues(at[1]) && continues(at[2]) ? 3 : 0;
}

static bool is_plain(unsigned char c, const char stops[2])
{
	return c >= 0x20 && c < 0x7f && c != (unsigned char)stops[0] &&
	       c != (unsigned char)stops[1];
}

/* Whether a block that begins with a character has nothing else; its last one may
 * go on behind it. */
static bool block_plain(const unsigned char *at, const char stops[2])
{
	sixteen c = sixteen_at(at), before, two_before, follows, wrong;

	wrong = (sixteen)((c < 0x20) | (c == 0x7f) | (c == (unsigned char)stops[0]) |
			  (c == (unsigned char)stops[1]));
	if (sixteen_any(c & 0x80)) {
		before = sixteen_before(c);
		two_before = sixteen_two_before(c);
		follows = (sixteen)((before >= 0xc0) | (two_before >= 0xe0));
		wrong |= follows ^ (sixteen)((c & 0xc0) == 0x80);
		wrong |= (sixteen)((c - 0xc0 < 3) | (c == 0xd8) | (c - 0xe0 < 3) | (c > 0xec));
	}
	return !sixteen_any(wrong);
}

size_t utf8_plain_end(const char *text, size_t length, size_t i, const char stops[2])
{
	const unsigned char *at = (const unsigned char *)text + i;
	const unsigned char *begin = at, *end = (const unsigned char *)text + length;
	size_t n;

	while (end - at >= 16 && block_plain(at, stops))
		at = back_to_start(at + 16);
	/* What is left is shorter than a block: the last one of all, once more. */
	if (end - at < 16 && end - begin >= 16 && back_to_start(end) == end &&
		block_plain(end - 16, stops))
		return length;
	while (at < end) {
		n = at[0] < 0x80 ? is_plain(at[0], stops) : letter(at, (size_t)(end - at));
		if (n == 0)
			break;
		at += n;
	}
	return (size_t)(at - (const unsigned char *)text);
}

/* Names and the like. */
#define SHORT 64

static bool is_ascii(const char *text, size_t length)
{
	uint64_t eight, all = 0;
	size_t i;

	if (length < 8) {
		for (i = 0; i < length; i++)
			all |= (unsigned char)text[i];
		return (all & 0x80) == 0;
	}
	for (i = 0; i + 8 < length; i += 8) {
		memcpy(&eight, text + i, 8);
		all |= eight;
	}
	memcpy(&eight, text + length - 8, 8);
	return ((all | eight) & 0x8080808080808080u) == 0;
}

bool utf8_valid(const char *text, size_t length)
{
	const unsigned char *begin = (const unsigned char *)text, *at = begin, *end = at + length;
	uint64_t eight;
	size_t n;

	if (length < SHORT && is_ascii(text, length))
		return true;
	while (at < end) {
		/* Most text is long runs of ASCII. */
		while (end - at >= 8) {
			memcpy(&eight, at, 8);
			if ((eight & 0x8080808080808080u) != 0)
				break;
			at += 8;
		}
		if (at - begin >= 3 && end - at >= 16) {
			if (!block_valid(at))
				return false;
			at = back_to_start(at + 16);
			continue;
		}
		if (at == end)
			break;
		n = sequence(at, (size_t)(end - at));
		if (n == 0)
			return false;
		at += n;
	}
	return true;
}

size_t utf8_encode(uint32_t rune, char *out)
{
	if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
		rune = UTF8_REPLACEMENT;
	if (rune < 0x80) {
		out[0] = (char)rune;
		return 1;
	}
	if (rune < 0x800) {
		out[0] = (char)(0xC0 | rune >> 6);
		out[1] = (char)(0x80 | (rune & 0x3F));
		return 2;
	}
	if (rune < 0x10000) {
		out[0] = (char)(0xE0 | rune >> 12);
		out[1] = (char)(0x80 | (rune >> 6 & 0x3F));
		out[2] = (char)(0x80 | (rune & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | rune >> 18);
	out[1] = (char)(0x80 | (rune >> 12 & 0x3F));
	out[2] = (char)(0x80 | (rune >> 6 & 0x3F));
	out[3] = (char)(0x80 | (rune & 0x3F));
	return 4;
}

size_t utf8_cut(const char *text, size_t length)
{
	size_t start = length;
	size_t n;

	while (start > 0 && length - start < 4 && is_continuation(text[start - 1]))
		start--;
	if (start == 0 || (unsigned char)text[start - 1] < 0x80)
		return length;
	n = sequence_length((unsigned char)text[start - 1]);
	return n != 0 && start - 1 + n > length ? start - 1 : length;
}

bool utf8_turns(uint32_t rune)
{
	return rune == 0x061C || rune == 0x200E || rune == 0x200F ||
	       (rune >= 0x202A && rune <= 0x202E) || (rune >= 0x2066 && rune <= 0x2069);
}

static bool is_invisible(uint32_t rune)
{
	return utf8_turns(rune) || (rune >= 0x200B && rune <= 0x200D) || rune == 0xFEFF;
}

static bool is_break(uint32_t rune)
{
	return rune < 0x20 || (rune >= 0x7F && rune <= 0x9F) || rune == 0x2028 || rune == 0x2029;
}

bool utf8_is_unsafe(uint32_t rune)
{
	return is_break(rune) || is_invisible(rune);
}

bool utf8_joins(uint32_t rune)
{
	return rune == 0x200C || rune == 0x200D;
}

bool utf8_is_blank(uint32_t rune)
{
	return rune == ' ' || rune == 0xA0 || rune == 0x1680 ||
	       (rune >= 0x2000 && rune <= 0x200A) || rune == 0x202F || rune == 0x205F ||
	       rune == 0x3000;
}

/* What Unicode lets a font leave out (Default_Ignorable_Code_Point), and Braille's
 * pattern without a dot. */
static bool is_unseen(uint32_t rune)
{
	static const struct {
		uint32_t first, last;
	} unseen[] = { { 0xAD, 0xAD }, { 0x34F, 0x34F }, { 0x115F, 0x1160 }, { 0x17B4, 0x17B5 },
		{ 0x180B, 0x180F }, { 0x2060, 0x206F }, { 0x2800, 0x2800 }, { 0x3164, 0x3164 },
		{ 0xFE00, 0xFE0F }, { 0xFFA0, 0xFFA0 }, { 0xFFF0, 0xFFF8 }, { 0x1D173, 0x1D17A },
		{ 0xE0000, 0xE0FFF } };
	size_t i;

	for (i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (rune >= unseen[i].first && rune <= unseen[i].last)
			return true;
	return false;
}

bool utf8_shows(const char *text, size_t length)
{
	uint32_t rune;

	for (size_t i = 0; i < length;) {
		/* Mostly the first one. */
		if (text[i] > ' ' && text[i] < 0x7F)
			return true;
		i += utf8_decode(text + i, length - i, &rune);
		if (!utf8_is_blank(rune) && !utf8_is_unsafe(rune) && !is_unseen(rune))
			return true;
	}
	return false;
}

bool utf8_is_banned(uint32_t rune)
{
	return utf8_is_unsafe(rune) && rune != '\n' && rune != '\t' && !utf8_joins(rune);
}

uint32_t utf8_of_control(uint32_t rune)
{
	static const uint16_t windows_1252[32] = { 0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026,
		0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F, 0x90,
		0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161,
		0x203A, 0x0153, 0x9D, 0x017E, 0x0178 };

	return rune >= 0x80 && rune <= 0x9F ? windows_1252[rune - 0x80] : rune;
}

static int add_line(struct buf *out, const char *text, size_t length, bool joined)
{
	static const char no_stops[2] = { 0x7f, 0x7f };
	size_t i = 0, from = 0, n;
	uint32_t rune;

	while ((i = utf8_plain_end(text, length, i, no_stops)) < length) {
		n = utf8_decode(text + i, length - i, &rune);
		if (n > 1 && (!utf8_is_unsafe(rune) || (joined && utf8_joins(rune)))) {
			i += n;
			continue;
		}
		if (buf_add(out, text + from, i - from) < 0)
			return -1;
		if (rune == UTF8_REPLACEMENT && n == 1) {
			if (buf_add_rune(out, rune) < 0)
				return -1;
		} else if (is_break(rune) && buf_add_byte(out, ' ') < 0) {
			return -1;
		}
		i += n;
		from = i;
	}
	return buf_add(out, text + from, i - from);
}

int utf8_add_line(struct buf *out, const char *text, size_t length)
{
	return add_line(out, text, length, false);
}

int utf8_add_name(struct buf *out, const char *text, size_t length)
{
	return add_line(out, text, length, true);
}

/* As much of the text as may be needed; runs of blanks are one, none stands at an end. */
static size_t squeeze(const char *text, size_t length, char out[UTF8_WORDS_MAX + 2])
{
	size_t used = 0, i;

	for (i = 0; i < length && used <= UTF8_WORDS_MAX; i++)
		if (text[i] != ' ' || (used > 0 && out[used - 1] != ' '))
			out[used++] = text[i];
	if (i == length && used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
	return used;
}

int utf8_add_words(struct buf *out, const char *text, size_t length)
{
	char words[UTF8_WORDS_MAX + 2];
	size_t end, blank;

	length = squeeze(text, length, words);
	if (length <= UTF8_WORDS_MAX)
		return buf_add(out, words, length);
	end = utf8_cut(words, UTF8_WORDS_MAX);
	for (blank = end; blank > end / 2 && words[blank] != ' '; blank--)
		;
	if (blank > end / 2)
		end = blank;
	if (buf_add(out, words, end) < 0)
		return -1;
	return buf_add_text(out, "\xE2\x80\xA6");
}

int utf8_add_tag(struct buf *out, const char *text, size_t length)
{
	size_t start = out->length, end = start, i;

	if (utf8_add_name(out, text, length) < 0)
		return -1;
	for (i = start; i < out->length; i++) {
		bool last = i + 1 == out->length;

		if (out->data[i] == ' ' && end == start)
			continue;
		if (out->data[i] != ',')
			out->data[end++] = out->data[i];
		else if (end > start && out->data[end - 1] != ' ' && !last &&
			 out->data[i + 1] != ' ' && out->data[i + 1] != ',')
			out->data[end++] = ' ';
	}
	while (end > start && out->data[end - 1] == ' ')
		end--;
	/* Joiners with nothing to join. */
	if (end > start && !utf8_shows(out->data + start, end - start))
		end = start;
	buf_cut(out, end);
	return 0;
}
