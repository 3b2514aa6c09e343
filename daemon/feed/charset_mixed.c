#include "daemon/feed/charset_priv.h"

#include <string.h>

#include "common/utf8.h"

/*
 * UTF-8 among which stand bytes that are none: somebody pasted windows-1252 into
 * one item of a feed, or cut a text within a character.
 *
 * It is looked at run by run: what stands between two bytes of ASCII is of one
 * encoding, as a rule.  Where an old encoding is read as UTF-8, hardly one run in
 * thirty is valid by chance, and of those most are a capital and the quote or
 * blank behind it ("É»"), or "é »" with a blank that does not break.
 */

/* Behind so many bytes that are no UTF-8 nobody needs to know of more. */
#define INVALID_ENOUGH 65536

/* So many runs that are none, for each that is UTF-8, are another encoding; and where
 * they are words, as in no Latin script, more of them than of the others are. */
#define BROKEN_MANY 8
#define WORD_LENGTH 3

static bool is_high(char byte)
{
	return (unsigned char)byte >= 0x80;
}

/* The bytes of the character at the front, which is beyond ASCII; 0 if it is none. */
static size_t character(const char *bytes, size_t length, uint32_t *out_rune)
{
	size_t n = utf8_decode(bytes, length, out_rune);

	return n > 1 ? n : charset_pair(bytes, length, out_rune);
}

/* Whether nobody means its bytes in windows-1252: a letter or sign of Latin-1 or
 * Latin Extended-A, a quote or dash, an emoji. */
static bool tells(const char *bytes, size_t length)
{
	unsigned char first = (unsigned char)bytes[0], second = (unsigned char)bytes[1];

	if (length == 2)
		return first <= 0xC5;
	return length > 3 || first == 0xEF || (first == 0xE2 && second < 0x90);
}

static bool is_latin(uint32_t rune)
{
	return (rune >= 0xC0 && rune < 0x250) || (rune >= 0x1E00 && rune < 0x1F00);
}

static bool is_other_letter(uint32_t rune)
{
	return (rune >= 0x370 && rune < 0x1E00) || (rune >= 0x2C00 && rune < 0xFB00);
}

/* A run of bytes beyond ASCII. */
struct run {
	size_t length;
	size_t sequences, invalid;
	size_t proof;         /* charset_survey's */
	size_t latin, others; /* letters */
	bool is_telling;
};

static struct run run_at(const char *bytes, size_t length)
{
	struct run run = { 0 };
	uint32_t rune;
	size_t n;

	while (run.length < length && is_high(bytes[run.length])) {
		n = character(bytes + run.length, length - run.length, &rune);
		if (n > 0) {
			run.proof += run.sequences > 0 ||
				     !charset_may_be_chance(bytes + run.length, n);
			run.is_telling |= ++run.sequences > 1 || tells(bytes + run.length, n);
			run.latin += is_latin(rune);
			run.others += is_other_letter(rune);
		}
		run.invalid += n == 0;
		run.length += n > 0 ? n : 1;
	}
	return run;
}

static size_t skip_ascii(const char *bytes, size_t length)
{
	size_t i = 0;

	while (i < length && !is_high(bytes[i]))
		i++;
	return i;
}

struct charset_survey charset_survey(const char *bytes, size_t length)
{
	struct charset_survey survey = { 0 };
	size_t i = skip_ascii(bytes, length);

	while (i < length && survey.invalid < INVALID_ENOUGH) {
		struct run run = run_at(bytes + i, length - i);

		survey.sequences += run.sequences;
		survey.proof += run.proof;
		survey.invalid += run.invalid;
		survey.broken += run.invalid > 0;
		survey.broken_bytes += run.invalid > 0 ? run.length : 0;
		if (run.invalid == 0 && run.is_telling) {
			survey.telling++;
			survey.latin += run.latin;
			survey.others += run.others;
		}
		i += run.length;
		i += skip_ascii(bytes + i, length - i);
	}
	return survey;
}

