#include "common/strip.h"

#include <string.h>

#include "common/strip_nesting.h"
#include "common/strip_token.h"

/* What a table may still need to hold a cell: itself, tbody, tr, td. */
#define TABLE_DEPTH 4

/*
 * The stack of open elements.  What comes is made to fit before it is written:
 * what it ends is closed, what it implies is opened.  So the copy has one
 * reading only, and reading it again finds nothing to do.
 */
struct limiter {
	struct buf *out;
	bool full;  /* out is */
	bool apart; /* a block that is cut has begun or ended, and no text behind it */
	size_t tags;
	size_t depth;
	enum strip_tag open[STRIP_DEPTH_MAX];
	/* for pictures that come twice */
	struct strip_token last; /* image or object, no text behind it; start NULL: none */
	size_t last_at;          /* where in out it begins, and ends */
	size_t last_end;
	bool in_noscript;
	/* for formulas */
	bool after_math;        /* it has ended, and no text behind it */
	struct strip_math math; /* of the one we are in, up to math_end */
	const char *math_end;   /* of the last one; what is in it is not looked at again */
};

#define NOT_OPEN SIZE_MAX

static void emit(struct limiter *l, const char *text, size_t length)
{
	if (!l->full && buf_add(l->out, text, length) < 0)
		l->full = true;
}

static void emit_word(struct limiter *l, const char *text)
{
	emit(l, text, strlen(text));
}

/* ---- the stack ----------------------------------------------------------- */

static enum strip_tag top(const struct limiter *l)
{
	return l->depth > 0 ? l->open[l->depth - 1] : TAG_UNKNOWN;
}

static void close_to(struct limiter *l, size_t depth)
{
	while (l->depth > depth) {
		emit_word(l, "</");
		emit_word(l, strip_tag_name(top(l)));
		emit_word(l, ">");
		l->depth--;
	}
}

static void push(struct limiter *l, enum strip_tag tag)
{
	l->open[l->depth++] = tag;
	l->tags++;
}

static void open_implied(struct limiter *l, enum strip_tag tag)
{
	emit_word(l, "<");
	emit_word(l, strip_tag_name(tag));
	emit_word(l, ">");
	push(l, tag);
}

static bool has_room(const struct limiter *l, size_t tags, size_t depth)
{
	return l->tags + tags <= STRIP_TAGS_MAX && l->depth + depth <= STRIP_DEPTH_MAX;
}

/* What is in a cell does not reach out of it. */
static bool is_wall(enum strip_tag tag)
{
	return tag == TAG_TABLE || tag == TAG_CAPTION || nesting_is_cell(tag);
}

/* Where the innermost `tag` is open, on this side of a wall. */
static size_t find_open(const struct limiter *l, enum strip_tag tag)
{
	bool part = (strip_tag_traits(tag) & TABLE) != 0;
	size_t i;

	for (i = l->depth; i-- > 0;) {
		if (l->open[i] == tag ||
			(nesting_is_heading(tag) && nesting_is_heading(l->open[i])))
			return i;
		if (part ? l->open[i] == TAG_TABLE : is_wall(l->open[i]))
			break;
	}
	return NOT_OPEN;
}

static void close_open(struct limiter *l, enum strip_tag tag)
{
	size_t at = find_open(l, tag);

	if (at != NOT_OPEN)
		close_to(l, at);
}

/* ---- tables -------------------------------------------------------------- */

/* How many elements are implied between what is open and a part. */
static size_t count_implied(enum strip_tag under, enum strip_tag part)
{
	if (nesting_is_cell(part))
		return under == TAG_TABLE ? 2 : under != TAG_TR;
	return (part == TAG_TR || part == TAG_COL) && under == TAG_TABLE;
}

/* Close down to what may hold `part`, and open what stands between.  False if
 * there is no table or no room: then the part's tag is cut. */
