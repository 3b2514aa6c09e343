#include "daemon/store/where_lexer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/time.h"
#include "common/utf8.h"

static unsigned column(const char *text, size_t at)
{
	unsigned n = 1;
	uint32_t rune;
	size_t i;

	for (i = 0; i < at; i += utf8_decode(text + i, at - i, &rune))
		n++;
	return n;
}

int where_lexer_fail(const struct where_lexer *lexer, struct err *err, const char *format, ...)
{
	char sentence[256];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	return err_set(
		err, ERR_USAGE, "column %u: %s", column(lexer->text, lexer->begin), sentence);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int read_string(struct where_lexer *lexer, struct err *err)
{
	size_t length = 0;
	char c;

	for (lexer->at++; (c = lexer->text[lexer->at]) != '"'; lexer->at++) {
		if (c == '\\' && lexer->text[lexer->at + 1] != '\0')
			c = lexer->text[++lexer->at];
		if (c == '\0')
			return where_lexer_fail(lexer, err, "this text has no closing quote");
		lexer->word[length++] = c;
	}
	lexer->at++;
	lexer->word[length] = '\0';
	lexer->token = TOKEN_STRING;
	return 0;
}

static void read_word(struct where_lexer *lexer)
{
	size_t length = 0;
	char c;

	while (is_word(c = lexer->text[lexer->at]) || (length > 0 && is_digit(c))) {
		lexer->word[length++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
		lexer->at++;
	}
	lexer->word[length] = '\0';
	lexer->token = TOKEN_WORD;
}

/* In a range another date follows behind a colon: with the four digits of a year,
 * where minutes and seconds have two. */
static size_t date_length(const char *from)
{
	size_t length = strspn(from, "0123456789-:.TtZz+"), at;

	if (length > 10 && from[10] != 'T' && from[10] != 't')
		return 10;
	for (at = 11; at < length; at++)
		if (from[at] == ':' && strspn(from + at + 1, "0123456789") == 4)
			return at;
	return length;
}

/* 2026-06-03, or that with a time behind T: as RFC 3339 has it, or without a
 * zone, which is UTC. */
static int read_date(struct where_lexer *lexer, struct where_number *out, struct err *err)
{
	const char *from = lexer->text + lexer->at;
	size_t length = date_length(from);
	char text[64];

	if (length < 10 || length >= 40)
		return where_lexer_fail(lexer, err, "no date: use 2026-06-03");
	snprintf(text, sizeof(text), "%.*s%s", (int)length, from, length == 10 ? "T00:00:00Z" : "");
	if (length > 10 && strpbrk(text + 11, "Zz+-") == NULL)
		strcat(text, length == 16 ? ":00Z" : "Z");
	if (time_parse(text, &out->value) < 0)
		return where_lexer_fail(lexer, err,
			"no date: use 2026-06-03 or "
			"2026-06-03T10:00:00Z");
	out->unit = length == 10 ? 'D' : 'T';
	lexer->at += length;
	return 0;
}

static int64_t unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 7 * 86400;
	default:
		return 0;
	}
}

static bool is_date(const char *text)
{
	return strspn(text, "0123456789") == 4 && text[4] == '-' && is_digit(text[5]);
}

static int read_number(struct where_lexer *lexer, struct where_number *out, struct err *err)
{
	const char *from = lexer->text + lexer->at;
	char *end;
	int64_t factor;

	if (is_date(from))
		return read_date(lexer, out, err);
	errno = 0;
	out->value = strtoll(from, &end, 10);
	if (end == from)
		return where_lexer_fail(lexer, err, "a number should stand here");
	factor = unit_seconds(*end);
	out->unit = factor != 0 ? *end++ : '\0';
	if (errno != 0 || __builtin_mul_overflow(out->value, factor != 0 ? factor : 1, &out->value))
		return where_lexer_fail(lexer, err, "this number is too large");
	if (is_word(*end) || is_digit(*end))
		return where_lexer_fail(lexer, err, "a unit is one of s m h d w");
	lexer->at += (size_t)(end - from);
	return 0;
}

