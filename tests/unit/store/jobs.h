#ifndef TESTS_UNIT_STORE_JOBS_H
#define TESTS_UNIT_STORE_JOBS_H

#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/internal.h"
#include "daemon/store/queue_internal.h"
#include "tests/unit/store/world.h"

/* For tests of the queue: jobs that write what a test says, and how they fare. */

#define PATIENCE_NS 10000000000ull /* where nobody comes, the test fails by it */

struct write_job {
	struct job job;
	const char *sql;
	bool fails;
	int *out_result; /* 1: done; -1: failed */
};

static inline void job_free(struct job *job)
{
	free(job);
}

static inline int write_run(struct job *job, struct writer *writer, struct err *err)
{
	struct write_job *self = (struct write_job *)job;

	if (db_script(&writer->db, self->sql, err) < 0)
		return -1;
	return self->fails ? err_set(err, ERR_FAILED, "as it was told to") : 0;
}

static inline void write_done(struct job *job, const struct err *err)
{
	*((struct write_job *)job)->out_result = err == NULL ? 1 : -1;
}

static inline void push_write(
	struct world *w, const char *sql, bool document, bool fails, int *out_result)
{
	struct write_job *job = MEM_NEW(struct write_job);

	job->job.run = write_run;
	job->job.done = write_done;
	job->job.release = job_free;
	job->job.document = job->job.own = document;
	job->sql = sql;
	job->fails = fails;
	job->out_result = out_result;
	queue_push(w->store->queue, &job->job);
}

static inline const char *written(struct world *w)
{
	return world_sql(w, "SELECT coalesce(group_concat(name, ''), '') FROM query");
}

/* Within a time that is long for it. */
static inline bool gets_on_soon(struct queue *queue)
{
	uint64_t until_ns = uv_hrtime() + PATIENCE_NS;

	while (uv_hrtime() < until_ns) {
		if (queue_gets_on(queue))
			return true;
		uv_sleep(1);
	}
	return false;
}

#endif
