#include <string.h>

#include "common/utf8.h"
#include "daemon/feed/charset_priv.h"

/*
 * "CafÃ©": UTF-8 that somebody took for windows-1252 and made UTF-8 of once
 * more.  It is undone where all of a text is like that, or all but what was cut or
 * put in since, because then nobody means it; most other texts are told apart by
 * their first letters beyond ASCII.
 *
 * Where only some items are like that, as those from before a move of a site's
 * database, it is undone in each that has proof enough, whatever the items beside it
 * are.  A single one needs more proof than several.
 *
 * What may be chance ("NESCAFÉ®", however often) proves nothing, nor do a few that
 * stand alone: "How to fix â€™ and Ã©" means them.
 */

#define PROOF 3        /* characters */
#define PROOF_WORDS 2  /* of them in words, at a letter */
#define PROOF_ALONE 12 /* that many need none */
#define ONE_OTHER 16   /* so many of them let one other be damage */
#define OTHERS_FIRST 4 /* before there are so many */

/* The byte that a character was taken from; 0 if from none beyond ASCII. */
static unsigned char byte_of(uint32_t rune)
{
	unsigned char byte;

	if (rune <= 0xFF)
		return rune >= 0x80 ? (unsigned char)rune : 0;
	for (byte = 0x80; byte < 0xA0; byte++)
		if (utf8_of_control(byte) == rune)
			return byte;
	return 0;
}

/* Behind the ASCII that begins at `at`. */
static size_t skip_ascii(const char *text, size_t at, size_t length)
{
	uint64_t word;

	for (; length - at >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, text + at, sizeof(word));
		if ((word & 0x8080808080808080u) != 0)
			break;
	}
	while (at < length && (unsigned char)text[at] < 0x80)
		at++;
	return at;
}

/*
 * A character that stands at `at`, and how long it is there; 0 if there is none.
 * One inside another may be a reference: who made an old encoding of the text
 * had no byte for it.
 */
static size_t read_rune(const char *text, size_t at, size_t length, bool inside, uint32_t *out_rune)
{
	size_t i = at + 2;

	if (at >= length)
		return 0;
	if (!inside || length - at < 4 || text[at] != '&' || text[at + 1] != '#')
		return utf8_decode(text + at, length - at, out_rune);
	*out_rune = 0;
	for (; i < length && i - at < 7 && text[i] >= '0' && text[i] <= '9'; i++)
		*out_rune = *out_rune * 10 + (uint32_t)(text[i] - '0');
	return i < length && text[i] == ';' ? i + 1 - at : 0;
}

/* For a character of which a byte was lost, before or after: its mark. */
static size_t undo_damaged(size_t behind, char out[4], size_t *out_after)
{
	*out_after = behind;
	return utf8_encode(UTF8_REPLACEMENT, out);
}

/*
 * The character of the first text that begins at `at` in the second: its bytes,
 * and how many there are; 0 if that is no UTF-8.  *out_after is behind it.
 */
static size_t undo_one(const char *text, size_t at, size_t length, char out[4], size_t *out_after)
{
	size_t n = 0, wanted = 1;
	uint32_t rune;

	while (n < wanted) {
		size_t size = read_rune(text, at, length, n > 0, &rune);
		unsigned char byte = size != 0 ? byte_of(rune) : 0;

		if (size != 0 && rune == UTF8_REPLACEMENT)
			return undo_damaged(at + size, out, out_after);
		if (byte == 0)
			return 0;
		if (n == 0)
			wanted = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 0;
		if (wanted == 0)
			return 0;
		out[n++] = (char)byte;
		at += size;
	}
	*out_after = at;
	return utf8_valid(out, n) ? n : 0;
}

/* What speaks for it, and against it. */
struct signs {
	size_t proof, in_words, others;
};

static void count_signs(const char *text, size_t at, size_t length, struct signs *signs)
{
	size_t behind = length;
	char one[4];

	memset(signs, 0, sizeof(*signs));
	while ((at = skip_ascii(text, at, length)) < length) {
		bool follows = at == behind;
		bool in_word = follows || (at > 0 && charset_is_latin(text, length, at - 1));
		size_t n = undo_one(text, at, length, one, &at);
		uint32_t rune;

		if (n == 0) {
			at += utf8_decode(text + at, length - at, &rune);
			if (++signs->others > OTHERS_FIRST + signs->proof / ONE_OTHER)
				return;
		} else if (n < 3 || memcmp(one, "\uFFFD", 3) != 0) {
			if (follows || !charset_may_be_chance(one, n)) {
				signs->proof++;
				signs->in_words += in_word || charset_is_latin(text, length, at);
			}
			behind = at;
		}
	}
}