/* One of the two, in quotes or not. */
static int read_bound(struct where_lexer *lexer, struct where_number *out, struct err *err)
{
	bool quoted = lexer->text[lexer->at] == '"';

	lexer->at += quoted;
	if (read_number(lexer, out, err) < 0)
		return -1;
	if (quoted && lexer->text[lexer->at++] != '"')
		return where_lexer_fail(lexer, err, "a number should stand in these quotes");
	return 0;
}

static int read_range(struct where_lexer *lexer, struct err *err)
{
	if (read_bound(lexer, &lexer->low, err) < 0)
		return -1;
	lexer->token = TOKEN_NUMBER;
	if (lexer->text[lexer->at] != ':')
		return 0;
	lexer->at++;
	lexer->token = TOKEN_RANGE;
	return read_bound(lexer, &lexer->high, err);
}

/* A text, but for what a colon behind it makes the first number of a range. */
static int read_quoted(struct where_lexer *lexer, struct err *err)
{
	if (read_string(lexer, err) < 0)
		return -1;
	if (lexer->text[lexer->at] != ':')
		return 0;
	lexer->at = lexer->begin;
	return read_range(lexer, err);
}

static int read_operator(struct where_lexer *lexer, struct err *err)
{
	/* The longer ones first. */
	static const struct {
		const char *text;
		enum where_operator op;
	} operators[] = {
		{ "==", WHERE_EQUAL },
		{ "=~", WHERE_LIKE },
		{ "=", WHERE_EQUAL },
		{ "!=", WHERE_NOT_EQUAL },
		{ "!~", WHERE_NOT_LIKE },
		{ "!#", WHERE_HAS_NOT },
		{ "<=", WHERE_LESS_EQUAL },
		{ ">=", WHERE_GREATER_EQUAL },
		{ "<", WHERE_LESS },
		{ ">", WHERE_GREATER },
		{ "#", WHERE_HAS },
	};
	const char *from = lexer->text + lexer->at;
	size_t i, length;

	for (i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		length = strlen(operators[i].text);
		if (strncmp(from, operators[i].text, length) == 0) {
			lexer->at += length;
			lexer->token = TOKEN_OPERATOR;
			lexer->op = operators[i].op;
			return 0;
		}
	}
	return where_lexer_fail(lexer, err,
		"this is no part of an expression; operators are = != =~ !~ < <= > >= between # "
		"!#");
}

int where_lexer_next(struct where_lexer *lexer, struct err *err)
{
	char c;

	while (is_blank(lexer->text[lexer->at]))
		lexer->at++;
	lexer->begin = lexer->at;
	c = lexer->text[lexer->at];
	if (c == '\0') {
		lexer->token = TOKEN_END;
		return 0;
	}
	if (c == '(' || c == ')') {
		lexer->at++;
		lexer->token = c == '(' ? TOKEN_OPEN : TOKEN_CLOSE;
		return 0;
	}
	if (c == '"')
		return read_quoted(lexer, err);
	if (is_digit(c) || c == '-')
		return read_range(lexer, err);
	if (!is_word(c))
		return read_operator(lexer, err);
	read_word(lexer);
	if (strcmp(lexer->word, "between") == 0) {
		lexer->token = TOKEN_OPERATOR;
		lexer->op = WHERE_BETWEEN;
	}
	return 0;
}

int where_lexer_begin(struct where_lexer *lexer, const char *text, struct err *err)
{
	lexer->text = text;
	lexer->at = lexer->begin = 0;
	lexer->added = 0;
	if (strlen(text) > WHERE_TEXT_MAX)
		return where_lexer_fail(
			lexer, err, "more than %u bytes of expression", WHERE_TEXT_MAX);
	if (!utf8_valid(text, strlen(text)))
		return where_lexer_fail(lexer, err, "the expression is no UTF-8");
	return where_lexer_next(lexer, err);
}
