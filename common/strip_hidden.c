#include <string.h>

#include "common/strip_token.h"

/* ---- does it hide? ------------------------------------------------------- */

static void trim(const char **from, const char **to)
{
	while (*from < *to && strip_is_space(**from))
		++*from;
	while (*from < *to && strip_is_space((*to)[-1]))
		--*to;
}

static bool is_word(const char *from, const char *to, const char *word)
{
	trim(&from, &to);
	return strip_same_name(from, (size_t)(to - from), word);
}

/* Up to a '!'. */
static bool has_word(const char *from, const char *to, const char *word)
{
	const char *end = memchr(from, '!', (size_t)(to - from)), *at;

	end = end != NULL ? end : to;
	for (; from < end; from = at + 1) {
		for (at = from; at < end && !strip_is_space(*at); at++)
			;
		if (is_word(from, at, word))
			return true;
	}
	return false;
}

/* Of a property the last value counts (html_style.c reads them alike). */
static bool is_hiding_style(const char *style, size_t length)
{
	const char *end = length > 0 ? style + length : style;
	bool not_displayed = false, not_visible = false;

	while (style < end) {
		const char *stop = memchr(style, ';', (size_t)(end - style));
		const char *colon;

		stop = stop != NULL ? stop : end;
		colon = memchr(style, ':', (size_t)(stop - style));
		if (colon != NULL && is_word(style, colon, "display"))
			not_displayed = has_word(colon + 1, stop, "none");
		else if (colon != NULL && is_word(style, colon, "visibility"))
			not_visible = has_word(colon + 1, stop, "hidden");
		style = stop + 1;
	}
	return not_displayed || not_visible;
}

bool strip_hides(const struct strip_token *token)
{
	const char *at = token->attributes;
	const char *end = token->start + token->length;
	struct strip_attribute a;

	while (strip_attribute_next(&at, end, &a) == 1) {
		if (strip_same_name(a.name, a.name_length, "hidden") &&
			!strip_same_name(a.value, a.value_length, "until-found"))
			return true;
		if (strip_same_name(a.name, a.name_length, "style") &&
			is_hiding_style(a.value, a.value_length))
			return true;
	}
	return false;
}

/* ---- up to where? -------------------------------------------------------- */

/* Elements whose end people leave out, or which have none. */
static bool is_open_ended(enum strip_tag tag)
{
	switch (tag) {
	case TAG_BODY:
	case TAG_DD:
	case TAG_DT:
	case TAG_HTML:
	case TAG_LI:
	case TAG_OPTION:
	case TAG_P:
	case TAG_RP:
	case TAG_RT:
	case TAG_UNKNOWN:
		return true;
	default:
		return tag != TAG_TABLE && (strip_tag_traits(tag) & (VOID | TABLE)) != 0;
	}
}

static bool begins(struct strip_hider *hider, const struct strip_token *token)
{
	enum strip_tag tag = token->tag;

	if (token->kind != STRIP_START || !strip_hides(token))
		return false;
	if (token->self_closing || (is_open_ended(tag) && tag != TAG_P))
		return (strip_tag_traits(tag) & VOID) != 0;
	*hider = (struct strip_hider){ .on = true, .tag = tag, .own = 1, .depth = 1 };
	return true;
}

/* What begins or ends a block ends a paragraph, too. */
static bool goes_on_in_paragraph(struct strip_hider *hider, const struct strip_token *token)
{
	unsigned traits = strip_tag_traits(token->tag);
	bool own = token->tag == TAG_P && token->kind == STRIP_END;

	if (token->kind == STRIP_START)
		hider->on = (traits & ENDS_P) == 0;
	else if (token->kind == STRIP_END)
		hider->on = (traits & LINE) == 0;
	return hider->on || own;
}

bool strip_hider_takes(struct strip_hider *hider, const struct strip_token *token)
{
	bool own;

	if (!hider->on)
		return begins(hider, token);
	if (hider->tag == TAG_P)
		return goes_on_in_paragraph(hider, token);
	if (is_open_ended(token->tag) || token->self_closing)
		return true;
	own = token->tag == hider->tag;
	if (token->kind == STRIP_START) {
		hider->own += own;
		hider->depth++;
	} else if (token->kind == STRIP_END) {
		hider->own -= own;
		hider->depth--;
	}
	hider->on = hider->own > 0 && hider->depth > 0;
	return true;
}
