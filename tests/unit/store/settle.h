#ifndef TEST_STORE_SETTLE_H
#define TEST_STORE_SETTLE_H

#include "world.h"

#include "daemon/store/dated.h"
#include "daemon/store/internal.h"
#include "daemon/store/queue_internal.h"

/* Items get their places among the dates (dated.h) when a test says so. */

static inline int settle_run(struct job *job, struct writer *writer, struct err *err)
{
	int more;

	(void)job;
	do
		more = dated_settle_some(writer, err);
	while (more > 0);
	return more;
}

static inline void job_release(struct job *job)
{
	free(job);
}

static inline void push(
	struct world *w, int (*run)(struct job *job, struct writer *writer, struct err *err))
{
	struct job *job = MEM_NEW(struct job);

	job->run = run;
	job->release = job_release;
	queue_push(w->store->queue, job);
}

static inline void wait_for_writing(struct world *w)
{
	store_log_add(w->store, 0, "test", NULL, w->now_s, on_done, w);
	world_wait(w);
	assert_false(w->failed);
}

struct awake {
	struct job job;
	struct queue *queue;
};

static inline int awake_run(struct job *job, struct writer *writer, struct err *err)
{
	struct awake *awake = (struct awake *)job;

	(void)writer;
	(void)err;
	awake->queue->events.idle = NULL;
	return 0;
}

/* Whenever it is quiet for a moment what waits would be sorted, too. */
static inline int awake_setup(void **state)
{
	struct awake *awake = MEM_NEW(struct awake);
	struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	awake->job.run = awake_run;
	awake->job.release = job_release;
	awake->queue = w->store->queue;
	queue_push(awake->queue, &awake->job);
	wait_for_writing(w);
	return 0;
}

/* All items that there are get their places. */
static inline void settle(struct world *w)
{
	push(w, settle_run);
	wait_for_writing(w);
	assert_string_equal(world_sql(w, "SELECT dated_id + 1 = next_item_id AND"
					 " (SELECT count(*) FROM dated) ="
					 " (SELECT count(*) FROM item) FROM store"),
		"1");
}

#endif
