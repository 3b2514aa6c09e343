#ifndef STORE_WHERE_LEXER_H
#define STORE_WHERE_LEXER_H

#include "common/err.h"
#include "daemon/store/where.h"

/*
 * The words of an expression, one at a time.  Knows their shape, not their
 * meaning.
 */
enum where_token {
	TOKEN_END,
	TOKEN_WORD,   /* and or not match between, an attribute */
	TOKEN_STRING, /* "…", with \" and \\ */
	TOKEN_NUMBER, /* 3 -1 6h 2026-06-01 */
	TOKEN_RANGE,  /* NUMBER:NUMBER */
	TOKEN_OPERATOR,
	TOKEN_OPEN,
	TOKEN_CLOSE
};

struct where_lexer {
	const char *text;
	size_t at;    /* behind the token */
	size_t begin; /* of the token */
	enum where_token token;
	char word[WHERE_TEXT_MAX + 1]; /* of TOKEN_WORD (lower case) and TOKEN_STRING */
	enum where_operator op;
	struct where_number low, high;
	size_t added; /* by the repetitions of its patterns; the parser's own */
};

/* Read the first token. */
int where_lexer_begin(struct where_lexer *lexer, const char *text, struct err *err) MUST_USE;
/* Read the next one. */
int where_lexer_next(struct where_lexer *lexer, struct err *err) MUST_USE;

/* ERR_USAGE: the sentence, and the column of the token in front.  -1. */
int where_lexer_fail(const struct where_lexer *lexer, struct err *err, const char *format, ...)
	PRINTF_LIKE(3, 4);

#endif
