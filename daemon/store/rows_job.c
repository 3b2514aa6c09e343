#include "daemon/store/rows_job.h"

#include <stdlib.h>

#include "daemon/store/internal.h"

static int rows_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct rows_job *rows = (struct rows_job *)job;
	sqlite3_stmt *row = db_use(&reader->db, rows->list);
	int found, stop = 0;

	while (!stop && (found = db_step(&reader->db, row, err)) > 0) {
		if (!read_telling(job))
			break;
		stop = rows->tell(rows, row);
		read_told(job);
		rows->count++;
	}
	sqlite3_reset(row);
	return found < 0 ? -1 : 0;
}

static void rows_done(struct store_read_job *job, const struct err *err)
{
	struct rows_job *rows = (struct rows_job *)job;

	rows->done(rows->ctx, rows->count, false, err);
}

static void rows_release(struct store_read_job *job)
{
	free(job);
}

struct store_read_job *rows_start(
	struct store *store, struct rows_job *rows, store_page_done *done, void *ctx)
{
	rows->job.run = rows_run;
	rows->job.done = rows_done;
	rows->job.release = rows_release;
	rows->done = done;
	rows->ctx = ctx;
	return pool_start(store->pool, &rows->job);
}