static bool enter_part(struct limiter *l, enum strip_tag part)
{
	bool cell = nesting_is_cell(part);
	size_t keep = find_open(l, TAG_TABLE) + 1;

	if (keep == NOT_OPEN + 1)
		return false;
	if (part == TAG_COL && l->depth > keep && l->open[keep] == TAG_COLGROUP)
		keep++;
	if ((part == TAG_TR || cell) && l->depth > keep && nesting_is_section(l->open[keep]))
		keep++;
	if (cell && l->depth > keep && l->open[keep] == TAG_TR)
		keep++;
	if (!has_room(l, count_implied(l->open[keep - 1], part) + 1, 0))
		return false;
	close_to(l, keep);
	if (part == TAG_COL && top(l) == TAG_TABLE)
		open_implied(l, TAG_COLGROUP);
	if ((part == TAG_TR || cell) && top(l) == TAG_TABLE)
		open_implied(l, TAG_TBODY);
	if (cell && top(l) != TAG_TR)
		open_implied(l, TAG_TR);
	return true;
}

/* Text has come where only rows and cells may be: it gets a cell, where
 * browsers would have moved it in front of the table. */
static void enter_cell(struct limiter *l)
{
	if (!nesting_is_frame(top(l)))
		return;
	if (enter_part(l, TAG_TD))
		open_implied(l, TAG_TD);
	else
		close_open(l, TAG_TABLE);
}

/* ---- start tags ---------------------------------------------------------- */

/*
 * What the start of an element ends before it, like an item of a list the one
 * before: looks through elements within a line (which may be taken off later,
 * and must not matter) and those that `through` allows, up to another block.
 */
static void close_peers(
	struct limiter *l, bool (*is_peer)(enum strip_tag), bool (*through)(enum strip_tag))
{
	size_t i;

	for (i = l->depth; i-- > 0;) {
		enum strip_tag tag = l->open[i];

		if (is_peer(tag)) {
			close_to(l, i);
			return;
		}
		if (nesting_is_block(tag) && !through(tag))
			return;
	}
}

static bool none(enum strip_tag tag)
{
	(void)tag;
	return false;
}

static bool ends_in_ruby(enum strip_tag tag)
{
	return tag == TAG_RT || tag == TAG_RP || tag == TAG_P || nesting_is_item(tag) ||
	       nesting_is_definition(tag);
}

/* A part of a ruby ends all that may be left open in it. */
static void close_in_ruby(struct limiter *l)
{
	size_t i, to = l->depth;

	if (find_open(l, TAG_RUBY) == NOT_OPEN)
		return;
	for (i = l->depth; i-- > 0 && l->open[i] != TAG_RUBY;) {
		if (ends_in_ruby(l->open[i]))
			to = i;
		else if (nesting_is_block(l->open[i]))
			break;
	}
	close_to(l, to);
}

/* Close what the start of `tag` ends.  False if it can't be placed. */
static bool make_way(struct limiter *l, enum strip_tag tag)
{
	unsigned traits = strip_tag_traits(tag);

	if (nesting_is_part(tag))
		return enter_part(l, tag);
	if (tag == TAG_TABLE && nesting_is_frame(top(l)))
		close_open(l, TAG_TABLE);
	if ((traits & PROSE) != 0)
		enter_cell(l);
	if (tag == TAG_A)
		close_open(l, TAG_A);
	if (nesting_is_item(tag))
		close_peers(l, nesting_is_item, nesting_is_loose);
	if (nesting_is_definition(tag))
		close_peers(l, nesting_is_definition, nesting_is_loose);
	if (tag == TAG_RT || tag == TAG_RP)
		close_in_ruby(l);
	if ((traits & ENDS_P) != 0)
		close_open(l, TAG_P);
	if (nesting_is_heading(tag))
		close_peers(l, nesting_is_heading, none);
	return has_room(l, 1, tag == TAG_TABLE ? TABLE_DEPTH : 1);
}

/* Controls that gumbo would make visible as U+FFFD. */
static bool is_control(char c)
{
	return ((unsigned char)c < ' ' && !strip_is_space(c)) || c == 0x7F;
}

