#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/strip.h"
#include "common/strip_token.h"
#include "common/utf8.h"

#define NO_BREAK_SPACE "\xC2\xA0"

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

/* "1st", "2e", "n°", "Mgr", "Dr", "Acme™", a foot note's "[1]" or "*": these read well on the line. */
static bool is_suffix(const char *text, uint32_t before)
{
	static const char *const words[] = { "st", "nd", "rd", "th", "er", "ers", "re", "ère", "es",
		"ème", "eme", "o", "os", "as", "me", "mes", "lle", "le", "ter", "bis", "TM", "SM",
		"nde", "ième", "ieme", "(R)", "(r)", "(C)", "(c)", "(TM)", "(tm)", "gr", "te", "ve",
		"ie", "to", "vo", "mo", "abbé" };
	static const char *const signs[] = { "*", "#", "[", ",", ";", ".", ":", "'", "’", "′", "″",
		"†", "‡", "§", "¶", "®", "©", "™", "℠", "°", "º", "ª", "?", "!", "↩", "↑" };
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strncmp(text, signs[i], strlen(signs[i])) == 0)
			return true;
	if (strcmp(text, "r") == 0)
		return before < 0x80 && strip_is_letter((char)before) &&
		       (char)before != strip_lower((char)before);
	if (strcmp(text, "e") == 0 || strcmp(text, "a") == 0 || strcmp(text, "d") == 0)
		return before < 0x80 && before != 0 && strchr("0123456789IVXLCDM", (int)before);
	return is_among(text, words, sizeof(words) / sizeof(words[0]));
}

/* Words in small type are a caption or a remark, "l + 1" and "max" are not. */
static bool is_prose(const char *text)
{
	size_t run = 0, longest = 0, blanks = 0;

	if (strpbrk(text, "+=<>^_") != NULL)
		return false;
	for (; *text != '\0'; text++) {
		bool letter = strip_is_letter(*text) || (unsigned char)*text >= 0x80;

		run = letter ? run + 1 : 0;
		longest = run > longest ? run : longest;
		blanks += strip_is_space(*text);
		if (text[1] == '\0' && strchr(".!?:", *text) != NULL)
			return true;
	}
	return blanks > 0 && longest > 3;
}

/* "a)" */
static bool is_item(const char *text)
{
	return text[strlen(text) - 1] == ')' && strchr(text, '(') == NULL;
}

/* "^k", "_(max)" */
static int add_marked(const char *text, bool up, struct buf *out)
{
	uint32_t rune;
	size_t length = strlen(text);
	bool alone = utf8_decode(text, length, &rune) == length ||
		     (text[0] == '(' && strchr(text, ')') == text + length - 1);

	if (buf_add_text(out, up ? "^" : "_") < 0 || (!alone && buf_add_byte(out, '(') < 0) ||
		buf_add_text(out, text) < 0 || (!alone && buf_add_byte(out, ')') < 0))
		return -1;
	return 1;
}

/* ---- foot notes ---------------------------------------------------------- */

/* "1.", "2, 3": behind a digit they may be a number. */
static bool is_notes(const char *text, bool up, uint32_t before)
{
	size_t length = strlen(text);

	if (!up || (before < 0x80 && strip_is_digit((char)before)) || !strip_is_digit(*text))
		return false;
	length -= text[length - 1] == '.';
	return strspn(text, "0123456789,; -–") >= length;
}

/* What parts them stands as it is. */
static int add_notes(const char *text, struct buf *out)
{
	char sign[2] = "";

	for (; *text != '\0'; text++) {
		sign[0] = *text;
		if ((has_glyphs(sign) ? add_glyphs(sign, true, out) : buf_add_text(out, sign)) < 0)
			return -1;
	}
	return 1;
}

/* Blanks at the ends, also those that do not break. */
static void trim(const char **text, size_t *length)
{
	size_t n = strlen(NO_BREAK_SPACE);

	for (;;) {
		if (*length > 0 && strchr(" \t\r\n", **text) != NULL) {
			(*text)++;
			(*length)--;
		} else if (*length > 0 && strchr(" \t\r\n", (*text)[*length - 1]) != NULL) {
			(*length)--;
		} else if (*length >= n && memcmp(*text, NO_BREAK_SPACE, n) == 0) {
			*text += n;
			*length -= n;
		} else if (*length >= n && memcmp(*text + *length - n, NO_BREAK_SPACE, n) == 0) {
			*length -= n;
		} else {
			return;
		}
	}
}

int strip_raise(const char *text, size_t length, bool up, uint32_t before, struct buf *out)
{
	const char *end = text + length;
	size_t start = out->length;
	char *word;
	int result;

	trim(&text, &length);
	if (length == 0 || memchr(text, '\0', length) != NULL)
		return 0;
	word = mem_strndup(text, length);
	if (has_glyphs(word))
		result = add_glyphs(word, up, out);
	else if (is_notes(word, up, before))
		result = add_notes(word, out);
	else if (before == 0 || is_suffix(word, before) || is_item(word))
		result = 0;
	else if (is_prose(word))
		result = buf_add_byte(out, ' ') < 0 || buf_add_text(out, word) < 0 ? -1 : 1;
	else
		result = add_marked(word, up, out);
	free(word);
	/* A blank at its end parts it from what comes. */
	if (result > 0 && text + length < end && buf_add_byte(out, ' ') < 0)
		result = -1;
	if (result < 0)
		buf_cut(out, start);
	return result;
}
