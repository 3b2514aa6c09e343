#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "common/buf.h"
#include "daemon/store/pool.h"
#include "daemon/store/store.h"
#include "daemon/store/store_items.h"
#include "daemon/store/uid.h"

/*
 * A row (ITEM_COLUMNS of db.h) as the item that is told.
 */

enum row_want {
	ROW_LINE, /* what a line shows: no dates but the one, no tags, copies, authors … */
	ROW_BRIEF,
	ROW_FULL,
	ROW_HISTORY
};
const char *row_columns(enum row_want want); /* "i.id, …" */
#define ROW_ID 0                             /* the column, whatever is wanted */
#define ROW_DATE_S 2

/* Texts that are made for a row. */
struct row_scratch {
	struct buf tags;
	struct buf previous;
	struct buf also_in;
	struct buf snippet;
	char uid[UID_MAX];
};
void row_scratch_init(struct row_scratch *scratch);
void row_scratch_release(struct row_scratch *scratch);

/* Texts live until the statement steps on or scratch is used again. */
int row_read(struct reader *reader, sqlite3_stmt *row, enum row_want want,
	struct row_scratch *scratch, struct store_item *out_item, struct err *err) MUST_USE;
/* Likewise of what visit() was called with (visit.h); its texts live as long as these. */
int row_read_values(struct reader *reader, sqlite3_value **values, enum row_want want,
	struct row_scratch *scratch, struct store_item *out_item, struct err *err) MUST_USE;

/* Where words (a query, search_query.h) stand in the item: item->snippet, as
 * long-lived as the rest of it. */
int row_snippet(struct reader *reader, const char *words, struct row_scratch *scratch,
	struct store_item *item, struct err *err) MUST_USE;

#endif