/* A value is copied as it is written, in double quotes. */
static void emit_value(struct limiter *l, const char *value, size_t length)
{
	size_t i, from = 0;

	emit_word(l, "=\"");
	for (i = 0; i < length; i++) {
		if (value[i] != '"' && !is_control(value[i]))
			continue;
		emit(l, value + from, i - from);
		emit_word(l, value[i] == '"' ? "&quot;" : "");
		from = i + 1;
	}
	emit(l, value + from, length - from);
	emit_word(l, "\"");
}

static void emit_start(struct limiter *l, const struct strip_token *token, enum strip_tag tag)
{
	const char *at = token->attributes;
	const char *end = token->start + token->length;
	struct strip_attribute a;
	uint64_t seen = 0;
	bool copy = false, hidden = false;

	emit_word(l, "<");
	emit_word(l, strip_tag_name(tag));
	while (strip_attribute_next(&at, end, &a) == 1) {
		size_t which = strip_find_kept(&a, token->tag);

		copy |= l->after_math && strip_is_copy(&a);
		hidden |= strip_same_name(a.name, a.name_length, "hidden");
		if (which == STRIP_KEPT_NOT || (seen & (uint64_t)1 << which) != 0)
			continue; /* of two, the first counts */
		seen |= (uint64_t)1 << which;
		emit_word(l, " ");
		emit_word(l, strip_kept_name(which));
		if (a.value != NULL)
			emit_value(l, a.value, a.value_length);
	}
	emit_word(l, copy && !hidden ? " hidden>" : ">");
}

/* Whether it shows again what has just come: pictures that a script loads, and objects,
 * have a copy for those without.  A mere place holder goes for the copy. */
static bool is_again(struct limiter *l, const struct strip_token *token)
{
	bool object = l->last.tag == TAG_OBJECT;
	enum strip_twin twin = STRIP_TWIN_NOT;

	if (l->last.start != NULL && (l->in_noscript || object))
		twin = strip_twin(&l->last, token);
	if (twin == STRIP_TWIN_BETTER && !object && l->last_end == l->out->length) {
		buf_cut(l->out, l->last_at);
		l->tags--;
	}
	l->last.start = NULL; /* one copy, and looked at once */
	return twin == STRIP_TWIN;
}

/* It has been written from `start` on. */
static void note_picture(struct limiter *l, const struct strip_token *token, size_t start)
{
	l->last = *token;
	l->last_at = start;
	l->last_end = l->out->length;
}

/* A block that is cut, like a form, still parts the words in it from others. */
static bool is_cut_block(const struct strip_token *token)
{
	unsigned traits = strip_tag_traits(token->tag);

	return (traits & (LINE | ENDS_P | KEPT)) == (LINE | ENDS_P) || token->tag == TAG_LEGEND ||
	       token->tag == TAG_OPTION;
}

static void on_start(struct limiter *l, const struct strip_token *token)
{
	enum strip_tag tag = strip_stands_for(token->tag);
	unsigned traits = strip_tag_traits(tag);
	bool picture = tag == TAG_IMG || tag == TAG_IFRAME;
	size_t start;

	l->in_noscript |= token->tag == TAG_NOSCRIPT;
	l->apart |= is_cut_block(token);
	if (token->tag == TAG_INPUT && !strip_is_box(token))
		return;
	if ((traits & KEPT) == 0 || token->unseen || (picture && is_again(l, token)) ||
		!make_way(l, tag))
		return;
	/* In what is hidden nobody sees the blank. */
	if (l->apart && l->out->length > 0 && strip_hides(token))
		emit_word(l, " ");
	start = l->out->length;
	emit_start(l, token, tag);
	if ((traits & VOID) != 0)
		l->tags++;
	else
		push(l, tag);
	/* What stands in a frame is for those who show none, as we do. */
	if ((traits & VOID) == 0 && (token->self_closing || tag == TAG_IFRAME))
		close_to(l, l->depth - 1);
	/* Of one that stays hidden until its script comes, the copy is what is seen. */
	if (picture && !strip_hides(token))
		note_picture(l, token, start);
}

