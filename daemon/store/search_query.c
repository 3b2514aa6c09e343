#include "daemon/store/search_query.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/store/fold.h"
#include "daemon/store/store_items.h"

#define TERMS_MAX 64u

/* A term as it was typed: the text between its marks. */
struct term {
	const char *column; /* "title", "author", or NULL */
	const char *text;
	size_t length;
	bool minus, prefix;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Blanks, and those that are no byte: no-break and ideographic space. */
static size_t blank_length(const char *at)
{
	if (is_blank(*at))
		return 1;
	if (strncmp(at, "\u00a0", 2) == 0)
		return 2;
	return strncmp(at, "\u3000", 3) == 0 ? 3 : 0;
}

static const char *skip_blanks(const char *at)
{
	size_t length;

	while ((length = blank_length(at)) != 0)
		at += length;
	return at;
}

static size_t word_length(const char *at)
{
	size_t length = 0;

	while (at[length] != '\0' && at[length] != '"' && blank_length(at + length) == 0)
		length++;
	return length;
}

/* title: and author: in front of a term; the text FTS5 calls body. */
static const char *read_column(const char *at, struct term *term)
{
	static const char *const columns[] = { "title", "author", "text" };
	size_t i, length;

	term->column = NULL;
	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		length = strlen(columns[i]);
		if (strncmp(at, columns[i], length) == 0 && at[length] == ':' &&
			at[length + 1] != '\0' && !is_blank(at[length + 1])) {
			term->column = columns[i];
			return at + length + 1;
		}
	}
	return at;
}

static bool is_minus(const char *at)
{
	return at[0] == '-' && at[1] != '\0' && !is_blank(at[1]);
}

static int read_term(const char **at, struct term *term, struct err *err)
{
	const char *c = *at;

	term->minus = is_minus(c);
	c = read_column(c + term->minus, term);
	/* Where people put it does not matter: title:-word is -title:word. */
	if (!term->minus && term->column != NULL && is_minus(c)) {
		term->minus = true;
		c++;
	}
	if (*c == '"') {
		term->text = ++c;
		term->length = strcspn(c, "\"");
		c += term->length;
		if (*c != '"')
			return err_set(err, ERR_USAGE, "this phrase has no closing quote: \"%.100s",
				term->text);
		c++;
	} else {
		term->text = c;
		term->length = word_length(c);
		c += term->length;
	}
	term->prefix = *c == '*';
	if (term->prefix)
		c++;
	if (term->length > 1 && term->text[term->length - 1] == '*') {
		term->prefix = true;
		term->length--;
	}
	*at = c;
	return 0;
}

/* Whether the index has anything of it: FTS5 finds nothing at all where one
 * term is an ampersand or a dash. */
static bool has_word(const struct term *term)
{
	enum fold_kind kind = FOLD_SPACE;
	uint32_t rune;
	size_t at = 0;

	while (at < term->length && (kind == FOLD_SPACE || kind == FOLD_MARK)) {
		at += utf8_decode(term->text + at, term->length - at, &rune);
		kind = fold_kind(rune);
	}
	return kind != FOLD_SPACE && kind != FOLD_MARK;
}

/* A run of one character of a script without spaces is in the index as the
 * beginning of pairs (tokenizer.h). */
static bool ends_alone(const struct term *term)
{
	bool packed = false, alone = false;
	uint32_t rune;
	size_t at = 0;

	while (at < term->length) {
		at += utf8_decode(term->text + at, term->length - at, &rune);
		alone = !packed && fold_kind(rune) == FOLD_PACKED;
		packed = fold_kind(rune) == FOLD_PACKED;
	}
	return alone;
}

/* As an FTS5 string, in which only a quote means anything. */
static int put_term(const struct term *term, struct buf *out)
{
	size_t i;

	if (term->column != NULL && buf_printf(out, "%s : ", term->column) < 0)
		return -1;
	if (buf_add_byte(out, '"') < 0)
		return -1;
	for (i = 0; i < term->length; i++)
		if (term->text[i] != '"' && buf_add_byte(out, term->text[i]) < 0)
			return -1;
	return buf_add_text(out, term->prefix || ends_alone(term) ? "\"*" : "\"");
}

