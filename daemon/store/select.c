#include "daemon/store/select.h"

#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/filter.h"
#include "daemon/store/internal.h"

struct select_job {
	struct store_read_job job;
	struct store_filter filter;
	uint64_t bound_seq;
	struct ids ids;
	store_selected *done;
	void *ctx;
};

static int take_rows(struct db *db, const struct query *query, struct ids *out, struct err *err)
{
	sqlite3_stmt *rows;
	int found;

	if (query_prepare(query, db, &rows, err) < 0)
		return -1;
	while ((found = db_step(db, rows, err)) > 0)
		ids_add(out, db_int(rows, 0));
	query_done(db, rows);
	return found;
}

int select_items(struct db *db, const struct store_filter *filter, uint64_t bound_seq,
	struct ids *out, struct err *err)
{
	struct query query;
	int result;

	query_init(&query);
	query_add(&query, "SELECT i.id");
	if (filter->match != NULL) {
		result = filter_from_search(&query, filter, db, err);
	} else {
		filter_from(&query, filter, FILTER_UNORDERED, db);
		result = filter_where(&query, filter, db, err);
	}
	query_add(&query, " AND i.added_seq <= ?");
	query_int(&query, (int64_t)bound_seq);
	if (result == 0)
		result = take_rows(db, &query, out, err);
	query_release(&query);
	return result;
}

static int select_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct select_job *select = (struct select_job *)job;

	return select_items(&reader->db, &select->filter, select->bound_seq, &select->ids, err);
}

static void select_done(struct store_read_job *job, const struct err *err)
{
	struct select_job *select = (struct select_job *)job;

	select->done(select->ctx, select->ids.values, select->ids.count, err);
}

static void select_release(struct store_read_job *job)
{
	struct select_job *select = (struct select_job *)job;

	filter_release(&select->filter);
	ids_release(&select->ids);
	free(select);
}

struct store_read_job *store_select(struct store *store, const struct store_filter *filter,
	uint64_t bound_seq, store_selected *done, void *ctx)
{
	struct select_job *select = MEM_NEW(struct select_job);

	select->job.run = select_run;
	select->job.done = select_done;
	select->job.release = select_release;
	select->job.costly = filter_is_costly(filter);
	filter_copy(&select->filter, filter);
	select->bound_seq = bound_seq;
	select->done = done;
	select->ctx = ctx;
	return pool_start(store->pool, &select->job);
}
