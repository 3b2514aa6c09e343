#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/filter.h"
#include "daemon/store/internal.h"
#include "daemon/store/row.h"

/* `list` and `count`: a page of rows behind a position, by index. */

struct list_job {
	struct store_read_job job;
	struct store *store;
	struct store_filter filter;
	enum store_sort sort;
	bool reverse, full;
	uint64_t limit;
	struct store_position position; /* while the job runs */
	struct store_position *out_position;
	store_item_row *row;
	store_page_done *done;
	void *ctx;
	uint64_t rows;
	bool more;
};

void store_position_release(struct store_position *position)
{
	free(position->gathered);
	free(position->clusters);
	memset(position, 0, sizeof(*position));
}

/* Behind the last row that was told, in the order of the listing. */
static void add_position(struct query *query, const struct list_job *list)
{
	const struct store_position *position = &list->position;

	query_add(query, " AND i.added_seq <= ?");
	query_int(query, (int64_t)position->bound_seq);
	if (!position->started)
		return;
	if (list->sort == STORE_BY_ADDED) {
		query_add(query, list->reverse ? " AND i.id < ?" : " AND i.id > ?");
		query_int(query, position->id);
		return;
	}
	query_add(query, list->reverse ? " AND (i.date_s, i.id) < (?, ?)"
				       : " AND (i.date_s, i.id) > (?, ?)");
	query_int(query, position->sort_a);
	query_int(query, position->id);
}

static void compose(struct query *query, const struct list_job *list)
{
	query_add(query, row_select());
	if (list->sort == STORE_BY_ADDED)
		query_add(query, " FROM item i NOT INDEXED");
	else
		filter_from(query, &list->filter);
	filter_where(query, &list->filter);
	add_position(query, list);
	if (list->sort == STORE_BY_ADDED)
		query_add(query, list->reverse ? " ORDER BY i.id DESC" : " ORDER BY i.id");
	else
		query_add(query, list->reverse ? " ORDER BY i.date_s DESC, i.id DESC"
					       : " ORDER BY i.date_s, i.id");
	query_add(query, " LIMIT ?");
	query_int(query, (int64_t)list->limit + 1);
}

/* 1: stop, for the page is full or the caller has enough. */
static int tell(struct list_job *list, const struct store_item *item)
{
	int stop;

	if (!read_telling(&list->job))
		return 1;
	stop = list->row(list->ctx, item);
	read_told(&list->job);
	list->rows++;
	list->position.started = true;
	list->position.sort_a = item->date_s;
	list->position.id = item->id;
	return stop != 0;
}

static int tell_rows(
	struct list_job *list, struct reader *reader, sqlite3_stmt *rows, struct err *err)
{
	enum row_want want = list->full ? ROW_FULL : ROW_BRIEF;
	struct row_scratch scratch;
	struct store_item item;
	int found;

	row_scratch_init(&scratch);
	while ((found = db_step(&reader->db, rows, err)) > 0) {
		if (list->rows == list->limit) {
			list->more = true;
			break;
		}
		found = row_read(reader, rows, want, &scratch, &item, err);
		if (found < 0)
			break;
		if (tell(list, &item) != 0) {
			list->more = true;
			break;
		}
	}
	row_scratch_release(&scratch);
	return found < 0 ? -1 : 0;
}

static int list_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct list_job *list = (struct list_job *)job;
	struct query query;
	sqlite3_stmt *rows;
	int result;

	if (list->sort != STORE_BY_DATE && list->sort != STORE_BY_ADDED)
		return err_set(err, ERR_REFUSED, "this order is not here yet");
	query_init(&query);
	compose(&query, list);
	result = query_prepare(&query, &reader->db, &rows, err);
	if (result == 0) {
		result = tell_rows(list, reader, rows, err);
		sqlite3_finalize(rows);
	}
	query_release(&query);
	return result;
}

static void list_done(struct store_read_job *job, const struct err *err)
{
	struct list_job *list = (struct list_job *)job;

	*list->out_position = list->position;
	memset(&list->position, 0, sizeof(list->position)); /* the caller's again */
	list->done(list->ctx, list->rows, list->more, err);
}

static void list_release(struct store_read_job *job)
{
	struct list_job *list = (struct list_job *)job;

	store_position_release(&list->position);
	filter_release(&list->filter);
	free(list);
}

struct store_read_job *store_items(struct store *store, const struct store_page *page,
	store_item_row *row, store_page_done *done, void *ctx)
{
	struct list_job *list = MEM_NEW(struct list_job);

	list->job.run = list_run;
	list->job.done = list_done;
	list->job.release = list_release;
	list->store = store;
	filter_copy(&list->filter, page->filter);
	list->sort = page->sort;
	list->reverse = page->reverse;
	list->full = page->full;
	list->limit = page->limit;
	list->position = *page->position;
	list->out_position = page->position;
	page->position->gathered = NULL; /* lent to the job */
	page->position->clusters = NULL;
	if (list->position.bound_seq == 0)
		list->position.bound_seq = store_seq(store);
	list->row = row;
	list->done = done;
	list->ctx = ctx;
	return pool_start(store->pool, &list->job);
}

/* ------------------------------------------------------------ count ---- */

struct count_job {
	struct store_read_job job;
	struct store_filter filter;
	uint64_t count;
	store_counted *done;
	void *ctx;
};

static int count_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct count_job *count = (struct count_job *)job;
	struct query query;
	sqlite3_stmt *statement;
	int64_t value = 0;
	int result;

	query_init(&query);
	query_add(&query, "SELECT count(*)");
	filter_from(&query, &count->filter);
	filter_where(&query, &count->filter);
	result = query_prepare(&query, &reader->db, &statement, err);
	if (result == 0) {
		result = db_get(&reader->db, statement, &value, err) < 0 ? -1 : 0;
		sqlite3_finalize(statement);
	}
	query_release(&query);
	count->count = (uint64_t)value;
	return result;
}

static void count_done(struct store_read_job *job, const struct err *err)
{
	struct count_job *count = (struct count_job *)job;

	count->done(count->ctx, count->count, err);
}

static void count_release(struct store_read_job *job)
{
	struct count_job *count = (struct count_job *)job;

	filter_release(&count->filter);
	free(count);
}

struct store_read_job *store_count(
	struct store *store, const struct store_filter *filter, store_counted *done, void *ctx)
{
	struct count_job *count = MEM_NEW(struct count_job);

	count->job.run = count_run;
	count->job.done = count_done;
	count->job.release = count_release;
	filter_copy(&count->filter, filter);
	count->done = done;
	count->ctx = ctx;
	return pool_start(store->pool, &count->job);
}
