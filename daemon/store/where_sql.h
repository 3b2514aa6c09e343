#ifndef STORE_WHERE_SQL_H
#define STORE_WHERE_SQL_H

#include "common/err.h"
#include "daemon/store/query.h"
#include "daemon/store/where.h"

/*
 * An expression as a condition on `item i`, every value bound.  Ages are
 * counted from now_s.
 */
int where_sql(const struct where_node *node, int64_t now_s, struct query *query,
	struct err *err) MUST_USE;

/* Where `match` looks. */
enum where_words {
	WHERE_WORDS_INDEXED, /* in the index */
	WHERE_WORDS_FRESH,   /* and in the text of items that it has not got yet */
	WHERE_WORDS_PROBE    /* in temp.probe, where the items of a document are */
};
int where_sql_in(const struct where_node *node, int64_t now_s, enum where_words words,
	struct query *query, struct err *err) MUST_USE;

/* A condition on `item i`: it has these words (as of --match). */
int where_sql_words(
	const char *match, enum where_words words, struct query *query, struct err *err) MUST_USE;

#endif
