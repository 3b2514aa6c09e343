#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/internal.h"

struct clamp_job {
	struct job job;
	int64_t now_s, least_s;
	store_done *done;
	void *ctx;
};

static int clamp_run(struct job *job, struct writer *writer, struct err *err)
{
	struct clamp_job *clamp = (struct clamp_job *)job;
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_POLL_CLAMP);

	db_bind_int(put, 1, clamp->now_s);
	db_bind_int(put, 2, clamp->least_s);
	return db_run(&writer->db, put, err);
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

void store_clamp(struct store *store, int64_t now_s, int64_t least_s, store_done *done, void *ctx)
{
	struct clamp_job *clamp = MEM_NEW(struct clamp_job);

	clamp->job.run = clamp_run;
	clamp->job.done = clamp_done;
	clamp->job.release = clamp_release;
	clamp->now_s = now_s;
	clamp->least_s = least_s;
	clamp->done = done;
	clamp->ctx = ctx;
	queue_push(store->queue, &clamp->job);
}
