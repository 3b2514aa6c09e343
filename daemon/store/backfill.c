#include "daemon/store/store_backfill.h"

#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/internal.h"

struct backfill_job {
	struct job job;
	bool over;
	struct store_backfill row;
	int64_t plain_s;
};

static int mark_plain(const struct backfill_job *backfill, struct writer *writer, struct err *err)
{
	sqlite3_stmt *put;

	if (backfill->plain_s == 0)
		return 0;
	put = db_use(&writer->db, STATEMENT_POLL_UNCONDITIONAL);
	db_bind_int(put, 1, backfill->row.feed_id);
	db_bind_int(put, 2, backfill->plain_s);
	return db_run(&writer->db, put, err);
}

static int backfill_run(struct job *job, struct writer *writer, struct err *err)
{
	const struct backfill_job *backfill = (struct backfill_job *)job;
	const struct store_backfill *row = &backfill->row;
	sqlite3_stmt *put = db_use(
		&writer->db, backfill->over ? STATEMENT_BACKFILL_DROP : STATEMENT_BACKFILL_PUT);

	db_bind_int(put, 1, row->feed_id);
	if (!backfill->over) {
		db_bind_text(put, 2, row->url);
		db_bind_text(put, 3, row->mark);
		db_bind_int(put, 4, row->pages);
		db_bind_int(put, 5, row->tries);
		db_bind_int(put, 6, row->due_s);
	}
	return db_run(&writer->db, put, err) < 0 ? -1 : mark_plain(backfill, writer, err);
}

static void backfill_release(struct job *job)
{
	struct backfill_job *backfill = (struct backfill_job *)job;

	free(backfill->row.url);
	free(backfill->row.mark);
	free(backfill);
}

static void push(struct store *store, const struct store_backfill *row, int64_t plain_s, bool over)
{
	struct backfill_job *backfill = MEM_NEW(struct backfill_job);

	backfill->job.run = backfill_run;
	backfill->job.release = backfill_release;
	backfill->over = over;
	backfill->row = *row;
	backfill->row.url = mem_strdup(row->url);
	backfill->row.mark = mem_strdup(row->mark);
	backfill->plain_s = plain_s;
	queue_push(store->queue, &backfill->job);
}

void store_backfill_put(struct store *store, const struct store_backfill *backfill, int64_t plain_s)
{
	push(store, backfill, plain_s, false);
}

void store_backfill_drop(struct store *store, int64_t feed_id, int64_t plain_s)
{
	struct store_backfill row = { .feed_id = feed_id };

	push(store, &row, plain_s, true);
}

/* With a connection of its own, for the writer's has a thread. */
int store_backfills_load(struct store *store,
	void (*each)(void *ctx, const struct store_backfill *backfill), void *ctx, struct err *err)
{
	struct store_backfill row;
	sqlite3_stmt *rows;
	struct db db;
	int found;

	if (db_open(&db, store->path, DB_READ, err) < 0)
		return -1;
	rows = db_use(&db, STATEMENT_BACKFILL_LIST);
	while ((found = db_step(&db, rows, err)) > 0) {
		row = (struct store_backfill){ .feed_id = db_int(rows, 0),
			.url = db_text_copy(rows, 1),
			.mark = db_text_copy(rows, 2),
			.pages = (unsigned)db_int(rows, 3),
			.tries = (unsigned)db_int(rows, 4),
			.due_s = db_int(rows, 5) };
		each(ctx, &row);
		free(row.url);
		free(row.mark);
	}
	db_close(&db);
	return found;
}
