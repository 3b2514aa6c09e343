#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/cluster.h"
#include "daemon/store/filter.h"
#include "daemon/store/function.h"
#include "daemon/store/internal.h"
#include "daemon/store/list_gather.h"
#include "daemon/store/list_job.h"
#include "daemon/store/list_stream.h"
#include "daemon/store/row.h"
#include "daemon/store/search_query.h"

/* Rows from which on it is worth mapping the file: more than a client is sent, and are
 * read ahead for it, that does not read. */
#define LONG_ROWS 16384u

/*
 * `list`: a page of rows behind a position.  By date and arrival an index leads;
 * feed by feed the feeds are gathered first; by title and rank the ids are, and
 * where words, a few feeds or a tag lead.
 */

void store_position_release(struct store_position *position)
{
	free(position->gathered);
	free(position->found);
	free(position->clusters);
	memset(position, 0, sizeof(*position));
}

/* ------------------------------------------------------------ rows ---- */

bool list_is_folded(struct list_job *list, const struct store_item *item)
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
	if (!list_is_folded(list, item)) {
		stop = list->row(list->ctx, item);
		list->rows++;
		list->position.places++;
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
	item.place = list->position.places;
	if (result == 0 && list->words.length > 0)
		result = row_snippet(reader, list->words.data, scratch, &item, err);
	if (result == 0 && tell(list, &item) != 0) {
		list->more = true;
		return 1;
	}
	return result;
}

static int tell_rows(
	struct list_job *list, struct reader *reader, struct list_stream *stream, struct err *err)
{
	struct row_scratch scratch;
	sqlite3_stmt *row;
	int result = list_stream_begin(stream, &reader->db, err);

	row_scratch_init(&scratch);
	while (result == 0 && (row = list_stream_row(stream)) != NULL) {
		result = tell_row(list, reader, row, &scratch, err);
		if (result == 0)
			result = list_stream_advance(stream, &reader->db, err);
	}
	row_scratch_release(&scratch);
	return result;
}

/* --------------------------------------------------------- by index ---- */

/*
 * What lies behind the last row that was told: first the rest of its date, then
 * the dates behind it.  Each is a range of the index; as one comparison of
 * (date, id) it would go through all of a date's rows for every page, and a
 * date may have half of them (an import of feeds without dates).
 */

/* alias: of the table that leads. */
static void add_bound(struct query *query, const char *alias, const char *condition, int64_t value)
{
	query_add(query, " AND ");
	query_add(query, alias);
	query_add(query, condition);
	query_int(query, value);
}

void list_add_position(struct query *query, const struct list_job *list, const char *alias,
	const struct list_range *range)
{
	const struct store_position *position = &list->position;

	if (!position->started)
		return;
	if (range->part == LIST_SAME_DATE)
		add_bound(query, alias, ".date_s = ?", position->sort_a);
	if (range->part == LIST_OTHER_DATES)
		add_bound(query, alias, range->reverse ? ".date_s < ?" : ".date_s > ?",
			position->sort_a);
	else
		add_bound(query, alias, range->reverse ? ".id < ?" : ".id > ?", position->id);
}

static void add_found(struct query *query, const struct found *found, const char *alias)
{
	query_add(query, " AND is_found(?, ");
	query_pointer(query, found, FUNCTION_FOUND);
	query_add(query, alias);
	query_add(query, ".id)");
}

static void add_key(struct query *query, const char *alias, const char *column, bool reverse)
{
	query_add(query, alias);
	query_add(query, column);
	query_add(query, reverse ? " DESC" : "");
}

void list_add_order(
	struct query *query, const struct list_job *list, const char *alias, bool reverse)
{
	query_add(query, " ORDER BY ");
	if (list->sort != STORE_BY_ADDED) {
		add_key(query, alias, ".date_s", reverse);
		query_add(query, ", ");
	}
	add_key(query, alias, ".id", reverse);
}

/* Of one more than the page has room for.  Folded rows do not fill a page; they end
 * with the statement. */
static void add_limit(struct query *query, const struct list_job *list)
{
	if (list->folds)
		return;
	query_add(query, " LIMIT ?");
	query_int(query, (int64_t)(list->limit - list->rows) + 1);
}

/* What leads: an index of item; or the table of dates, for those that are in it,
 * and for the rest their ids (dated.h). */
enum lead { LEAD_ITEM, LEAD_DATED, LEAD_REST };

