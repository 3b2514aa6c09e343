#include "daemon/feed/charset.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/feed/charset_priv.h"

const struct charset_row charset_rows[CHARSETS] = {
#define CHARSET(id, name, kind, iconv_name)                                                        \
	[CHARSET_##id] = { name, CHARSET_KIND_##kind, iconv_name },
#define LABEL(label, id)
#include "daemon/feed/charset.def"
#undef CHARSET
#undef LABEL
};

static const struct label {
	const char *text;
	enum charset charset;
} labels[] = {
#define CHARSET(id, name, kind, iconv_name)
#define LABEL(label, id) { label, CHARSET_##id },
#include "daemon/feed/charset.def"
#undef CHARSET
#undef LABEL
};

/* Where the standard's tables differ from those of the C library. */
static const struct patch {
	enum charset charset;
	unsigned char byte;
	uint16_t rune;
} patches[] = {
	{ CHARSET_KOI8_U, 0xAE, 0x045E },
	{ CHARSET_KOI8_U, 0xBE, 0x040E },
	{ CHARSET_MACINTOSH, 0xBD, 0x03A9 },
	{ CHARSET_MACINTOSH, 0xC6, 0x2206 },
	{ CHARSET_MACINTOSH, 0xDB, 0x20AC },
	{ CHARSET_MACINTOSH, 0xF0, 0xF8FF },
	{ CHARSET_X_MAC_CYRILLIC, 0xFF, 0x20AC },
};

/* Labels say "-" where others say "_". */
static char plain(char c)
{
	return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_alike(const char *known, const char *label, size_t length)
{
	size_t i;

	for (i = 0; i < length && plain(known[i]) == plain(label[i]) && known[i] != '\0'; i++)
		continue;
	return i == length && known[i] == '\0';
}

enum charset charset_of_label(const char *label, size_t length)
{
	size_t i;

	while (length > 0 && charset_is_blank(label[0])) {
		label++;
		length--;
	}
	while (length > 0 && (charset_is_blank(label[length - 1]) || label[length - 1] == ';'))
		length--;
	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (is_alike(labels[i].text, label, length))
			return labels[i].charset;
	return CHARSETS;
}

/* What one byte means, by a descriptor to UTF-32; 0 for nothing. */
static uint16_t rune_of_byte(iconv_t to_runes, unsigned char byte)
{
	char in[1] = { (char)byte };
	char *from = in;
	size_t from_left = sizeof(in);
	uint32_t rune[4] = { 0 };
	char *to = (char *)rune;
	size_t to_left = sizeof(rune);

	iconv(to_runes, NULL, NULL, NULL, NULL);
	if (iconv(to_runes, &from, &from_left, &to, &to_left) == (size_t)-1)
		return 0;
	/* Vietnamese and Hebrew letters wait for an accent to come. */
	iconv(to_runes, NULL, NULL, &to, &to_left);
	return rune[0] <= 0xFFFF ? (uint16_t)rune[0] : 0;
}

/*
 * A table for an encoding of one byte a character: as quick as can be, and
 * without a descriptor.  The standard lets the gaps from 0x80 to 0x9F be
 * controls.
 */
static void fill_table(uint16_t high[128], const char *iconv_name)
{
	const uint16_t one = 1;
	bool is_little = *(const unsigned char *)&one == 1;
	iconv_t to_runes = iconv_open(is_little ? "UTF-32LE" : "UTF-32BE", iconv_name);
	size_t i;

	for (i = 0; i < 128; i++) {
		if (to_runes != (iconv_t)-1)
			high[i] = rune_of_byte(to_runes, (unsigned char)(0x80 + i));
		if (high[i] == 0 && i < 0x20)
			high[i] = (uint16_t)(0x80 + i);
	}
	if (to_runes != (iconv_t)-1)
		iconv_close(to_runes);
}

static void fill_from_page(uint16_t high[128], const char *page)
{
	uint32_t rune;
	size_t i;

	for (i = 0; i < 128; i++) {
		page += utf8_decode(page, strlen(page), &rune);
		high[i] = rune != 0xFFFD ? (uint16_t)rune : 0;
	}
}

const char *charset_name(const char *label, size_t length)
{
	enum charset charset = charset_of_label(label, length);

	if (charset == CHARSETS || charset_rows[charset].kind == CHARSET_KIND_REFUSED)
		return NULL;
	return charset_rows[charset].name;
}

void charset_open(struct feed_charsets *charsets, enum charset charset)
{
	const struct charset_row *row = &charset_rows[charset];
	size_t i;

	if (charsets->is_open[charset])
		return;
	charsets->is_open[charset] = true;
	if (row->kind == CHARSET_KIND_BYTE && row->iconv_name == NULL)
		fill_from_page(charsets->high[charset], charset_page(charset));
	else if (row->kind == CHARSET_KIND_BYTE)
		fill_table(charsets->high[charset], row->iconv_name);
	else if (row->kind == CHARSET_KIND_ICONV)
		charsets->iconv[charset] = iconv_open("UTF-8", row->iconv_name);
	for (i = 0; i < sizeof(patches) / sizeof(patches[0]); i++)
		if (patches[i].charset == charset)
			charsets->high[charset][patches[i].byte - 0x80] = patches[i].rune;
}

struct feed_charsets *feed_charsets_later(void)
{
	struct feed_charsets *charsets = MEM_NEW(struct feed_charsets);
	size_t i;

	for (i = 0; i < CHARSETS; i++)
		charsets->iconv[i] = (iconv_t)-1;
	return charsets;
}

struct feed_charsets *feed_charsets_open(void)
{
	struct feed_charsets *charsets = feed_charsets_later();
	size_t i;

	for (i = 0; i < CHARSETS; i++)
		charset_open(charsets, (enum charset)i);
	return charsets;
}

void feed_charsets_free(struct feed_charsets *charsets)
{
	size_t i;

	if (charsets == NULL)
		return;
	for (i = 0; i < CHARSETS; i++)
		if (charsets->iconv[i] != (iconv_t)-1)
			iconv_close(charsets->iconv[i]);
	free(charsets);
}
