#ifndef STORE_LENT_TABLE_H
#define STORE_LENT_TABLE_H

#include <sqlite3.h>
#include <stddef.h>

#include "common/err.h"

/*
 * Rows of the caller's as a table: NAME(list), where the list is a struct lent that was
 * bound (db_bind_pointer(), the type is the name) and stays until the statement is over.
 * What takes all rows of one opens its tables and indexes once, and not once a row; what
 * joins one with `item` goes from one id to the next, which for neighbours is a step and
 * no search.
 */
struct lent {
	size_t count;
	void *rows; /* what the shape's column() knows */
};

struct lent_shape {
	const char *name;
	const char *columns; /* as in CREATE TABLE */
	int count;           /* of columns */
	/* Texts and blobs need to live until the next row is asked for. */
	void (*column)(void *rows, size_t row, int column, sqlite3_context *out);
};

extern const struct lent_shape lent_ids; /* ids(list): value, of int64_t */
/* Others beside what their rows are. */
extern const struct lent_shape lent_items;   /* arrive.c */
extern const struct lent_shape lent_keys;    /* keys.c */
extern const struct lent_shape lent_stories; /* story.c */

int lent_tables_register(sqlite3 *handle, struct err *err) MUST_USE;

#endif
