#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/strip.h"
#include "common/utf8.h"

/* ---- in characters of its own -------------------------------------------- */

static const struct glyph {
	const char *plain;
	const char *up;
	const char *down;
} glyphs[] = {
	{ "0", "⁰", "₀" },
	{ "1", "¹", "₁" },
	{ "2", "²", "₂" },
	{ "3", "³", "₃" },
	{ "4", "⁴", "₄" },
	{ "5", "⁵", "₅" },
	{ "6", "⁶", "₆" },
	{ "7", "⁷", "₇" },
	{ "8", "⁸", "₈" },
	{ "9", "⁹", "₉" },
	{ "+", "⁺", "₊" },
	{ "-", "⁻", "₋" },
	{ "−", "⁻", "₋" },
	{ "–", "⁻", "₋" },
	{ "=", "⁼", "₌" },
	{ "(", "⁽", "₍" },
	{ ")", "⁾", "₎" },
	{ "i", "ⁱ", "ᵢ" },
	{ "n", "ⁿ", "ₙ" },
};

static const struct glyph *glyph_at(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(glyphs) / sizeof(glyphs[0]); i++)
		if (strncmp(text, glyphs[i].plain, strlen(glyphs[i].plain)) == 0)
			return &glyphs[i];
	return NULL;
}

static bool has_glyphs(const char *text)
{
	const struct glyph *glyph;

	for (; *text != '\0'; text += strlen(glyph->plain))
		if ((glyph = glyph_at(text)) == NULL)
			return false;
	return true;
}

static int add_glyphs(const char *text, bool up, struct buf *out)
{
	for (const struct glyph *glyph; *text != '\0'; text += strlen(glyph->plain)) {
		glyph = glyph_at(text);
		if (buf_add_text(out, up ? glyph->up : glyph->down) < 0)
			return -1;
	}
	return 1;
}

/* ---- or behind a mark ---------------------------------------------------- */

static bool is_among(const char *text, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(text, words[i]) == 0)
			return true;
	return false;
}

/* "1st", "2e", "n°", "Acme™", a foot note's "[1]" or "*": these read well on the line. */
static bool is_suffix(const char *text, uint32_t before)
{
	static const char *const words[] = { "st", "nd", "rd", "th", "er", "ers", "re", "ère", "es",
		"ème", "eme", "o", "os", "as", "me", "mes", "lle", "le", "ter", "bis", "TM", "SM" };
	static const char *const signs[] = { "*", "#", "[", ",", ";", ".", ":", "'", "’", "′", "″",
		"†", "‡", "§", "¶", "®", "©", "™", "℠", "°", "º", "ª", "?", "!", "↩", "↑" };
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strncmp(text, signs[i], strlen(signs[i])) == 0)
			return true;
	if (strcmp(text, "e") == 0 || strcmp(text, "a") == 0 || strcmp(text, "d") == 0)
		return before < 0x80 && before != 0 && strchr("0123456789IVXLCDM", (int)before);
	return is_among(text, words, sizeof(words) / sizeof(words[0]));
}

/* "^k", "_(max)" */
static int add_marked(const char *text, bool up, struct buf *out)
{
	uint32_t rune;
	bool one = utf8_decode(text, strlen(text), &rune) == strlen(text);

	if (buf_add_text(out, up ? "^" : "_") < 0 || (!one && buf_add_byte(out, '(') < 0) ||
		buf_add_text(out, text) < 0 || (!one && buf_add_byte(out, ')') < 0))
		return -1;
	return 1;
}

int strip_raise(const char *text, size_t length, bool up, uint32_t before, struct buf *out)
{
	size_t start = out->length;
	char *word;
	int result;

	while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
		length--;
	for (; length > 0 && strchr(" \t\r\n", *text) != NULL; length--)
		text++;
	if (length == 0 || memchr(text, '\0', length) != NULL)
		return 0;
	word = mem_strndup(text, length);
	if (has_glyphs(word))
		result = add_glyphs(word, up, out);
	else
		result = is_suffix(word, before) ? 0 : add_marked(word, up, out);
	free(word);
	if (result < 0)
		buf_cut(out, start);
	return result;
}
