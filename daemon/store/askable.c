#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/find.h"
#include "daemon/store/internal.h"
#include "daemon/store/store_feeds.h"

/* Of every feed what decides whether it may be asked now: `refresh` reads that of
 * all of them while its first requests wait for it. */

struct askable_job {
	struct store_read_job job;
	int64_t *ids; /* sorted, each once; or NULL: all */
	size_t count;
	store_askable_each *row;
	store_page_done *done;
	void *ctx;
	uint64_t rows;
};

static void tell(struct askable_job *askable, sqlite3_stmt *row)
{
	struct store_askable feed = { .id = db_int(row, 0),
		.url = db_text(row, 1),
		.title = db_text(row, 2),
		.paused = db_bool(row, 3),
		.gone = db_bool(row, 4),
		.last_attempt_s = db_int(row, 5),
		.last_unconditional_s = db_int(row, 6),
		.not_before_s = db_int(row, 7),
		.effective_url = db_text(row, 8) };

	if (!read_telling(&askable->job))
		return;
	askable->row(askable->ctx, &feed);
	read_told(&askable->job);
	askable->rows++;
}

static int tell_all(struct askable_job *askable, struct db *db, sqlite3_stmt *rows, struct err *err)
{
	int found;

	while ((found = db_step(db, rows, err)) > 0)
		tell(askable, rows);
	return found;
}

static int askable_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct askable_job *askable = (struct askable_job *)job;
	struct db *db = &reader->db;

	if (askable->ids == NULL)
		return tell_all(askable, db, db_use(db, STATEMENT_FEEDS_ASKABLE), err);
	for (size_t i = 0; i < askable->count; i++) {
		sqlite3_stmt *one = db_use(db, STATEMENT_FEED_ASKABLE);

		db_bind_int(one, 1, askable->ids[i]);
		if (tell_all(askable, db, one, err) < 0)
			return -1;
	}
	return 0;
}

static void askable_done(struct store_read_job *job, const struct err *err)
{
	struct askable_job *askable = (struct askable_job *)job;

	askable->done(askable->ctx, askable->rows, false, err);
}

static void askable_release(struct store_read_job *job)
{
	struct askable_job *askable = (struct askable_job *)job;

	free(askable->ids);
	free(askable);
}

struct store_read_job *store_askable(struct store *store, const int64_t *ids, size_t count,
	store_askable_each *row, store_page_done *done, void *ctx)
{
	struct askable_job *askable = MEM_NEW(struct askable_job);

	askable->job.run = askable_run;
	askable->job.scattered = true;
	askable->job.done = askable_done;
	askable->job.release = askable_release;
	if (ids != NULL) {
		askable->ids = mem_dup(ids, count * sizeof(*ids));
		askable->count = ids_sort_once(askable->ids, count);
	}
	askable->row = row;
	askable->done = done;
	askable->ctx = ctx;
	return pool_start(store->pool, &askable->job);
}
