#include "daemon/feed/charset_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

/* So many bytes are decoded before room is made again. */
#define BLOCK_BYTES 16384

#define REPLACEMENT_UTF8 "\xEF\xBF\xBD"

static int add_replacement(struct buf *out, struct charset_damage *damage)
{
	if (damage->count++ == 0)
		damage->first = out->length;
	return buf_add(out, REPLACEMENT_UTF8, 3);
}

/* The length of the run of whole, valid characters at the front. */
static size_t valid_run(const char *bytes, size_t length)
{
	size_t i = 0, n;
	uint64_t eight;
	uint32_t rune;

	while (i < length) {
		while (length - i >= sizeof(eight)) {
			memcpy(&eight, bytes + i, sizeof(eight));
			if ((eight & 0x8080808080808080u) != 0)
				break;
			i += sizeof(eight);
		}
		if (i == length)
			break;
		n = utf8_decode(bytes + i, length - i, &rune);
		if (n == 1 && (unsigned char)bytes[i] >= 0x80)
			break;
		i += n;
	}
	return i;
}

/* A first byte and what should have followed it: one character was meant. */
static size_t invalid_run(const char *bytes, size_t length)
{
	unsigned char first = (unsigned char)bytes[0];
	size_t wanted = first < 0xC2   ? 1
			: first < 0xE0 ? 2
			: first < 0xF0 ? 3
			: first < 0xF5 ? 4
				       : 1;
	size_t i = 1;

	while (i < wanted && i < length && ((unsigned char)bytes[i] & 0xC0) == 0x80)
		i++;
	return i;
}

static bool is_half(const char *bytes, unsigned char second)
{
	return (unsigned char)bytes[0] == 0xED && ((unsigned char)bytes[1] & 0xF0) == second &&
	       ((unsigned char)bytes[2] & 0xC0) == 0x80;
}

static uint32_t value_of_half(const char *bytes)
{
	return ((uint32_t)bytes[1] & 0x0F) << 6 | ((uint32_t)bytes[2] & 0x3F);
}

size_t charset_pair(const char *bytes, size_t length, uint32_t *out_rune)
{
	if (length < 6 || !is_half(bytes, 0xA0) || !is_half(bytes + 3, 0xB0))
		return 0;
	*out_rune = 0x10000 + (value_of_half(bytes) << 10 | value_of_half(bytes + 3));
	return 6;
}

int charset_take_utf8(
	const char *bytes, size_t length, struct buf *out, charset_stray *stray, void *ctx)
{
	size_t i = 0, n;
	uint32_t rune;

	for (;;) {
		n = valid_run(bytes + i, length - i);
		if (buf_add(out, bytes + i, n) < 0)
			return -1;
		i += n;
		if (i == length)
			return 0;
		n = charset_pair(bytes + i, length - i, &rune);
		i += n;
		if (n > 0 && buf_add_rune(out, rune) < 0)
			return -1;
		if (n > 0)
			continue;
		n = invalid_run(bytes + i, length - i);
		if (stray(ctx, bytes + i, n) < 0)
			return -1;
		i += n;
	}
}

struct replacing {
	struct buf *out;
	struct charset_damage *damage;
};

static int replace(void *ctx, const char *bytes, size_t length)
{
	struct replacing *replacing = ctx;

	(void)bytes;
	(void)length;
	return add_replacement(replacing->out, replacing->damage);
}

static int convert_utf8(
	const char *bytes, size_t length, struct buf *out, struct charset_damage *damage)
{
	struct replacing replacing = { out, damage };

	/* Mostly all of it is one valid run. */
	if (buf_reserve(out, length) < 0)
		return -1;
	return charset_take_utf8(bytes, length, out, replace, &replacing);
}

static uint32_t unit16(const char *bytes, bool is_big)
{
	uint32_t first = (unsigned char)bytes[0], second = (unsigned char)bytes[1];

	return is_big ? first << 8 | second : second << 8 | first;
}

static uint32_t unit32(const char *bytes, bool is_big)
{
	return is_big ? unit16(bytes, true) << 16 | unit16(bytes + 2, true)
		      : unit16(bytes + 2, false) << 16 | unit16(bytes, false);
}

/* One character; its bytes are the result.  Half a pair is no character. */
static size_t decode_utf16(const char *bytes, size_t length, bool is_big, uint32_t *out_rune)
{
	uint32_t high, low;

	*out_rune = UINT32_MAX;
	if (length < 2)
		return length;
	high = unit16(bytes, is_big);
	if (high < 0xD800 || high > 0xDFFF) {
		*out_rune = high;
		return 2;
	}
	if (high > 0xDBFF || length < 4)
		return 2;
	low = unit16(bytes + 2, is_big);
	if (low < 0xDC00 || low > 0xDFFF)
		return 2;
	*out_rune = 0x10000 + ((high - 0xD800) << 10 | (low - 0xDC00));
	return 4;
}

static size_t decode_utf32(const char *bytes, size_t length, bool is_big, uint32_t *out_rune)
{
	*out_rune = UINT32_MAX;
	if (length < 4)
		return length;
	*out_rune = unit32(bytes, is_big);
	return 4;
}

static bool is_rune(uint32_t rune)
{
	return rune < 0xD800 || (rune > 0xDFFF && rune <= 0x10FFFF);
}

static int convert_units(enum charset charset, const char *bytes, size_t length, struct buf *out,
	struct charset_damage *damage)
{
	bool is_big = charset == CHARSET_UTF_16BE || charset == CHARSET_UTF_32BE;
	bool is_wide = charset_rows[charset].kind == CHARSET_KIND_UTF_32;
	size_t i = 0;
	uint32_t rune;