/* ---- the rest ------------------------------------------------------------ */

static void on_end(struct limiter *l, const struct strip_token *token)
{
	l->in_noscript &= token->tag != TAG_NOSCRIPT;
	l->after_math |= token->start == l->math_end;
	l->apart |= is_cut_block(token);
	if (!token->unseen && (strip_tag_traits(token->tag) & (KEPT | VOID)) == KEPT)
		close_open(l, token->tag);
}

static bool is_blank(const struct strip_token *token)
{
	size_t i;

	for (i = 0; i < token->length; i++)
		if (!strip_is_space(token->start[i]))
			return false;
	return true;
}

static void on_text(struct limiter *l, const struct strip_token *token)
{
	bool plain = token->kind == STRIP_PLAIN;
	const char *text = token->start;
	size_t i, from = 0;

	if (token->unseen && top(l) != TAG_TITLE)
		return;
	if (!is_blank(token)) {
		enter_cell(l);
		if (l->apart && l->out->length > 0)
			emit_word(l, " ");
		l->apart = false;
		l->last.start = NULL;
		l->after_math = false;
	}
	for (i = 0; i < token->length; i++) {
		if (text[i] != '<' && !is_control(text[i]) && (text[i] != '&' || !plain))
			continue;
		emit(l, text + from, i - from);
		emit_word(l, text[i] == '<' ? "&lt;" : text[i] == '&' ? "&amp;" : "");
		from = i + 1;
	}
	emit(l, text + from, token->length - from);
}

/* A formula's source tells what its letters, one behind the other, do not. */
static void on_math(struct limiter *l, struct strip_scan *scan, const struct strip_token *token)
{
	struct strip_token text = { .kind = STRIP_TEXT };
	struct strip_slice source;
	const char *end;

	if (token->unseen || (l->math_end != NULL && token->start < l->math_end))
		return;
	end = strip_math(token, scan->end, &source);
	l->math_end = end != NULL ? end : scan->end;
	memset(&l->math, 0, sizeof(l->math));
	if (end == NULL || source.length == 0 || strip_math_is_row(token, end))
		return;
	text.start = source.at;
	text.length = source.length;
	on_text(l, &text);
	scan->at = end;
}

/* A tag within a formula that has no source. */
static void on_math_part(struct limiter *l, const struct strip_token *token)
{
	struct strip_token text = { .kind = STRIP_TEXT, .length = 1 };
	const char *part = strip_math_part(&l->math, token);

	for (; *part != '\0'; part++) {
		enum strip_tag tag = *part == '^' || *part == '}' ? TAG_SUP : TAG_SUB;

		if (*part == '}' || *part == ']') {
			close_open(l, tag);
		} else if (*part != '^' && *part != '_') {
			text.start = part;
			on_text(l, &text);
		} else if (has_room(l, 1, 1)) {
			enter_cell(l);
			open_implied(l, tag);
		}
	}
}

static bool in_math(const struct limiter *l, const struct strip_token *token)
{
	return l->math_end != NULL && token->start < l->math_end && !token->unseen &&
	       token->tag == TAG_UNKNOWN &&
	       (token->kind == STRIP_START || token->kind == STRIP_END);
}

int strip_limit(const char *html, size_t length, struct buf *out)
{
	struct limiter l = { .out = out };
	struct strip_scan scan;
	struct strip_token token;

	strip_scan_init(&scan, html, length);
	while (!l.full && strip_scan_next(&scan, &token)) {
		if (in_math(&l, &token))
			on_math_part(&l, &token);
		else if (token.kind == STRIP_START && strip_is_math(&token))
			on_math(&l, &scan, &token);
		else if (token.kind == STRIP_START)
			on_start(&l, &token);
		else if (token.kind == STRIP_END)
			on_end(&l, &token);
		else if (token.kind != STRIP_NOTHING)
			on_text(&l, &token);
	}
	close_to(&l, 0);
	return l.full ? -1 : 0;
}