static void add_from(struct query *query, const struct list_job *list, int64_t feed_id,
	enum lead lead, struct db *db)
{
	if (lead == LEAD_DATED)
		filter_from_dated(query, &list->filter);
	else if (lead == LEAD_REST)
		query_add(query, " FROM item i NOT INDEXED");
	else if (feed_id != 0)
		query_add(query, " FROM item i INDEXED BY item_feed");
	else
		filter_from(query, &list->filter,
			list->sort == STORE_BY_ADDED ? FILTER_BY_ID : FILTER_BY_DATE, db);
}

static int prepare(struct list_job *list, struct reader *reader, const struct list_range *range,
	enum lead lead, struct list_stream *stream, struct err *err)
{
	const char *alias = lead == LEAD_DATED ? "d" : "i";
	struct store_filter filter = list->filter;
	unsigned which = lead == LEAD_REST; /* of the stream's statements */
	struct query *query = &stream->of[which].query;

	query_add(query, "SELECT ");
	query_add(query, row_columns(list->want));
	add_from(query, list, range->feed_id, lead, &reader->db);
	if (list->position.found != NULL)
		filter.match = NULL;
	if (filter_where(query, &filter, &reader->db, err) < 0)
		return -1;
	if (list->position.found != NULL)
		add_found(query, list->position.found, alias);
	if (range->feed_id != 0)
		add_bound(query, "i", ".feed_id = ?", range->feed_id);
	if (lead == LEAD_REST)
		query_add(query, " AND i.id > (SELECT dated_id FROM store)");
	add_bound(query, "i", ".added_seq <= ?", (int64_t)list->position.bound_seq);
	list_add_position(query, list, alias, range);
	list_add_order(query, list, alias, range->reverse);
	add_limit(query, list);
	return query_prepare(query, &reader->db, &stream->of[which].rows, err);
}

static bool is_led_by_dates(
	const struct list_job *list, const struct list_range *range, struct reader *reader)
{
	return range->feed_id == 0 && list->sort != STORE_BY_ADDED &&
	       filter_is_led_by_dates(&list->filter, FILTER_BY_DATE, &reader->db);
}

/* Whether any of the rest was there when the listing began: ids and seqs rise
 * together. */
static int has_rest(const struct list_job *list, struct reader *reader, struct err *err)
{
	int64_t seq;
	int found = db_get(&reader->db, db_use(&reader->db, STATEMENT_DATED_REST), &seq, err);

	return found > 0 ? (uint64_t)seq <= list->position.bound_seq : found;
}

/* By the table of dates, and of the rest if there is any. */
static int tell_dates(struct list_job *list, struct reader *reader, const struct list_range *range,
	struct list_stream *stream, struct err *err)
{
	int rest = has_rest(list, reader, err);

	if (rest < 0)
		return -1;
	if (rest == 0 && list_is_ahead(list))
		return list_tell_ahead(list, reader, range, err);
	if (prepare(list, reader, range, LEAD_DATED, stream, err) < 0)
		return -1;
	if (rest == 0)
		return tell_rows(list, reader, stream, err);
	atomic_store(&list->store->writer.dated_is_read, true);
	if (prepare(list, reader, range, LEAD_REST, stream, err) < 0)
		return -1;
	return tell_rows(list, reader, stream, err);
}

static int tell_part(struct list_job *list, struct reader *reader, const struct list_range *range,
	struct err *err)
{
	struct list_stream stream;
	int result;

	list_stream_init(&stream, range->reverse);
	if (is_led_by_dates(list, range, reader)) {
		result = tell_dates(list, reader, range, &stream, err);
	} else {
		result = prepare(list, reader, range, LEAD_ITEM, &stream, err);
		if (result == 0)
			result = tell_rows(list, reader, &stream, err);
	}
	list_stream_release(&stream, &reader->db);
	return result;
}

/* feed_id 0: of all feeds. */
static int tell_query(struct list_job *list, struct reader *reader, int64_t feed_id, bool reverse,
	struct err *err)
{
	struct list_range range = { feed_id, reverse, LIST_ALL };
	int result;

	if (!list->position.started || list->sort == STORE_BY_ADDED)
		return tell_part(list, reader, &range, err);
	range.part = LIST_SAME_DATE;
	result = tell_part(list, reader, &range, err);
	range.part = LIST_OTHER_DATES;
	return result == 0 ? tell_part(list, reader, &range, err) : result;
}

/* -------------------------------------------------------- gathered ---- */