static bool prove(const struct signs *signs)
{
	return signs->proof >= PROOF &&
	       (signs->in_words >= PROOF_WORDS || signs->proof >= PROOF_ALONE) &&
	       signs->others <= signs->proof / ONE_OTHER;
}

bool charset_is_twice(const char *text, size_t length)
{
	struct signs signs;

	count_signs(text, 0, length, &signs);
	return prove(&signs);
}

/* ---- item by item -------------------------------------------------------- */

/* Where the next item begins behind the first byte, or the text's end. */
static size_t next_item(const char *text, size_t at, size_t length)
{
	const char *end = text + length, *tag = text + at;

	while (tag < end && (tag = memchr(tag + 1, '<', (size_t)(end - tag - 1))) != NULL)
		if ((end - tag > 5 && memcmp(tag, "<item", 5) == 0) ||
			(end - tag > 6 && memcmp(tag, "<entry", 6) == 0))
			return (size_t)(tag - text);
	return length;
}

/* Whether there is anything like it; mostly there is not. */
static bool has_proof(const char *text, size_t length)
{
	const char *end = text + length, *lead = text;
	size_t proof = 0, n, behind;
	char one[4];

	/* All its first characters, from U+00C2 to U+00F4, begin with that byte, and what
	 * comes behind them is no ASCII either: mostly "é" stands before a letter. */
	for (; proof < PROOF && lead < end &&
		(lead = memchr(lead, 0xC3, (size_t)(end - lead))) != NULL;
		lead++) {
		if (end - lead < 4 || (lead[2] & 0x80) == 0)
			continue;
		n = undo_one(text, (size_t)(lead - text), length, one, &behind);
		proof += n > 0 && !charset_may_be_chance(one, n);
	}
	return proof >= PROOF;
}

/* Of one item alone a few signs are not enough: it may be about such texts. */
static bool is_item_twice(const char *text, size_t at, size_t end, bool alone)
{
	struct signs signs;

	count_signs(text, at, end, &signs);
	return prove(&signs) && (!alone || (signs.proof >= PROOF_ALONE && signs.others == 0));
}

/* How many of its items are so; one alone only where that is sure. */
static size_t count_items(const char *text, size_t length)
{
	size_t count = 0, sure = 0, at = 0, end;

	if (!has_proof(text, length))
		return 0;
	for (; at < length; at = end) {
		end = next_item(text, at, length);
		if (is_item_twice(text, at, end, false)) {
			count++;
			sure += is_item_twice(text, at, end, true);
		}
	}
	return count > 1 ? count : sure;
}

bool charset_has_twice(const char *text, size_t length)
{
	return charset_is_twice(text, length) || count_items(text, length) > 0;
}

/* ---- undoing ------------------------------------------------------------- */

/* From `at` to `end`, to `to`; where that ends is the result. */
static size_t undo(char *text, size_t at, size_t end, size_t to)
{
	uint32_t rune;
	char one[4];
	size_t n;

	while (at < end) {
		size_t ascii = skip_ascii(text, at, end) - at;

		memmove(text + to, text + at, ascii);
		to += ascii;
		at += ascii;
		if (at == end)
			break;
		n = undo_one(text, at, end, one, &at);
		if (n == 0) {
			n = utf8_decode(text + at, end - at, &rune);
			memcpy(one, text + at, n);
			at += n;
		}
		memcpy(text + to, one, n);
		to += n;
	}
	return to;
}

bool charset_undo_twice(struct buf *text, size_t start)
{
	char *out = text->data + start;
	size_t length = text->length - start, at = 0, to = 0, end;
	bool whole = charset_is_twice(out, length);

	if (whole)
		to = undo(out, 0, length, 0);
	else if (count_items(out, length) == 0)
		return false;
	for (; !whole && at < length; at = end) {
		end = next_item(out, at, length);
		if (is_item_twice(out, at, end, false)) {
			to = undo(out, at, end, to);
		} else {
			memmove(out + to, out + at, end - at);
			to += end - at;
		}
	}
	buf_cut(text, start + to);
	return true;
}
