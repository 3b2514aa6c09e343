#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/edit.h"
#include "daemon/store/internal.h"
#include "daemon/store/store_feeds.h"

struct clamp_job {
	struct job job;
	struct store_clock clock;
	int64_t least_s, hold_max_s;
	store_done *done;
	void *ctx;
};

/* span_s: what the statement adds to now_s, or -1 if it adds nothing. */
static int clamp_by(
	struct writer *writer, enum statement which, int64_t now_s, int64_t span_s, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, which);

	db_bind_int(put, 1, now_s);
	if (span_s >= 0)
		db_bind_int(put, 2, span_s);
	return db_run(&writer->db, put, err);
}

static int step(struct writer *writer, const struct store_clock *clock, struct err *err)
{
	int64_t before_s = clock->now_s - clock->step_s;
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_POLL_STEP);

	db_bind_int(put, 1, before_s);
	db_bind_int(put, 2, clock->step_s);
	db_bind_int(put, 3, clock->since_s);
	if (db_run(&writer->db, put, err) < 0)
		return -1;
	return clamp_by(writer, STATEMENT_HOLD_STEP, before_s, clock->step_s, err);
}

static int clamp_run(struct job *job, struct writer *writer, struct err *err)
{
	const struct clamp_job *clamp = (const struct clamp_job *)job;
	const struct store_clock *clock = &clamp->clock;
	int64_t now_s = clock->now_s, hold_s = clamp->hold_max_s;

	if (clock->step_s > 0 && step(writer, clock, err) < 0)
		return -1;
	if (clamp_by(writer, STATEMENT_POLL_CLAMP, now_s, clamp->least_s, err) < 0 ||
		clamp_by(writer, STATEMENT_POLL_CLAMP_NEAR, now_s, -1, err) < 0)
		return -1;
	if (!clock->trusted)
		return 0;
	if (clamp_by(writer, STATEMENT_POLL_CLAMP_PAST, now_s, hold_s, err) < 0 ||
		clamp_by(writer, STATEMENT_HOLD_CLAMP, now_s, hold_s, err) < 0 ||
		clamp_by(writer, STATEMENT_EDIT_CLAMP, now_s, EDITS_APART_S, err) < 0)
		return -1;
	return clamp_by(writer, STATEMENT_RETAIN_CLAMP, now_s, -1, err);
}

static void clamp_done(struct job *job, const struct err *err)
{
	struct clamp_job *clamp = (struct clamp_job *)job;

	clamp->done(clamp->ctx, err);
}

static void clamp_release(struct job *job)
{
	free(job);
}

void store_clamp(struct store *store, const struct store_clock *clock, int64_t least_s,
	int64_t hold_max_s, store_done *done, void *ctx)
{
	struct clamp_job *clamp = MEM_NEW(struct clamp_job);

	clamp->job.run = clamp_run;
	clamp->job.done = clamp_done;
	clamp->job.release = clamp_release;
	clamp->clock = *clock;
	clamp->least_s = least_s;
	clamp->hold_max_s = hold_max_s;
	clamp->done = done;
	clamp->ctx = ctx;
	queue_push(store->queue, &clamp->job);
}
