#include "common/base64.h"

#include <stdint.h>

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

int base64_decode(struct buf *out, const char *text, size_t length, struct err *err)
{
	size_t before = out->length, padding = 0, i, j;
	char *at;

	while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
		padding++;
	if (length % 4 != 0)
		return err_set(err, ERR_SYNTAX, "base64 of %zu letters is not whole", length);
	if (buf_reserve(out, length / 4 * 3) < 0)
		return err_set(err, ERR_TOO_BIG, "more than %zu bytes", out->max);
	at = out->data + before;
	for (i = 0; i < length; i += 4) {
		uint32_t three = 0;

		for (j = 0; j < 4; j++) {
			uint32_t six = i + j < length - padding ? bits_of(text[i + j]) : 0;

			if (six == 64)
				return err_set(err, ERR_SYNTAX, "letter %zu is not base64", i + j);
			three = three << 6 | six;
		}
		for (j = 0; j < 3; j++)
			*at++ = (char)(three >> (16 - 8 * j) & 255);
	}
	buf_grown(out, length / 4 * 3);
	buf_cut(out, out->length - padding);
	return 0;
}
