#include <string.h>

#include "common/strip_nesting.h"
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
	bool has_hidden = false, has_style = false, hides = false;
	struct strip_attribute a;

	/* Of two, the first counts. */
	while (!hides && strip_attribute_next(&at, end, &a) == 1) {
		if (!has_hidden && strip_same_name(a.name, a.name_length, "hidden")) {
			has_hidden = true;
			hides = !strip_same_name(a.value, a.value_length, "until-found");
		} else if (!has_style && strip_same_name(a.name, a.name_length, "style")) {
			has_style = true;
			hides = is_hiding_style(a.value, a.value_length);
		}
	}
	return hides;
}

/* ---- up to where? -------------------------------------------------------- */

#define NOT_OPEN SIZE_MAX

/* Elements that stay what they are where an article is shown: what is in a form or a
 * label stands there without it, and a frame shows nothing. */
static bool stays(enum strip_tag tag)
{
	return (strip_tag_traits(tag) & (KEPT | VOID)) == KEPT && tag != TAG_IFRAME;
}

/* A start of the one ends the other, if that is open and no block is between. */
static bool are_peers(enum strip_tag a, enum strip_tag b)
{
	return (nesting_is_item(a) && nesting_is_item(b)) ||
	       (nesting_is_definition(a) && nesting_is_definition(b)) ||
	       (nesting_is_heading(a) && nesting_is_heading(b));
}

/* Where the innermost `tag` is open within, and whether one that is open around can't be
 * meant: what is in a cell does not reach out of it. */
static size_t find(const struct strip_hider *hider, enum strip_tag tag, bool *out_wall)
{
	bool framed = (strip_tag_traits(tag) & TABLE) != 0;
	size_t i;

	*out_wall = false;
	for (i = hider->depth; i-- > 0 && !*out_wall;) {
		enum strip_tag open = hider->open[i];

		if (open == tag || (nesting_is_heading(tag) && nesting_is_heading(open)))
			return i;
		*out_wall = open == TAG_TABLE ||
			    (!framed && (nesting_is_cell(open) || open == TAG_CAPTION));
	}
	return NOT_OPEN;
}

/* How much stays open where a part of a table begins: the table, and what holds the part. */
static size_t room_for(const struct strip_hider *hider, enum strip_tag part)
{
	bool cell = nesting_is_cell(part), wall;
	size_t keep = find(hider, TAG_TABLE, &wall) + 1; /* 0: the table is around */

	if ((cell || part == TAG_TR) && keep < hider->depth &&
		nesting_is_section(hider->open[keep]))
		keep++;
	if (cell && keep < hider->depth && hider->open[keep] == TAG_TR)
		keep++;
	return keep < hider->depth ? keep : hider->depth;
}

/* Likewise for what ends an open peer, which may be around, too. */
static size_t room_beside_peer(const struct strip_hider *hider, enum strip_tag tag)
{
	size_t i;

	for (i = hider->depth; i-- > 0;) {
		enum strip_tag open = hider->open[i];

		if (are_peers(tag, open))
			return i;
		if (nesting_is_block(open) && open != TAG_MAIN &&
			(nesting_is_heading(tag) || !nesting_is_loose(open)))
			return hider->depth;
	}
	return 0;
}

/* Likewise for what ends an open `other` (paragraph, link); whether one is open around. */
static size_t room_without(const struct strip_hider *hider, enum strip_tag other, bool around)
{
	bool wall;
	size_t at = find(hider, other, &wall);

	if (at != NOT_OPEN)
		return at;
	return around && !wall ? 0 : hider->depth;
}

/* Close what the start of `tag` ends; down to nothing, where that may be around. */
static void make_way(struct strip_hider *hider, enum strip_tag tag)
{
	bool wall;

	if (nesting_is_part(tag))
		hider->depth = room_for(hider, tag);
	else if (tag == TAG_TABLE && nesting_is_frame(hider->open[hider->depth - 1]))
		hider->depth = room_without(hider, TAG_TABLE, true);
	if (tag == TAG_A)
		hider->depth = room_without(hider, TAG_A, hider->in_link);
	if (nesting_is_item(tag) || nesting_is_definition(tag))
		hider->depth = room_beside_peer(hider, tag);
	if ((tag == TAG_RT || tag == TAG_RP) && find(hider, TAG_RUBY, &wall) == NOT_OPEN)
		hider->depth = 0;
	if (tag == TAG_RT || tag == TAG_RP) {
		hider->depth = room_without(hider, TAG_RT, false);
		hider->depth = room_without(hider, TAG_RP, false);
	}
	if ((strip_tag_traits(tag) & ENDS_P) != 0)
		hider->depth = room_without(hider, TAG_P, hider->in_paragraph);
	if (nesting_is_heading(tag))
		hider->depth = room_beside_peer(hider, tag);
}

