#include <stdio.h>
#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/internal.h"

/* What sites have asked of us; opaque here. */

/* Two counters share one column, where there was one: herds stand above strikes. */
#define STRIKES_BITS 16
#define COUNT_MAX 0xffffu

static int64_t pack(const struct store_hold *hold)
{
	int64_t strikes = hold->strikes < COUNT_MAX ? hold->strikes : COUNT_MAX;
	int64_t herds = hold->herds < COUNT_MAX ? hold->herds : COUNT_MAX;

	return herds << STRIKES_BITS | strikes;
}

struct hold_job {
	struct job job;
	struct store_hold hold;
};

static int hold_run(struct job *job, struct writer *writer, struct err *err)
{
	const struct store_hold *hold = &((struct hold_job *)job)->hold;
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_HOLD_PUT);

	db_bind_text(put, 1, hold->site);
	db_bind_int(put, 2, hold->until_s);
	db_bind_int(put, 3, hold->gap_ms);
	db_bind_int(put, 4, hold->gap_since_s);
	db_bind_int(put, 5, pack(hold));
	db_bind_text(put, 6, hold->reason);
	return db_run(&writer->db, put, err);
}

static void hold_release(struct job *job)
{
	free(job);
}

void store_hold_put(struct store *store, const struct store_hold *hold)
{
	struct hold_job *job = MEM_NEW(struct hold_job);

	job->job.run = hold_run;
	job->job.release = hold_release;
	job->hold = *hold;
	queue_push(store->queue, &job->job);
}

static void read_hold(sqlite3_stmt *row, struct store_hold *hold)
{
	snprintf(hold->site, sizeof(hold->site), "%s", db_text(row, 0));
	hold->until_s = db_int(row, 1);
	hold->gap_ms = db_int(row, 2);
	hold->gap_since_s = db_int(row, 3);
	hold->strikes = (unsigned)(db_int(row, 4) & COUNT_MAX);
	hold->herds = (unsigned)(db_int(row, 4) >> STRIKES_BITS & COUNT_MAX);
	snprintf(hold->reason, sizeof(hold->reason), "%s", db_text(row, 5));
}

/* With a connection of its own, for the writer's has a thread. */
int store_holds_load(struct store *store, void (*each)(void *ctx, const struct store_hold *hold),
	void *ctx, struct err *err)
{
	struct store_hold hold;
	sqlite3_stmt *rows;
	struct db db;
	int found;

	if (db_open(&db, store->path, DB_READ, err) < 0)
		return -1;
	rows = db_use(&db, STATEMENT_HOLD_LIST);
	while ((found = db_step(&db, rows, err)) > 0) {
		read_hold(rows, &hold);
		each(ctx, &hold);
	}
	db_close(&db);
	return found;
}

int store_refused_load(
	struct store *store, int64_t since_s, store_refused *each, void *ctx, struct err *err)
{
	sqlite3_stmt *rows;
	struct db db;
	int found;

	if (db_open(&db, store->path, DB_READ, err) < 0)
		return -1;
	rows = db_use(&db, STATEMENT_REFUSED_LIST);
	db_bind_int(rows, 1, since_s);
	while ((found = db_step(&db, rows, err)) > 0)
		each(ctx, db_text(rows, 0), db_text(rows, 1), db_int(rows, 2));
	db_close(&db);
	return found;
}
