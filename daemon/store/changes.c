#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/filter.h"
#include "daemon/store/find.h"
#include "daemon/store/internal.h"
#include "daemon/store/row.h"

/*
 * What happened behind a cursor, in order of seq: additions, changes and states
 * are three listings by index that are merged, so nothing is queued for anybody
 * and the past is read like the present.
 */

enum source { SOURCE_ADDED, SOURCE_CHANGED, SOURCE_STATE, SOURCES };

struct changes_job {
	struct store_read_job job;
	struct store_changes_page page;
	struct store_filter filter; /* the page's, a copy of it */
	store_item_row *row;
	store_page_done *done;
	void *ctx;
	uint64_t rows;
	bool more;
};

struct stream {
	struct query query;
	sqlite3_stmt *rows;
	uint64_t seq; /* of the row that is there; UINT64_MAX: none is */
};

/* The column that is a source's seq, in ITEM_COLUMNS. */
static const int seq_columns[SOURCES] = { 7, 8, 9 };

static int compose(struct stream *stream, const struct store_changes_page *page, enum source source,
	struct db *db, struct err *err)
{
	static const char *const from[SOURCES] = { " FROM item i NOT INDEXED",
		" FROM item i INDEXED BY item_changed", " FROM item i INDEXED BY item_state" };
	static const char *const behind[SOURCES] = { " AND i.id >= ?", " AND i.changed_seq > ?",
		" AND i.state_seq > ?" };
	static const char *const since[SOURCES] = { " AND i.received_s >= ?",
		" AND i.changed_s >= ?", " AND i.state_s >= ?" };
	static const char *const order[SOURCES] = { " ORDER BY i.id LIMIT ?",
		" ORDER BY i.changed_seq LIMIT ?", " ORDER BY i.state_seq LIMIT ?" };
	struct query *query = &stream->query;
	int64_t start = (int64_t)page->after_seq;

	if (source == SOURCE_ADDED && find_first_behind(db, page->after_seq, &start, err) < 0)
		return -1;
	query_add(query, "SELECT ");
	query_add(query, row_columns(ROW_BRIEF));
	query_add(query, from[source]);
	if (filter_where_fresh(query, page->filter, db, err) < 0)
		return -1;
	query_add(query, behind[source]);
	query_int(query, start);
	if (page->since_s != INT64_MIN) {
		query_add(query, since[source]);
		query_int(query, page->since_s);
	}
	if (source == SOURCE_ADDED)
		query_add(query, page->initial ? " AND i.origin < 2" : " AND i.origin = 0");
	query_add(query, order[source]);
	query_int(query, (int64_t)page->limit + 1);
	return query_prepare(query, db, &stream->rows, err);
}

static int advance(struct stream *stream, enum source source, struct db *db, struct err *err)
{
	int found = db_step(db, stream->rows, err);

	stream->seq = found > 0 ? (uint64_t)db_int(stream->rows, seq_columns[source]) : UINT64_MAX;
	return found;
}

static int open_streams(struct stream *streams, const struct store_changes_page *page,
	struct db *db, struct err *err)
{
	size_t i;

	for (i = 0; i < SOURCES; i++) {
		query_init(&streams[i].query);
		streams[i].rows = NULL;
		streams[i].seq = UINT64_MAX;
	}
	for (i = 0; i < SOURCES; i++) {
		if (i == SOURCE_STATE && !page->states)
			continue;
		if (compose(&streams[i], page, (enum source)i, db, err) < 0 ||
			advance(&streams[i], (enum source)i, db, err) < 0)
			return -1;
	}
	return 0;
}

static void close_streams(struct stream *streams, struct db *db)
{
	size_t i;

	for (i = 0; i < SOURCES; i++) {
		query_done(db, streams[i].rows);
		query_release(&streams[i].query);
	}
}

static enum source earliest(const struct stream *streams)
{
	enum source source = SOURCE_ADDED;

	if (streams[SOURCE_CHANGED].seq < streams[source].seq)
		source = SOURCE_CHANGED;
	if (streams[SOURCE_STATE].seq < streams[source].seq)
		source = SOURCE_STATE;
	return source;
}

/* 1: the caller has enough. */
static int tell(struct changes_job *changes, struct reader *reader, struct stream *stream,
	enum source source, struct row_scratch *scratch, struct err *err)
{
	static const char *const events[SOURCES] = { "new", "changed", "state" };
	enum row_want want = changes->page.full ? ROW_FULL : ROW_BRIEF;
	struct store_item item;
	int stop;

	if (row_read(reader, stream->rows, want, scratch, &item, err) < 0)
		return -1;
	item.seq = stream->seq;
	item.event = events[source];
	if (source == SOURCE_ADDED && db_int(stream->rows, 6) != 0)
		item.event = "initial";
	if (!read_telling(&changes->job))
		return 1;
	stop = changes->row(changes->ctx, &item);
	read_told(&changes->job);
	changes->rows++;
	return stop != 0;
}

static int tell_all(
	struct changes_job *changes, struct reader *reader, struct stream *streams, struct err *err)
{
	struct row_scratch scratch;
	int result = 0;

	row_scratch_init(&scratch);
	while (result == 0) {
		enum source source = earliest(streams);

		if (streams[source].seq == UINT64_MAX)
			break;
		changes->more = true;
		if (changes->rows == changes->page.limit)
			break;
		result = tell(changes, reader, &streams[source], source, &scratch, err);
		if (result == 0 && advance(&streams[source], source, &reader->db, err) < 0)
			result = -1;
		changes->more = result != 0;
	}
	row_scratch_release(&scratch);
	return result < 0 ? -1 : 0;
}

static int changes_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct changes_job *changes = (struct changes_job *)job;
	struct stream streams[SOURCES];
	int result = open_streams(streams, &changes->page, &reader->db, err);

	if (result == 0)
		result = tell_all(changes, reader, streams, err);
	close_streams(streams, &reader->db);
	return result;
}

static void changes_done(struct store_read_job *job, const struct err *err)
{
	struct changes_job *changes = (struct changes_job *)job;

	changes->done(changes->ctx, changes->rows, changes->more, err);
}

static void changes_release(struct store_read_job *job)
{
	struct changes_job *changes = (struct changes_job *)job;

	filter_release(&changes->filter);
	free(changes);
}

struct store_read_job *store_changes(struct store *store, const struct store_changes_page *page,
	store_item_row *row, store_page_done *done, void *ctx)
{
	struct changes_job *changes = MEM_NEW(struct changes_job);

	changes->job.run = changes_run;
	changes->job.done = changes_done;
	changes->job.release = changes_release;
	changes->job.costly = filter_is_costly(page->filter);
	changes->page = *page;
	filter_copy(&changes->filter, page->filter);
	changes->page.filter = &changes->filter;
	changes->row = row;
	changes->done = done;
	changes->ctx = ctx;
	return pool_start(store->pool, &changes->job);
}