static bool is_blank(const struct strip_token *text)
{
	size_t i = 0;

	while (i < text->length && strip_is_space(text->start[i]))
		i++;
	return i == text->length;
}

static bool is_math_end(const struct strip_token *end)
{
	return end->tag == TAG_UNKNOWN && end->attributes == end->start + strlen("</math") &&
	       strip_same_name(end->start + 2, strlen("math"), "math");
}

/* Behind a formula it may stand once more. */
static void look_for_math(struct strip_hider *hider, const struct strip_token *token)
{
	if (token->kind == STRIP_START) {
		hider->in_math |= strip_is_math(token);
	} else if (token->kind == STRIP_END) {
		hider->after_math |= hider->in_math && is_math_end(token);
		hider->in_math &= !is_math_end(token);
	} else if (token->kind != STRIP_NOTHING && !is_blank(token)) {
		hider->after_math = false;
	}
}

static bool is_copy_of_math(const struct strip_hider *hider, const struct strip_token *token)
{
	const char *at = token->attributes, *end = token->start + token->length;
	struct strip_attribute a;
	bool copy = false;

	while (hider->after_math && strip_attribute_next(&at, end, &a) == 1)
		copy |= strip_is_copy(&a);
	return copy;
}

static void look_around(struct strip_hider *hider, const struct strip_token *token)
{
	bool starts = token->kind == STRIP_START;

	look_for_math(hider, token);
	if ((!starts && token->kind != STRIP_END) || (strip_tag_traits(token->tag) & KEPT) == 0)
		return;
	if (token->tag == TAG_TABLE && !(starts && token->self_closing))
		hider->tables = starts ? hider->tables + 1 : hider->tables - (hider->tables > 0);
	if (token->tag == TAG_A)
		hider->in_link = starts;
	if (token->tag == TAG_P || (starts && (strip_tag_traits(token->tag) & ENDS_P) != 0))
		hider->in_paragraph = starts && token->tag == TAG_P;
}

static bool begins(struct strip_hider *hider, const struct strip_token *token)
{
	hider->depth = 0;
	look_around(hider, token);
	if (token->kind != STRIP_START || !(strip_hides(token) || is_copy_of_math(hider, token)))
		return false;
	if ((strip_tag_traits(token->tag) & VOID) != 0)
		return true;
	/* Text in a group of columns is put into a cell. */
	if (token->self_closing || !stays(token->tag) || token->tag == TAG_COLGROUP ||
		(nesting_is_part(token->tag) && hider->tables == 0))
		return false;
	hider->open[hider->depth++] = (unsigned char)token->tag;
	return true;
}

static bool takes_start(struct strip_hider *hider, const struct strip_token *token)
{
	bool wall;

	if ((strip_tag_traits(token->tag) & KEPT) == 0 ||
		(nesting_is_part(token->tag) && hider->tables == 0 &&
			find(hider, TAG_TABLE, &wall) == NOT_OPEN))
		return true;
	make_way(hider, token->tag);
	if (hider->depth == 0 || hider->depth == STRIP_HIDER_DEPTH)
		return begins(hider, token);
	if (stays(token->tag) && !token->self_closing)
		hider->open[hider->depth++] = (unsigned char)token->tag;
	return true;
}

static bool takes_end(struct strip_hider *hider, const struct strip_token *token)
{
	bool wall;
	size_t at;

	if (!stays(token->tag))
		return true;
	at = find(hider, token->tag, &wall);
	if (at == NOT_OPEN && (wall || (token->tag == TAG_P && !hider->in_paragraph) ||
				      (token->tag == TAG_A && !hider->in_link)))
		return true;
	if (at == NOT_OPEN)
		return begins(hider, token);
	if (at == 0)
		look_around(hider, token);
	hider->depth = at;
	return true;
}

bool strip_hider_takes(struct strip_hider *hider, const struct strip_token *token)
{
	if (hider->depth == 0)
		return begins(hider, token);
	if (token->kind == STRIP_START)
		return takes_start(hider, token);
	return token->kind == STRIP_END ? takes_end(hider, token) : true;
}
