#ifndef STORE_LIST_STREAM_H
#define STORE_LIST_STREAM_H

#include <sqlite3.h>
#include <stdbool.h>

#include "common/err.h"
#include "daemon/store/db.h"
#include "daemon/store/query.h"

/*
 * A part of a listing as one run of rows: of one statement, or where dates lead of
 * two, in the same order, for the items that have their places by date and for the
 * rest (dated.h).  The rows are those of row_columns().
 *
 *	list_stream_init()
 *	query_add(&stream.of[0].query, …), query_prepare(…, &stream.of[0].rows)	or both
 *	list_stream_begin()
 *	list_stream_row(), list_stream_advance()	until there is none
 *	list_stream_release()
 */
#define LIST_STREAM_MAX 2

struct list_stream {
	struct {
		struct query query;
		sqlite3_stmt *rows; /* NULL: not needed */
		bool ready;         /* it stands at a row */
	} of[LIST_STREAM_MAX];
	unsigned next; /* whose row is told */
	bool reverse;
};

void list_stream_init(struct list_stream *stream, bool reverse);
void list_stream_release(struct list_stream *stream, struct db *db);

int list_stream_begin(struct list_stream *stream, struct db *db, struct err *err) MUST_USE;
/* Where it stands, until it goes on; NULL behind the last row. */
sqlite3_stmt *list_stream_row(const struct list_stream *stream);
int list_stream_advance(struct list_stream *stream, struct db *db, struct err *err) MUST_USE;

#endif