	while (i < length) {
		size_t end = length - i > BLOCK_BYTES ? i + BLOCK_BYTES : length;

		/* At most two bytes become three, or four become four. */
		if (buf_reserve(out, (end - i) * 2 + 8) < 0)
			return -1;
		while (i < end) {
			i += is_wide ? decode_utf32(bytes + i, length - i, is_big, &rune)
				     : decode_utf16(bytes + i, length - i, is_big, &rune);
			if (is_rune(rune))
				buf_grown(out, utf8_encode(rune, out->data + out->length));
			else if (add_replacement(out, damage) < 0)
				return -1;
		}
	}
	return 0;
}

/* What becomes of one byte beyond ASCII. */
struct made {
	char utf8[4]; /* one more than there are, so that they can be copied at once */
	unsigned char length;
	bool is_control, is_nothing;
};

static void make_all(const uint16_t high[128], struct made made[128])
{
	size_t i;

	for (i = 0; i < 128; i++) {
		made[i].is_nothing = high[i] == 0;
		made[i].is_control = high[i] >= 0x80 && high[i] < 0xA0;
		made[i].length = (unsigned char)utf8_encode(
			high[i] != 0 ? high[i] : UTF8_REPLACEMENT, made[i].utf8);
	}
}

static int convert_bytes(const uint16_t high[128], const char *bytes, size_t length,
	struct buf *out, struct charset_damage *damage)
{
	struct made made[128] = { { "", 0, false, false } };
	size_t i = 0;

	make_all(high, made);
	while (i < length) {
		size_t end = length - i > BLOCK_BYTES ? i + BLOCK_BYTES : length;
		char *to;

		if (buf_reserve(out, (end - i) * 3 + 1) < 0)
			return -1;
		to = out->data + out->length;
		for (; i < end; i++) {
			unsigned char byte = (unsigned char)bytes[i];
			const struct made *one;

			if (byte < 0x80) {
				*to++ = (char)byte;
				continue;
			}
			one = &made[byte - 0x80];
			if (one->is_nothing && damage->count++ == 0)
				damage->first = (size_t)(to - out->data);
			damage->controls += one->is_control;
			memcpy(to, one->utf8, sizeof(one->utf8));
			to += one->length;
		}
		buf_grown(out, (size_t)(to - out->data) - out->length);
	}
	return 0;
}

static int convert_iconv(iconv_t iconv_cd, const char *bytes, size_t length, struct buf *out,
	struct charset_damage *damage)
{
	/* iconv() does not write there, it only says that it might. */
	union {
		const char *given;
		char *taken;
	} from = { bytes };
	size_t left = length;

	if (iconv_cd == (iconv_t)-1)
		return convert_utf8(bytes, length, out, damage);
	iconv(iconv_cd, NULL, NULL, NULL, NULL);
	while (left > 0) {
		size_t block = left > BLOCK_BYTES ? BLOCK_BYTES : left;
		size_t room = block * 2 + 16, room_left = room;
		char *to;
		int error;

		if (buf_reserve(out, room) < 0)
			return -1;
		to = out->data + out->length;
		error = iconv(iconv_cd, &from.taken, &left, &to, &room_left) == (size_t)-1 ? errno
											   : 0;
		buf_grown(out, room - room_left);
		if (error == 0 || error == E2BIG)
			continue;
		if (*from.given == '\x80') {
			/* The standard's GBK has the euro sign there. */
			if (buf_add_text(out, "\u20AC") < 0)
				return -1;
		} else if (add_replacement(out, damage) < 0) {
			return -1;
		}
		from.given++;
		left--;
	}
	return 0;
}

static int convert_escaped(struct feed_charsets *charsets, enum charset charset, const char *bytes,
	size_t length, struct buf *out, struct charset_damage *damage)
{
	struct buf unfolded;
	enum charset plain;
	int result;

	buf_init(&unfolded, length * 2);
	plain = charset_unfold(charset, bytes, length, &unfolded);
	charset_open(charsets, plain);
	result = convert_iconv(charsets->iconv[plain], unfolded.data, unfolded.length, out, damage);
	buf_release(&unfolded);
	return result;
}

static int convert_user(const char *bytes, size_t length, struct buf *out)
{
	size_t i;

	for (i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (buf_add_rune(out, byte < 0x80 ? byte : 0xF700u + byte) < 0)
			return -1;
	}
	return 0;
}

int charset_convert(struct feed_charsets *charsets, enum charset charset, const char *bytes,
	size_t length, struct buf *out, struct charset_damage *out_damage)
{
	memset(out_damage, 0, sizeof(*out_damage));
	charset_open(charsets, charset);
	switch (charset_rows[charset].kind) {
	case CHARSET_KIND_UTF_16:
	case CHARSET_KIND_UTF_32:
		return convert_units(charset, bytes, length, out, out_damage);
	case CHARSET_KIND_BYTE:
		return convert_bytes(charsets->high[charset], bytes, length, out, out_damage);
	case CHARSET_KIND_ICONV:
		return convert_iconv(charsets->iconv[charset], bytes, length, out, out_damage);
	case CHARSET_KIND_ESCAPED:
		return convert_escaped(charsets, charset, bytes, length, out, out_damage);
	case CHARSET_KIND_USER:
		return convert_user(bytes, length, out);
	case CHARSET_KIND_UTF_8:
	case CHARSET_KIND_REFUSED:
		break;
	}
	return convert_utf8(bytes, length, out, out_damage);
}
