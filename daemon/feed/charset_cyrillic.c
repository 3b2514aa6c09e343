#include "daemon/feed/charset_priv.h"

/*
 * Encodings of Cyrillic that are declared in each other's place.  Every byte means
 * something in all of them, so only the text tells: read wrongly, small letters
 * are followed by capitals, signs stand among the letters, and the letters that
 * are frequent in every language that is written so are not.
 *
 * Of a hundred bytes of words, right readings of Russian, Ukrainian,
 * Bulgarian, Serbian, Kazakh and Mongolian score 47 to 79, wrong ones 37 at most.
 */

#define SAMPLE_HIGH_MIN 24 /* fewer bytes of words say too little */
#define SAMPLE_BYTES 65536
#define SCORE_GOOD 50
#define LAST_LETTERS_MIN 3
#define SCORE_BETTER 25 /* by so much another reading has to be the better one */

/* x-mac-cyrillic has the small letters of windows-1251 but one: see by_last_letter(). */
static const enum charset readings[] = { CHARSET_WINDOWS_1251, CHARSET_KOI8_R, CHARSET_KOI8_U,
	CHARSET_IBM866, CHARSET_ISO_8859_5 };

bool charset_is_cyrillic(enum charset charset)
{
	size_t i;

	for (i = 0; i < sizeof(readings) / sizeof(readings[0]); i++)
		if (readings[i] == charset)
			return true;
	return charset == CHARSET_X_MAC_CYRILLIC;
}

static bool is_letter(uint32_t rune)
{
	return (rune >= 0x400 && rune <= 0x45F) || rune == 0x490 || rune == 0x491;
}

static bool is_small(uint32_t rune)
{
	return (rune >= 0x430 && rune <= 0x45F) || rune == 0x491;
}

static bool is_among(const uint16_t *runes, size_t count, uint32_t rune)
{
	while (count > 0)
		if (runes[--count] == rune)
			return true;
	return false;
}
#define IS_AMONG(runes, rune) is_among(runes, sizeof(runes) / sizeof((runes)[0]), rune)

/* One of а в е и л н о р с т. */
static bool is_frequent(uint32_t rune)
{
	static const uint16_t letters[] = { 0x430, 0x432, 0x435, 0x438, 0x43B, 0x43D, 0x43E, 0x440,
		0x441, 0x442 };

	return IS_AMONG(letters, rune < 0x430 ? rune + 0x20 : rune);
}

/* Signs that stand in a text: quotes, dashes, blanks, № and the like. */
static bool is_mark(uint32_t rune)
{
	static const uint16_t marks[] = { 0xA0, 0xA7, 0xA9, 0xAB, 0xAD, 0xAE, 0xB0, 0xB1, 0xB7,
		0xBB, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x201E, 0x2022, 0x2026,
		0x20AC, 0x2116, 0x2122 };

	return IS_AMONG(marks, rune);
}

/* What one byte adds; *after_small is whether a small letter stands before it. */
static int points_of(uint32_t rune, bool *after_small)
{
	bool was_small = *after_small;

	*after_small = is_small(rune);
	if (!is_letter(rune))
		return is_mark(rune) ? 0 : -2;
	return is_frequent(rune) - (was_small && !is_small(rune) ? 2 : 0);
}

/*
 * The next run of bytes beyond ASCII that may be a word: not a lone one, nor the same
 * again and again, nor at a Latin letter.  What Latin text has of them are signs, and
 * a sign of one encoding may be a frequent letter of another.  False at the end.
 */
static bool next_word(const char *bytes, size_t length, size_t *from, size_t *to)
{
	size_t at = *to, begin;
	bool varies;

	while (at < length) {
		for (; at < length && (unsigned char)bytes[at] < 0x80; at++)
			;
		varies = false;
		for (begin = at; at < length && (unsigned char)bytes[at] >= 0x80; at++)
			varies |= bytes[at] != bytes[begin];
		if (!varies || charset_is_latin(bytes, length, at) ||
			(begin > 0 && charset_is_latin(bytes, length, begin - 1)))
			continue;
		*from = begin;
		*to = at;
		return true;
	}
	return false;
}

/* Of a hundred bytes of words, how many points. */
static int score(const uint16_t high[128], const char *bytes, size_t length)
{
	int count = 0, points = 0;
	size_t from, to = 0;

	while (next_word(bytes, length, &from, &to)) {
		bool after_small = false;

		for (; from < to; from++, count++)
			points += points_of(high[(unsigned char)bytes[from] - 0x80], &after_small);
	}
	return count >= SAMPLE_HIGH_MIN ? points * 100 / count : SCORE_GOOD;
}

static enum charset by_score(
	struct feed_charsets *charsets, enum charset said, const char *bytes, size_t length)
{
	enum charset best = said;
	int said_score, best_score, other;
	size_t i;

	charset_open(charsets, said);
	said_score = best_score = score(charsets->high[said], bytes, length);
	if (said_score >= SCORE_GOOD)
		return said;
	for (i = 0; i < sizeof(readings) / sizeof(readings[0]); i++) {
		charset_open(charsets, readings[i]);
		other = score(charsets->high[readings[i]], bytes, length);
		if (other > best_score) {
			best_score = other;
			best = readings[i];
		}
	}
	return best_score >= SCORE_GOOD && best_score - said_score >= SCORE_BETTER ? best : said;
}

/*
 * Of the two whose small letters are the same, by the one that is not, я: it follows
 * other small letters, and what stands in its place, Я and €, does not.
 */
static enum charset by_last_letter(enum charset said, const char *bytes, size_t length)
{
	size_t windows = 0, mac = 0, i;

	for (i = 1; i < length; i++) {
		unsigned char before = (unsigned char)bytes[i - 1], byte = (unsigned char)bytes[i];

		windows += before >= 0xE0 && before < 0xFF && byte == 0xFF;
		mac += before >= 0xE0 && before < 0xFF && byte == 0xDF;
	}
	if (windows >= LAST_LETTERS_MIN && mac == 0)
		return CHARSET_WINDOWS_1251;
	return mac >= LAST_LETTERS_MIN && windows == 0 ? CHARSET_X_MAC_CYRILLIC : said;
}

enum charset charset_cyrillic(
	struct feed_charsets *charsets, enum charset said, const char *bytes, size_t length)
{
	enum charset found;

	while (length > 0 && (unsigned char)bytes[0] < 0x80) {
		bytes++;
		length--;
	}
	length = length < SAMPLE_BYTES ? length : SAMPLE_BYTES;
	found = by_score(charsets, said, bytes, length);
	if (found == CHARSET_WINDOWS_1251 || found == CHARSET_X_MAC_CYRILLIC)
		found = by_last_letter(found, bytes, length);
	return found;
}
