#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/filter.h"
#include "daemon/store/internal.h"

/* `count`: as many as `list` has rows. */

struct count_job {
	struct store_read_job job;
	struct store_filter filter;
	uint64_t count;
	store_counted *done;
	void *ctx;
};

static int compose(struct query *query, struct reader *reader, const struct store_filter *filter,
	const char *index, struct err *err)
{
	if (index == NULL && filter_is_words(filter))
		return filter_from_words(query, filter, err);
	if (filter->match != NULL)
		return filter_from_search(query, filter, &reader->db, err);
	if (index != NULL)
		query_add(query, index);
	else
		filter_from(query, filter, FILTER_UNORDERED, &reader->db);
	return filter_where(query, filter, &reader->db, err);
}

static int run_query(
	struct reader *reader, const struct query *query, int64_t *out_count, struct err *err)
{
	sqlite3_stmt *statement;
	int result;

	if (query_prepare(query, &reader->db, &statement, err) < 0)
		return -1;
	result = db_get(&reader->db, statement, out_count, err);
	query_done(&reader->db, statement);
	return result < 0 ? -1 : 0;
}

static int count_rows(struct reader *reader, const struct store_filter *filter, bool folded,
	int64_t *out_count, struct err *err)
{
	struct query query;
	int result;

	query_init(&query);
	query_add(
		&query, folded ? "SELECT count(*) - count(DISTINCT i.cluster)" : "SELECT count(*)");
	result = compose(&query, reader, filter,
		folded ? " FROM item i INDEXED BY item_cluster" : NULL, err);
	if (folded)
		query_add(&query, " AND i.cluster IS NOT NULL");
	if (result == 0)
		result = run_query(reader, &query, out_count, err);
	query_release(&query);
	return result;
}

/* Of both that have them (dated.h), without a look at any item that has its place. */
static int count_dates(struct reader *reader, const struct store_filter *filter, int64_t *out_count,
	struct err *err)
{
	struct query query;
	int result;

	query_init(&query);
	query_add(&query, "SELECT (SELECT count(*) FROM dated d WHERE 1");
	filter_dates(&query, filter);
	query_add(&query, ") + (SELECT count(*) FROM item d"
			  " WHERE d.id > (SELECT dated_id FROM store)");
	filter_dates(&query, filter);
	query_add(&query, ")");
	result = run_query(reader, &query, out_count, err);
	query_release(&query);
	return result;
}

/* 1: there is a story that several feeds have. */
static int any_cluster(struct db *db, struct err *err)
{
	int64_t yes;

	return db_get(db, db_use(db, STATEMENT_CLUSTER_ANY), &yes, err);
}

/* What the store counts as it goes. */
static int known_rows(struct reader *reader, const struct store_filter *filter, int64_t *out_count,
	struct err *err)
{
	sqlite3_stmt *get = db_use(&reader->db, STATEMENT_STORE_GET);
	int64_t items, unread;
	int found = db_step(&reader->db, get, err);

	if (found <= 0)
		return found;
	items = db_int(get, 4);
	unread = db_int(get, 5);
	sqlite3_reset(get);
	*out_count = filter->read == STORE_ANY      ? items
		     : filter->read == STORE_UNREAD ? unread
						    : items - unread;
	return 0;
}

static int all_rows(struct reader *reader, const struct store_filter *filter, int64_t *out_count,
	struct err *err)
{
	if (filter_is_read(filter))
		return known_rows(reader, filter, out_count, err);
	return filter_is_dates(filter) ? count_dates(reader, filter, out_count, err)
				       : count_rows(reader, filter, false, out_count, err);
}

/* An index counts all rows; those of clusters are few and counted apart. */
static int count_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct count_job *count = (struct count_job *)job;
	const struct store_filter *filter = &count->filter;
	bool folds = filter->cluster && filter->feed_count == 0 && filter->query_count == 0;
	int64_t rows = 0, folded = 0;
	int any = folds ? any_cluster(&reader->db, err) : 0;

	if (any < 0 || all_rows(reader, filter, &rows, err) < 0)
		return -1;
	if (any > 0 && count_rows(reader, filter, true, &folded, err) < 0)
		return -1;
	count->count = (uint64_t)(rows - folded);
	return 0;
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
	count->job.costly = filter_is_costly(filter);
	filter_copy(&count->filter, filter);
	count->done = done;
	count->ctx = ctx;
	return pool_start(store->pool, &count->job);
}
