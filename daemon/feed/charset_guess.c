#include "daemon/feed/charset_priv.h"

#include <string.h>
#include <uchardet/uchardet.h>

#include "common/utf8.h"

/* What uchardet is shown: enough for it to be sure, and quick. */
#define SAMPLE_BYTES 65536

/* Fewer bytes beyond ASCII than this say little about a language. */
#define SAMPLE_HIGH_MIN 8

/* So many bytes beyond ASCII, and in a row so many on average, are words. */
#define WORDS_HIGH_MIN 24
#define WORD_LENGTH 3

#define NO_BREAK_SPACE 0xA0

/* So many characters are not the same one or two again and again. */
#define VARIED_MIN 3

enum charset charset_of_mark(const char *bytes, size_t length, size_t *out_length)
{
	static const struct {
		const char *mark;
		size_t length;
		enum charset charset;
	} marks[] = {
		{ "\xEF\xBB\xBF", 3, CHARSET_UTF_8 },
		{ "\xFF\xFE\0\0", 4, CHARSET_UTF_32LE },
		{ "\0\0\xFE\xFF", 4, CHARSET_UTF_32BE },
		{ "\xFF\xFE", 2, CHARSET_UTF_16LE },
		{ "\xFE\xFF", 2, CHARSET_UTF_16BE },
	};
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (length >= marks[i].length &&
			memcmp(bytes, marks[i].mark, marks[i].length) == 0) {
			*out_length = marks[i].length;
			return marks[i].charset;
		}
	*out_length = 0;
	return CHARSETS;
}

/*
 * Feeds and pages begin with a character of ASCII, mostly '<' or '{'; in text
 * of eight bits no NUL stands beside it.
 */
enum charset charset_of_pattern(const char *bytes, size_t length)
{
	static const struct {
		const char *zeros; /* of the first four bytes: '0' where one is NUL */
		enum charset charset;
	} patterns[] = {
		{ "000x", CHARSET_UTF_32BE },
		{ "x000", CHARSET_UTF_32LE },
		{ "0x0x", CHARSET_UTF_16BE },
		{ "x0x0", CHARSET_UTF_16LE },
		{ "0xxx", CHARSET_UTF_16BE },
		{ "x0xx", CHARSET_UTF_16LE },
	};
	char zeros[5] = "";
	size_t i;

	if (length < 4)
		return CHARSETS;
	if (memcmp(bytes, "\x4C\x6F\xA7\x94", 4) == 0)
		return CHARSET_REFUSED; /* "<?xm" in EBCDIC */
	for (i = 0; i < 4; i++)
		zeros[i] = bytes[i] == '\0' ? '0' : 'x';
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (memcmp(zeros, patterns[i].zeros, 4) == 0)
			return patterns[i].charset;
	return CHARSETS;
}

/* The bytes that tell: from a little before the first one beyond ASCII. */
static const char *sample(const char *bytes, size_t length, size_t *out_length, size_t *out_high)
{
	size_t first = 0, i;

	while (first < length && (unsigned char)bytes[first] < 0x80)
		first++;
	*out_length = length - first < SAMPLE_BYTES ? length - first : SAMPLE_BYTES;
	*out_high = 0;
	for (i = 0; i < *out_length; i++)
		*out_high += (unsigned char)bytes[first + i] >= 0x80;
	return bytes + first;
}

enum charset charset_guess(const char *bytes, size_t length)
{
	enum charset guess = CHARSETS;
	size_t sample_length, high;
	const char *from = sample(bytes, length, &sample_length, &high);
	uchardet_t detector;

	if (high < SAMPLE_HIGH_MIN)
		return CHARSETS;
	detector = uchardet_new();
	if (uchardet_handle_data(detector, from, sample_length) == 0) {
		const char *label;

		uchardet_data_end(detector);
		label = uchardet_get_charset(detector);
		guess = charset_of_label(label, strlen(label));
	}
	uchardet_delete(detector);
	if (guess == CHARSETS)
		return CHARSETS;
	switch (charset_rows[guess].kind) {
	case CHARSET_KIND_BYTE:
	case CHARSET_KIND_ICONV:
	case CHARSET_KIND_ESCAPED:
		return guess;
	default:
		return CHARSETS;
	}
}

/*
 * The sign is …, ™, ®, ©, °, a power, a fraction, a quote, a dash or a blank that does
 * not break.  The letter is none of Â, Ã, Î and Ï: these end few words, but begin most
 * of what Latin scripts have in UTF-8, and all of Greek.
 */
bool charset_may_be_chance(const char *bytes, size_t length)
{
	static const char signs[] = "\x85\x91\x92\x93\x94\x96\x97\x99\xA0\xA9\xAE\xB0\xB2\xB3"
				    "\xB4\xB7\xB9\xBB\xBC\xBD\xBE";

	if (length < 2 || strchr(signs, bytes[length - 1]) == NULL)
		return false;
	if (length == 2)
		return memchr("\xC2\xC3\xCE\xCF", bytes[0], 4) == NULL;
	return length == 3 && (unsigned char)bytes[1] == NO_BREAK_SPACE;
}

static bool is_seen(const uint32_t *seen, size_t count, uint32_t rune)
{
	while (count > 0)
		if (seen[--count] == rune)
			return true;
	return false;
}

bool charset_is_varied(const char *bytes, size_t length)
{
	uint32_t seen[VARIED_MIN], rune;
	size_t count = 0, i, n;

	for (i = 0; i < length && count < VARIED_MIN; i += n) {
		n = utf8_decode(bytes + i, length - i, &rune);
		if (n > 2)
			return true;
		if (n == 2 && !is_seen(seen, count, rune))
			seen[count++] = rune;
	}
	return count == VARIED_MIN;
}

bool charset_has_words(const char *bytes, size_t length)
{
	size_t high = 0, runs = 0, i;
	unsigned char before = 0, byte;

	for (i = 0; i < length && high < SAMPLE_BYTES; i++, before = byte) {
		byte = (unsigned char)bytes[i];
		if (byte < 0x80 || byte == NO_BREAK_SPACE)
			continue;
		/* A row of one sign is a line or an ornament. */
		high += byte != before;
		runs += before < 0x80 || before == NO_BREAK_SPACE;
	}
	return high >= WORDS_HIGH_MIN && high >= runs * WORD_LENGTH;
}
