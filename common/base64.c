#include "common/base64.h"

#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_encode(struct buf *out, const void *data, size_t length)
{
	const unsigned char *in = data;
	size_t i, j, n = (length + 2) / 3 * 4;
	char *at;

	if (length > SIZE_MAX / 2 || buf_reserve(out, n) < 0)
		return -1;
	at = out->data + out->length;
	for (i = 0; i < length; i += 3) {
		uint32_t three = (uint32_t)in[i] << 16;

		if (i + 1 < length)
			three |= (uint32_t)in[i + 1] << 8;
		if (i + 2 < length)
			three |= in[i + 2];
		for (j = 0; j < 4; j++)
			*at++ = alphabet[three >> (18 - 6 * j) & 63];
	}
	if (length % 3 != 0)
		at[-1] = '=';
	if (length % 3 == 1)
		at[-2] = '=';
	buf_grown(out, n);
	return 0;
}

/* The six bits that a letter stands for, or 64. */
static uint32_t bits_of(char letter)
{
	if (letter >= 'A' && letter <= 'Z')
		return (uint32_t)(letter - 'A');
	if (letter >= 'a' && letter <= 'z')
		return (uint32_t)(letter - 'a') + 26;
	if (letter >= '0' && letter <= '9')
		return (uint32_t)(letter - '0') + 52;
	return letter == '+' ? 62 : letter == '/' ? 63 : 64;
}

/* The same for all letters, because documents come by the hundred megabytes. */
struct table {
	unsigned char bits[256];
};

static void table_fill(struct table *table)
{
	size_t i;

	for (i = 0; i < 256; i++)
		table->bits[i] = (unsigned char)bits_of((char)i);
}

size_t base64_span(const char *text, size_t length)
{
	struct table table;
	size_t i = 0;

	table_fill(&table);
	while (i < length && table.bits[(unsigned char)text[i]] < 64)
		i++;
	while (i < length && text[i] == '=')
		i++;
	return i;
}

/* Whole fours; where the first letter stands that is none, or `length`. */
static size_t decode_fours(const struct table *table, const char *text, size_t length, char *at)
{
	const unsigned char *in = (const unsigned char *)text;
	size_t i;

	for (i = 0; i < length; i += 4) {
		uint32_t a = table->bits[in[i]], b = table->bits[in[i + 1]],
			 c = table->bits[in[i + 2]], d = table->bits[in[i + 3]];
		uint32_t three = a << 18 | b << 12 | c << 6 | d;

		if (((a | b | c | d) & 64) != 0)
			return a == 64 ? i : b == 64 ? i + 1 : c == 64 ? i + 2 : i + 3;
		*at++ = (char)(three >> 16);
		*at++ = (char)(three >> 8);
		*at++ = (char)three;
	}
	return length;
}

int base64_decode(struct buf *out, const char *text, size_t length, struct err *err)
{
	size_t padding = 0, whole, wrong;
	struct table table;
	char last[4] = "AAAA";
	char *at;

	while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
		padding++;
	if (length % 4 != 0)
		return err_set(err, ERR_SYNTAX, "base64 of %zu letters is not whole", length);
	if (buf_reserve(out, length / 4 * 3) < 0)
		return err_set(err, ERR_TOO_BIG, "more than %zu bytes", out->max);
	table_fill(&table);
	whole = padding > 0 ? length - 4 : length;
	at = out->data + out->length;
	wrong = decode_fours(&table, text, whole, at);
	if (wrong == whole && padding > 0) {
		memcpy(last, text + whole, 4 - padding);
		wrong += decode_fours(&table, last, 4, at + whole / 4 * 3);
	}
	if (wrong < length) {
		buf_cut(out, out->length); /* its NUL was written over */
		return err_set(err, ERR_SYNTAX, "letter %zu is not base64", wrong);
	}
	buf_grown(out, length / 4 * 3 - padding);
	return 0;
}
