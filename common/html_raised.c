#include <string.h>

#include "common/html_reader.h"

#define RAISED_MAX 64 /* bytes; what is longer is a text, not a power */

/* The text of a <sup> or <sub>. */
struct raised {
	char text[RAISED_MAX + 1];
	size_t length;
	unsigned left;  /* nodes that are still looked at */
	bool linked;    /* it leads somewhere: a foot note */
	bool nested;    /* one in it */
	bool is_simple; /* words are all that it is */
};

/* ---- what it says -------------------------------------------------------- */

static bool is_word_element(GumboTag tag)
{
	switch (tag) {
	case GUMBO_TAG_A:
	case GUMBO_TAG_B:
	case GUMBO_TAG_CITE:
	case GUMBO_TAG_CODE:
	case GUMBO_TAG_EM:
	case GUMBO_TAG_I:
	case GUMBO_TAG_SMALL:
	case GUMBO_TAG_SPAN:
	case GUMBO_TAG_STRONG:
	case GUMBO_TAG_SUB:
	case GUMBO_TAG_SUP:
	case GUMBO_TAG_U:
	case GUMBO_TAG_VAR:
		return true;
	default:
		return false;
	}
}

static void gather_text(struct raised *raised, const char *text)
{
	size_t length = strlen(text);

	if (length > RAISED_MAX - raised->length) {
		raised->is_simple = false;
		return;
	}
	memcpy(raised->text + raised->length, text, length);
	raised->length += length;
}

static void gather(struct raised *raised, const GumboNode *node)
{
	const GumboVector *children = &node->v.element.children;
	unsigned i;

	for (i = 0; i < children->length && raised->is_simple; i++) {
		const GumboNode *child = children->data[i];

		raised->is_simple = raised->left-- > 0;
		if (html_is_text(child)) {
			gather_text(raised, child->v.text.text);
			continue;
		}
		if (!html_is_element(child) || html_is_unseen(child))
			continue;
		raised->linked |= html_is_tag(child, GUMBO_TAG_A);
		raised->nested |= html_is_tag(child, GUMBO_TAG_SUP) ||
				  html_is_tag(child, GUMBO_TAG_SUB);
		if (!is_word_element(child->v.element.tag))
			raised->is_simple = false;
		else
			gather(raised, child);
	}
}

static void trim(struct raised *raised)
{
	size_t lead;

	while (raised->length > 0 && strchr(" \t\r\n", raised->text[raised->length - 1]) != NULL)
		raised->length--;
	raised->text[raised->length] = '\0';
	lead = strspn(raised->text, " \t\r\n");
	raised->length -= lead;
	memmove(raised->text, raised->text + lead, raised->length + 1);
}

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

static void write_glyphs(struct reader *r, const char *text, bool up)
{
	for (const struct glyph *glyph; *text != '\0'; text += strlen(glyph->plain)) {
		glyph = glyph_at(text);
		flow_glue(&r->flow, up ? glyph->up : glyph->down);
	}
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

bool html_read_raised(struct reader *r, const GumboNode *node)
{
	struct raised raised = { .is_simple = true, .left = RAISED_MAX };
	bool up = html_is_tag(node, GUMBO_TAG_SUP), one;

	gather(&raised, node);
	trim(&raised);
	if (!raised.is_simple || raised.length == 0)
		return false;
	if (!raised.nested && has_glyphs(raised.text)) {
		write_glyphs(r, raised.text, up);
		return true;
	}
	if (raised.linked || is_suffix(raised.text, r->flow.last))
		return false;
	one = !raised.nested && (raised.text[1] == '\0' || (unsigned char)raised.text[0] >= 0xC0) &&
	      flow_columns(raised.text, raised.length) == 1;
	flow_glue(&r->flow, up ? "^" : "_");
	flow_glue(&r->flow, one ? "" : "(");
	if (raised.nested)
		html_read_children(r, node);
	else
		flow_glue(&r->flow, raised.text);
	flow_glue(&r->flow, one ? "" : ")");
	return true;
}
