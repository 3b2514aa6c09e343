#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/cluster.h"
#include "daemon/store/filter.h"
#include "daemon/store/internal.h"
#include "daemon/store/list_gather.h"
#include "daemon/store/row.h"
#include "daemon/store/search_query.h"

/*
 * `list`: a page of rows behind a position.  By date and arrival an index leads;
 * feed by feed the feeds are gathered first; by title and rank, and where words
 * lead, the ids are.
 */

struct list_job {
	struct store_read_job job;
	struct store *store;
	struct store_filter filter;
	enum store_sort sort;
	bool reverse;
	enum row_want want;
	bool folds, snippets;
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

void store_position_release(struct store_position *position)
{
	free(position->gathered);
	free(position->clusters);
	memset(position, 0, sizeof(*position));
}

/* ------------------------------------------------------------ rows ---- */

/* A story that was shown in another feed is in that row's also_in. */
static bool is_folded(struct list_job *list, const struct store_item *item)
{
	struct cluster_set *shown = list->position.clusters;
	bool fresh;

	if (!list->folds || item->cluster == 0)
		return false;
	fresh = cluster_set_add(&shown, item->cluster);
	list->position.clusters = shown;
	return !fresh;
}

/* 1: stop, for the caller has enough. */
static int tell(struct list_job *list, const struct store_item *item)
{
	int stop = 0;

	if (!read_telling(&list->job))
		return 1;
	if (!is_folded(list, item)) {
		stop = list->row(list->ctx, item);
		list->rows++;
	}
	read_told(&list->job);
	list->position.started = true;
	list->position.sort_a = item->date_s;
	list->position.id = item->id;
	return stop != 0;
}

/* 1: the page is over before the rows are. */
static int tell_row(struct list_job *list, struct reader *reader, sqlite3_stmt *row,
	struct row_scratch *scratch, struct err *err)
{
	struct store_item item;
	int result;

	if (list->rows == list->limit) {
		list->more = true;
		return 1;
	}
	result = row_read(reader, row, list->want, scratch, &item, err);
	if (result == 0 && list->words.length > 0)
		result = row_snippet(reader, list->words.data, scratch, &item, err);
	if (result == 0 && tell(list, &item) != 0) {
		list->more = true;
		return 1;
	}
	return result;
}

static int tell_rows(
	struct list_job *list, struct reader *reader, sqlite3_stmt *rows, struct err *err)
{
	struct row_scratch scratch;
	int result = 0, found = 0;

	row_scratch_init(&scratch);
	while (result == 0 && (found = db_step(&reader->db, rows, err)) > 0)
		result = tell_row(list, reader, rows, &scratch, err);
	row_scratch_release(&scratch);
	return found < 0 ? -1 : result;
}

/* --------------------------------------------------------- by index ---- */

/*
 * What lies behind the last row that was told: first the rest of its date, then
 * the dates behind it.  Each is a range of the index; as one comparison of
 * (date, id) it would go through all of a date's rows for every page, and a
 * date may have half of them (an import of feeds without dates).
 */
enum part { PART_ALL, PART_SAME_DATE, PART_OTHER_DATES };

static void add_position(
	struct query *query, const struct list_job *list, bool reverse, enum part part)
{
	const struct store_position *position = &list->position;

	query_add(query, " AND i.added_seq <= ?");
	query_int(query, (int64_t)position->bound_seq);
	if (!position->started)
		return;
	if (part == PART_SAME_DATE) {
		query_add(query, " AND i.date_s = ?");
		query_int(query, position->sort_a);
	}
	if (part == PART_OTHER_DATES) {
		query_add(query, reverse ? " AND i.date_s < ?" : " AND i.date_s > ?");
		query_int(query, position->sort_a);
		return;
	}
	query_add(query, reverse ? " AND i.id < ?" : " AND i.id > ?");
	query_int(query, position->id);
}

static void add_order(struct query *query, const struct list_job *list, bool reverse)
{
	if (list->sort == STORE_BY_ADDED)
		query_add(query, reverse ? " ORDER BY i.id DESC" : " ORDER BY i.id");
	else
		query_add(query, reverse ? " ORDER BY i.date_s DESC, i.id DESC"
					 : " ORDER BY i.date_s, i.id");
	/* Folded rows do not fill a page; they end with the statement. */
	if (list->folds)
		return;
	query_add(query, " LIMIT ?");
	query_int(query, (int64_t)(list->limit - list->rows) + 1);
}

static int tell_part(struct list_job *list, struct reader *reader, int64_t feed_id, bool reverse,
	enum part part, struct err *err)
{
	struct query query;
	sqlite3_stmt *rows;
	int result;

