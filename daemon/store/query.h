#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"

/*
 * SQL that is composed, with its values bound: no text of a user ever becomes
 * part of a statement.  Knows no table.
 */

struct query_value {
	char *text;          /* or NULL */
	const void *pointer; /* likewise */
	const char *type;    /* of what it points to */
	int64_t number;      /* if neither is there */
};

struct query {
	struct buf sql;
	bool full; /* the SQL has no room for all of it, and can't be prepared */
	struct query_value *values;
	size_t count;
	size_t capacity;
};

void query_init(struct query *query);
void query_release(struct query *query);

/* Append SQL of ours; each '?' in it is followed by one query_int(), query_text()
 * or query_pointer() in their order. */
void query_add(struct query *query, const char *sql);
void query_int(struct query *query, int64_t value);
void query_text(struct query *query, const char *value);
/* type: FUNCTION_FOUND, lent_ids.name, VISITOR.  Lent until the statement is given back. */
void query_pointer(struct query *query, const void *value, const char *type);

/*
 * Prepare and bind.  The connection keeps some statements that were composed, for
 * pages of a listing ask the same with other values; so the statement is not to be
 * finalized but given back, before the query is released.  NULL may be given back.
 * ERR_USAGE for what is too long: who asked wanted too much at once.
 */
struct db;
int query_prepare(const struct query *query, struct db *db, sqlite3_stmt **out_statement,
	struct err *err) MUST_USE;
void query_done(struct db *db, sqlite3_stmt *statement);

#endif
