#include "daemon/store/fold.h"

#include <string.h>
#include <utf8proc.h>

#include "common/utf8.h"

struct range {
	uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t rune)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (rune > ranges[middle].last)
			low = middle + 1;
		else if (rune < ranges[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

#define IS_IN(ranges, rune) is_in(ranges, sizeof(ranges) / sizeof(ranges[0]), rune)

/* Marks without which a word of these scripts is the same word. */
static const struct range marks[] = {
	{ 0x300, 0x36f }, { 0x483, 0x489 }, /* combining; Cyrillic */
	{ 0x591, 0x5bd }, { 0x5bf, 0x5bf }, { 0x5c1, 0x5c2 }, { 0x5c4, 0x5c5 }, /* Hebrew */
	{ 0x610, 0x61a }, { 0x640, 0x640 }, { 0x64b, 0x65f }, { 0x670, 0x670 }, /* Arabic */
	{ 0x6d6, 0x6dc }, { 0x6df, 0x6e4 }, { 0x6e7, 0x6e8 }, { 0x6ea, 0x6ed }, { 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
	{ 0x1f3fb, 0x1f3ff }, /* colours of skin */
};

/* Scripts without spaces between words, and Hangul, whose endings cling. */
static const struct range packed[] = {
	{ 0xe01, 0xe3a },
	{ 0xe40, 0xe59 },   /* Thai */
	{ 0xe81, 0xedf },   /* Lao */
	{ 0x1000, 0x109f }, /* Myanmar */
	{ 0x1780, 0x17d3 },
	{ 0x17d7, 0x17dd }, /* Khmer */
	{ 0x2e80, 0x2fdf },
	{ 0x3005, 0x3007 },
	{ 0x3021, 0x3029 },
	{ 0x3031, 0x3035 },
	{ 0x3041, 0x309f }, /* Hiragana */
	{ 0x30a1, 0x30fa },
	{ 0x30fc, 0x318f },
	{ 0x31a0, 0x31bf },
	{ 0x31f0, 0x31ff },
	{ 0x3400, 0x4dbf },
	{ 0x4e00, 0x9fff },
	{ 0xa960, 0xa97c },
	{ 0xaa60, 0xaa7b },
	{ 0xac00, 0xd7a3 }, /* Hangul */
	{ 0xf900, 0xfaff },
	{ 0xff66, 0xffdc },
	{ 0x1aff0, 0x1b16f },
	{ 0x20000, 0x3ffff },
};

/* Emoji and what looks like them: not the symbols of mathematics or of tables. */
static const struct range symbols[] = {
	{ 0x231a, 0x231b },
	{ 0x23e9, 0x23fa },
	{ 0x25fb, 0x25fe },
	{ 0x2600, 0x27bf },
	{ 0x2b05, 0x2b07 },
	{ 0x2b1b, 0x2b1c },
	{ 0x2b50, 0x2b55 },
	{ 0x1f000, 0x1faff },
};

/* Letters that Unicode does not take apart, but people do. */
static const struct {
	uint32_t rune;
	const char *text;
} apart[] = {
	{ 0xe6, "ae" },
	{ 0xf0, "d" },
	{ 0xf8, "o" },
	{ 0xfe, "th" },
	{ 0x111, "d" },
	{ 0x127, "h" },
	{ 0x131, "i" },
	{ 0x138, "q" },
	{ 0x142, "l" },
	{ 0x14b, "n" },
	{ 0x153, "oe" },
	{ 0x167, "t" },
	{ 0x180, "b" },
	{ 0x19a, "l" },
	{ 0x1dd, "e" },
	{ 0x1e5, "g" },
	{ 0x259, "e" },
	{ 0x268, "i" },
	{ 0x640, "" },
};

enum fold_kind fold_kind(uint32_t rune)
{
	if (rune < 0x80)
		return (rune >= '0' && rune <= '9') || ((rune | 32) >= 'a' && (rune | 32) <= 'z')
			       ? FOLD_LETTER
			       : FOLD_SPACE;
	if (rune == UTF8_REPLACEMENT)
		return FOLD_SPACE;
	if (rune >= 0xe00 && IS_IN(packed, rune))
		return FOLD_PACKED;
	if (rune >= 0x300 && IS_IN(marks, rune))
		return FOLD_MARK;
	switch (utf8proc_category((utf8proc_int32_t)rune)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
	case UTF8PROC_CATEGORY_CO:
		return FOLD_LETTER;
	case UTF8PROC_CATEGORY_CF: /* soft hyphens, joiners: inside of words */
		return FOLD_MARK;
	case UTF8PROC_CATEGORY_SO:
		return IS_IN(symbols, rune) ? FOLD_SYMBOL : FOLD_SPACE;
	default:
		return FOLD_SPACE;
	}
}

/* One piece of a taken-apart character. */
static unsigned put_piece(uint32_t rune, char *out)
{
	size_t i;

	if (rune >= 0x300 && IS_IN(marks, rune))
		return 0;
	for (i = 0; i < sizeof(apart) / sizeof(apart[0]); i++)
		if (apart[i].rune == rune) {
			strcpy(out, apart[i].text);
			return (unsigned)strlen(out);
		}
	return (unsigned)utf8_encode(rune, out);
}

/* Which forms are made one: only those of type, not fractions or units. */
static bool is_form(uint32_t rune)
{
	return (rune >= 0xfb00 && rune <= 0xfefc) || (rune >= 0xff01 && rune <= 0xffdc) ||
	       (rune >= 0x1c4 && rune <= 0x1f3) || (rune >= 0x132 && rune <= 0x133) ||
	       (rune >= 0x1d400 && rune <= 0x1d7ff);
}

unsigned fold_rune(uint32_t rune, char out[FOLD_MAX])
{
	utf8proc_option_t options = UTF8PROC_CASEFOLD | UTF8PROC_DECOMPOSE;
	utf8proc_int32_t pieces[8];
	utf8proc_ssize_t count, i;
	unsigned length = 0;
	int boundary = 0;

	if (rune < 0x80) {
		out[0] = (char)(rune >= 'A' && rune <= 'Z' ? rune + 32 : rune);
		return 1;
	}
	/* Syllables and kana stay whole; their pieces are no marks. */
	if (rune >= 0x2e80 && !is_form(rune) && !(rune >= 0xa640 && rune <= 0xab6f))
		return (unsigned)utf8_encode(rune, out);
	if (is_form(rune))
		options |= UTF8PROC_COMPAT;
	count = utf8proc_decompose_char((utf8proc_int32_t)rune, pieces, 8, options, &boundary);
	if (count < 0 || count > 6) /* an Arabic word in one character */
		return (unsigned)utf8_encode(rune, out);
	for (i = 0; i < count; i++)
		length += put_piece((uint32_t)pieces[i], out + length);
	return length;
}

static bool begins_title(enum fold_kind kind)
{
	return kind == FOLD_LETTER || kind == FOLD_PACKED;
}

int fold_title(const char *text, struct buf *out)
{
	size_t length = strlen(text), at = 0;
	bool begun = false;
	char folded[FOLD_MAX];
	uint32_t rune;

	while (at < length) {
		at += utf8_decode(text + at, length - at, &rune);
		if (!begun && !begins_title(fold_kind(rune)))
			continue;
		begun = true;
		if (buf_add(out, folded, fold_rune(rune, folded)) < 0)
			return -1;
	}
	return 0;
}
