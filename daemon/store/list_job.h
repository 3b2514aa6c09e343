#ifndef STORE_LIST_JOB_H
#define STORE_LIST_JOB_H

#include "daemon/store/filter.h"
#include "daemon/store/internal.h"
#include "daemon/store/query.h"
#include "daemon/store/row.h"
#include "daemon/store/store_items.h"

/* What the files of `list` share: a page under way. */
struct list_job {
	struct store_read_job job;
	struct store *store;
	struct store_filter filter;
	enum store_sort sort;
	bool reverse;
	enum row_want want;
	bool folds, snippets;
	bool any_order;   /* the caller takes rows in any, each with its place */
	struct buf words; /* of which snippets are told, as a query; else empty */
	uint64_t limit;
	struct store_position position; /* while the job runs */
	struct store_position *out_position;
	store_item_row *row;
	store_page_done *done;
	void *ctx;
	uint64_t rows;
	bool more;
};

/* What is asked of the store for a part of a page, whatever leads (list.c). */
struct list_range {
	int64_t feed_id; /* 0: of all feeds */
	bool reverse;
	enum { LIST_ALL, LIST_SAME_DATE, LIST_OTHER_DATES } part;
};

/* Append what lies behind the last row that was told, and the order of the rows.
 * alias: of the table that leads. */
void list_add_position(struct query *query, const struct list_job *list, const char *alias,
	const struct list_range *range);
void list_add_order(
	struct query *query, const struct list_job *list, const char *alias, bool reverse);

/* A story that was shown in another feed is in that row's also_in.  To be asked in the
 * order of the rows. */
bool list_is_folded(struct list_job *list, const struct store_item *item);

/* What reads one item, as the listing wants it. */
static inline enum statement list_item_one(const struct list_job *list)
{
	return list->want == ROW_LINE ? STATEMENT_ITEM_ONE_LINE : STATEMENT_ITEM_ONE;
}

/*
 * list_ahead.c: a part of which the ids are read before the rows.  The table of dates
 * has them next to each other; the rows are read in order of id, for the items of a
 * document are neighbours in theirs, and told as they come, each with its place.
 * Only where the caller takes them so, and the filter asks for nothing else.
 */
bool list_is_ahead(const struct list_job *list);
/* 0: the part is over; 1: the page is; -1. */
int list_tell_ahead(struct list_job *list, struct reader *reader, const struct list_range *range,
	struct err *err) MUST_USE;

#endif