static bool is_or(const char *at)
{
	return at[0] == 'O' && at[1] == 'R' && is_blank(at[2]);
}

/* FTS5's NOT has two sides, so what is not wanted comes last, as one group. */
struct parts {
	struct buf wanted, unwanted;
	unsigned terms; /* of all sides of STORE_MATCH_EITHER */
	bool or_next;
	bool minus_last; /* the term in front was one that is not wanted */
};

static int too_long(struct err *err)
{
	return err_set(err, ERR_USAGE, "the words to look for are longer than %u KiB",
		SEARCH_QUERY_MAX >> 10);
}

/* What is not wanted is not wanted of all: it is no side of an OR. */
static int or_unwanted(struct err *err)
{
	return err_set(
		err, ERR_USAGE, "OR beside a -word: it stands between words that are wanted");
}

static int add_term(struct parts *parts, const struct term *term, struct err *err)
{
	struct buf *out = term->minus ? &parts->unwanted : &parts->wanted;
	const char *between = out->length == 0                ? ""
			      : term->minus || parts->or_next ? " OR "
							      : " AND ";

	if (parts->or_next && term->minus)
		return or_unwanted(err);
	parts->or_next = false;
	parts->minus_last = term->minus;
	if (++parts->terms > TERMS_MAX)
		return err_set(err, ERR_USAGE, "more than %u words to look for", TERMS_MAX);
	if (buf_add_text(out, between) < 0 || put_term(term, out) < 0)
		return too_long(err);
	return 0;
}

static int read_terms(const char *words, struct parts *parts, struct err *err)
{
	const char *at = skip_blanks(words);
	struct term term = { 0 };

	while (*at != '\0') {
		if (is_or(at) && parts->minus_last)
			return or_unwanted(err);
		if (is_or(at) && parts->wanted.length > 0) {
			parts->or_next = true;
			at += 2;
		} else {
			if (read_term(&at, &term, err) < 0)
				return -1;
			if (has_word(&term) && add_term(parts, &term, err) < 0)
				return -1;
			if (term.length == 0 && *at != '\0' && !is_blank(*at))
				at++;
		}
		at = skip_blanks(at);
	}
	if (parts->wanted.length == 0)
		return err_set(err, ERR_USAGE,
			parts->unwanted.length > 0
				? "only words that are not wanted: add one that is"
				: "no words to look for");
	return 0;
}

static int put_parts(const struct parts *parts, struct buf *out)
{
	if (parts->unwanted.length == 0)
		return buf_add(out, parts->wanted.data, parts->wanted.length);
	return buf_printf(out, "(%s) NOT (%s)", parts->wanted.data, parts->unwanted.data);
}

static int put_side(const char *words, struct parts *parts, struct buf *out, struct err *err)
{
	if (!utf8_valid(words, strlen(words)))
		return err_set(err, ERR_USAGE, "the words are no UTF-8");
	parts->or_next = parts->minus_last = false;
	buf_clear(&parts->wanted);
	buf_clear(&parts->unwanted);
	if (read_terms(words, parts, err) < 0)
		return -1;
	return put_parts(parts, out) < 0 ? too_long(err) : 0;
}

/* What one side does not want may be in another. */
static int put_sides(const char *words, struct parts *parts, struct buf *out, struct err *err)
{
	char *left = mem_strdup(words), *rest = left;
	const char *before = "(", *side;
	int r = 0;

	while (r == 0 && (side = strsep(&rest, STORE_MATCH_EITHER)) != NULL) {
		r = buf_add_text(out, before) < 0 ? too_long(err) : put_side(side, parts, out, err);
		before = ") OR (";
	}
	if (r == 0 && buf_add_byte(out, ')') < 0)
		r = too_long(err);
	free(left);
	return r;
}

int search_query(const char *words, struct buf *out, struct err *err)
{
	struct parts parts = { 0 };
	int r;

	buf_init(&parts.wanted, SEARCH_QUERY_MAX);
	buf_init(&parts.unwanted, SEARCH_QUERY_MAX);
	r = strstr(words, STORE_MATCH_EITHER) == NULL ? put_side(words, &parts, out, err)
						      : put_sides(words, &parts, out, err);
	buf_release(&parts.wanted);
	buf_release(&parts.unwanted);
	return r;
}