	query_init(&query);
	query_add(&query, row_select(list->want));
	if (feed_id != 0)
		query_add(&query, " FROM item i INDEXED BY item_feed");
	else
		filter_from(&query, &list->filter,
			list->sort == STORE_BY_ADDED ? FILTER_BY_ID : FILTER_BY_DATE, &reader->db);
	result = filter_where(&query, &list->filter, &reader->db, err);
	if (feed_id != 0) {
		query_add(&query, " AND i.feed_id = ?");
		query_int(&query, feed_id);
	}
	add_position(&query, list, reverse, part);
	add_order(&query, list, reverse);
	if (result == 0)
		result = query_prepare(&query, &reader->db, &rows, err);
	if (result == 0) {
		result = tell_rows(list, reader, rows, err);
		sqlite3_finalize(rows);
	}
	query_release(&query);
	return result;
}

/* feed_id 0: of all feeds. */
static int tell_query(struct list_job *list, struct reader *reader, int64_t feed_id, bool reverse,
	struct err *err)
{
	int result;

	if (!list->position.started || list->sort == STORE_BY_ADDED)
		return tell_part(list, reader, feed_id, reverse, PART_ALL, err);
	result = tell_part(list, reader, feed_id, reverse, PART_SAME_DATE, err);
	if (result == 0)
		result = tell_part(list, reader, feed_id, reverse, PART_OTHER_DATES, err);
	return result;
}

/* -------------------------------------------------------- gathered ---- */

static int tell_gathered(struct list_job *list, struct reader *reader, struct err *err)
{
	const struct gathered *gathered = list->position.gathered;
	struct row_scratch scratch;
	int result = 0;

	row_scratch_init(&scratch);
	while (result == 0 && list->position.offset < gathered->count) {
		sqlite3_stmt *get = db_use(&reader->db,
			list->want == ROW_LINE ? STATEMENT_ITEM_ONE_LINE : STATEMENT_ITEM_ONE);
		uint64_t rows = list->rows;

		db_bind_int(get, 1, gathered->ids[list->position.offset]);
		result = db_step(&reader->db, get, err);
		if (result > 0)
			result = tell_row(list, reader, get, &scratch, err);
		sqlite3_reset(get);
		/* A full page leaves the row for the next one. */
		if (result == 0 || list->rows != rows)
			list->position.offset++;
	}
	row_scratch_release(&scratch);
	return result;
}

/* Feed by feed, newest first in each. */
static int tell_feeds(struct list_job *list, struct reader *reader, struct err *err)
{
	struct store_position *position = &list->position;
	const struct gathered *feeds;
	int result = 0;

	if (position->gathered == NULL) {
		struct gathered *made;

		if (gather_feeds(reader, &list->filter, list->reverse, &made, err) < 0)
			return -1;
		position->gathered = made;
	}
	feeds = position->gathered;
	while (result == 0 && position->offset < feeds->count) {
		result = tell_query(list, reader, feeds->ids[position->offset], true, err);
		if (result == 0) {
			position->offset++;
			position->started = false;
		}
	}
	return result;
}

/* 1: gathered; 0: to be read by index. */
static int gather(struct list_job *list, struct reader *reader, struct err *err)
{
	struct store_position *position = &list->position;
	bool no_index = list->sort == STORE_BY_TITLE || list->sort == STORE_BY_RANK;
	struct gathered *made;
	int result;

	if (position->gathered != NULL)
		return 1;
	if (position->started || (!no_index && list->filter.match == NULL))
		return 0;
	result = gather_items(
		reader, &list->filter, list->sort, list->reverse, position->bound_seq, &made, err);
	if (result > 0)
		position->gathered = made;
	if (result == 0 && no_index)
		return err_set(err, ERR_REFUSED,
			"more than %d items; sort by date, or ask for fewer", GATHER_MAX);
	return result;
}

static int list_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct list_job *list = (struct list_job *)job;
	int result;

	if (list->snippets && search_query(list->filter.match, &list->words, err) < 0)
		return -1;
	if (list->sort == STORE_BY_FEED)
		return tell_feeds(list, reader, err) < 0 ? -1 : 0;
	result = gather(list, reader, err);
	if (result == 0)
		result = tell_query(list, reader, 0, list->reverse, err);
	else if (result > 0)
		result = tell_gathered(list, reader, err);
	return result < 0 ? -1 : 0;
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
	buf_release(&list->words);
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
	list->folds = list->filter.cluster && list->filter.feed_count == 0 &&
		      list->filter.query_count == 0;
	list->sort = page->sort;
	list->reverse = page->reverse;
	list->want = page->full ? ROW_FULL : page->line ? ROW_LINE : ROW_BRIEF;
	list->snippets = page->snippets && list->filter.match != NULL;
	buf_init(&list->words, SEARCH_QUERY_MAX);
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
