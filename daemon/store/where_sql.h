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

/* Likewise, with another full-text table for `match` than search. */
int where_sql_in(const struct where_node *node, int64_t now_s, const char *table,
	struct query *query, struct err *err) MUST_USE;

#endif