static int tell_gathered(struct list_job *list, struct reader *reader, struct err *err)
{
	const struct gathered *gathered = list->position.gathered;
	struct row_scratch scratch;
	int result = 0;

	row_scratch_init(&scratch);
	while (result == 0 && list->position.offset < gathered->count) {
		sqlite3_stmt *get = db_use(&reader->db, list_item_one(list));
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

/*
 * Words that too many items have to gather those.  To ask the index of each item
 * takes 25 us, which is next to nothing for a few rows of the newest; for all of a
 * million it is asked once which items have them.  So it is for the beginning of a
 * word, of which it makes one list of all such words, each time.
 */
#define FEW_ROWS 1000u

static bool asks_each(const struct list_job *list)
{
	const struct store_position *position = &list->position;

	return !position->started && position->offset == 0 && list->limit <= FEW_ROWS &&
	       strchr(list->filter.match, '*') == NULL;
}

/* 1: gathered; 0: to be read by index. */
static int gather(struct list_job *list, struct reader *reader, struct err *err)
{
	struct store_position *position = &list->position;
	bool no_index = list->sort == STORE_BY_TITLE || list->sort == STORE_BY_RANK;
	struct gather what = { .filter = &list->filter,
		.sort = list->sort,
		.reverse = list->reverse,
		.bound_seq = position->bound_seq };
	struct gathered *made;
	struct found *found = NULL;
	bool whole;
	int result;

	if (position->gathered != NULL)
		return 1;
	if (position->started || (!no_index && list->filter.match == NULL &&
					 !filter_is_few(&list->filter, list->limit, &reader->db)))
		return 0;
	whole = !no_index && list->filter.match != NULL && !asks_each(list);
	result = gather_items(reader, &what, &made, whole ? &found : NULL, err);
	position->found = found;
	if (result > 0)
		position->gathered = made;
	if (result == 0 && no_index)
		return err_set(err, ERR_REFUSED,
			"more than %d items; sort by date, or filter some out", GATHER_MAX);
	return result;
}

static int find_words(struct list_job *list, struct reader *reader, struct err *err)
{
	struct store_position *position = &list->position;
	struct found *found;

	if (list->filter.match == NULL || position->found != NULL || asks_each(list))
		return 0;
	if (gather_found(reader, &list->filter, &found, err) < 0)
		return -1;
	position->found = found;
	return 0;
}

static int tell_by_index(struct list_job *list, struct reader *reader, struct err *err)
{
	if (find_words(list, reader, err) < 0)
		return -1;
	return list->sort == STORE_BY_FEED ? tell_feeds(list, reader, err)
					   : tell_query(list, reader, 0, list->reverse, err);
}

static int list_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct list_job *list = (struct list_job *)job;
	int result;

	if (list->snippets && search_query(list->filter.match, &list->words, err) < 0)
		return -1;
	result = list->sort == STORE_BY_FEED ? 0 : gather(list, reader, err);
	if (result == 0)
		result = tell_by_index(list, reader, err);
	else if (result > 0)
		result = tell_gathered(list, reader, err);
	return result < 0 ? -1 : 0;
}

static void list_done(struct store_read_job *job, const struct err *err)
{
	struct list_job *list = (struct list_job *)job;

	list->position.told += list->rows;
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

/* Most clients want a screenful, and who asked for all may yet not take it.  What a filter
 * passes over, or gathers, is read at once. */
static bool is_short_yet(const struct store_page *page)
{
	return page->position->told < LONG_ROWS &&
	       (page->sort == STORE_BY_DATE || page->sort == STORE_BY_ADDED) &&
	       (filter_is_read(page->filter) || filter_is_dates(page->filter));
}

struct store_read_job *store_items(struct store *store, const struct store_page *page,
	store_item_row *row, store_page_done *done, void *ctx)
{
	struct list_job *list = MEM_NEW(struct list_job);

	list->job.run = list_run;
	list->job.done = list_done;
	list->job.release = list_release;
	list->job.costly = filter_is_costly(page->filter);
	list->job.scattered = is_short_yet(page);
	list->job.goes_on = page->position->told >= LONG_ROWS;
	list->store = store;
	filter_copy(&list->filter, page->filter);
	list->folds = list->filter.cluster && list->filter.feed_count == 0 &&
		      list->filter.query_count == 0;
	list->sort = page->sort;
	list->reverse = page->reverse;
	list->want = page->full ? ROW_FULL : page->line ? ROW_LINE : ROW_BRIEF;
	list->snippets = page->snippets && list->filter.match != NULL;
	list->any_order = page->any_order;
	buf_init(&list->words, SEARCH_QUERY_MAX);
	list->limit = page->limit;
	list->position = *page->position;
	list->position.places = 0;
	list->out_position = page->position;
	page->position->gathered = NULL; /* lent to the job */
	page->position->found = NULL;
	page->position->clusters = NULL;
	if (list->position.bound_seq == 0)
		list->position.bound_seq = store_seq(store);
	list->row = row;
	list->done = done;
	list->ctx = ctx;
	return pool_start(store->pool, &list->job);
}