bool charset_is_mixed(const struct charset_survey *survey)
{
	bool has_words = survey->broken_bytes >= survey->broken * WORD_LENGTH;

	return survey->telling * (has_words ? 1 : BROKEN_MANY) >= survey->broken;
}

/* ---- decoding ------------------------------------------------------------ */

struct mixed {
	bool is_trusted, is_latin;
	struct buf *out;
	struct charset_damage *damage;
};

static void count(struct mixed *mixed)
{
	if (mixed->damage->count++ == 0)
		mixed->damage->first = mixed->out->length;
}

static int add_windows(struct mixed *mixed, const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		uint32_t rune = utf8_of_control((unsigned char)bytes[i]);

		count(mixed);
		if (buf_add_rune(mixed->out, rune >= 0xA0 ? rune : UTF8_REPLACEMENT) < 0)
			return -1;
	}
	return 0;
}

/* Bytes that stand among characters: the beginning of one that was cut is U+FFFD, a
 * single one what it is in windows-1252. */
static int add_strays(void *ctx, const char *bytes, size_t length)
{
	struct mixed *mixed = ctx;

	if (mixed->is_latin && (unsigned char)bytes[0] < 0xC0)
		return add_windows(mixed, bytes, length);
	count(mixed);
	return buf_add_rune(mixed->out, UTF8_REPLACEMENT);
}

static bool is_ascii_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/*
 * The beginning of a character that a text of Latin letters may have been cut in:
 * where no letter follows, neither "Ã" nor "â€" is meant.  Or halves of a pair
 * (charset_pair()) that are none together.
 */
static bool is_cut(const char *bytes, size_t length, const char *end)
{
	unsigned char first = (unsigned char)bytes[0];
	unsigned char second = length > 1 ? (unsigned char)bytes[1] : 0;

	if (length % 3 == 0 && first == 0xED && second >= 0xA0 && second < 0xC0)
		return true;
	if (length > 3 || (bytes + length < end && is_ascii_letter(bytes[length])))
		return false;
	if (length == 1)
		return first >= 0xC2 && first <= 0xC5;
	return (length == 2 && first == 0xE2 && second < 0x90) || (first == 0xF0 && second == 0x9F);
}

/* In a text of another script no Latin letter is meant, but quotes and dashes may
 * be. */
static bool is_windows(
	const struct mixed *mixed, const char *bytes, const struct run *run, const char *end)
{
	size_t i;

	if (mixed->is_latin)
		return !is_cut(bytes, run->length, end);
	for (i = 0; i < run->length; i++)
		if ((unsigned char)bytes[i] >= 0xC0)
			return false;
	return true;
}

static int add_run(struct mixed *mixed, const char *bytes, const struct run *run, const char *end)
{
	bool is_utf8 = run->sequences > 0 &&
		       (mixed->is_trusted || (run->invalid == 0 && run->is_telling));

	if (!is_utf8 && is_windows(mixed, bytes, run, end))
		return add_windows(mixed, bytes, run->length);
	return charset_take_utf8(bytes, run->length, mixed->out, add_strays, mixed);
}

int charset_convert_mixed(const struct charset_survey *survey, bool is_trusted, const char *bytes,
	size_t length, struct buf *out, struct charset_damage *out_damage)
{
	struct mixed mixed = { is_trusted, survey->others <= survey->latin, out, out_damage };
	size_t i = 0, n;

	memset(out_damage, 0, sizeof(*out_damage));
	if (buf_reserve(out, length) < 0)
		return -1;
	for (;;) {
		struct run run;

		n = skip_ascii(bytes + i, length - i);
		if (buf_add(out, bytes + i, n) < 0)
			return -1;
		i += n;
		if (i == length)
			return 0;
		run = run_at(bytes + i, length - i);
		if (add_run(&mixed, bytes + i, &run, bytes + length) < 0)
			return -1;
		i += run.length;
	}
}
