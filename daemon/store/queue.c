#include "daemon/store/queue_internal.h"

#include <stdlib.h>

#include "common/mem.h"

#define PROBE_NS 60000000000ull

/* Longer than between one refresh and the next that somebody asks for, who would
 * wait for what was given back. */
#define REST_NS 5000000000ull
#define REST_MOST_NS 60000000000ull

/* Idle work begins after a quiet moment and ends when a job comes; under
 * unbroken load it gets a short slice each second. */
#define QUIET_NS 100000000ull
#define IDLE_SLICE_NS 100000000ull
#define BUSY_SLICE_NS 20000000ull
#define BUSY_APART_NS 1000000000ull

#define LOCK_STEP_MS 100
#define SQL_STEPS 100000 /* of SQLite's machine: a few milliseconds */

/* ------------------------------------------------------- the thread ---- */

/* In place of SQLite's own, which tells nobody whether it waits or hangs. */
static int on_locked(void *ctx, int tries)
{
	queue_step(ctx);
	if (tries >= DB_BUSY_MS / LOCK_STEP_MS)
		return 0;
	uv_sleep(tries < 6 ? 1u << tries : LOCK_STEP_MS);
	return 1;
}

void queue_heed_locks(struct queue *queue)
{
	sqlite3_busy_handler(queue->writer->db.handle, on_locked, queue);
}

/* A change of a million rows is one job. */
static int on_progress(void *ctx)
{
	queue_step(ctx);
	return 0;
}

static int on_wal(void *ctx, sqlite3 *handle, const char *name, int pages)
{
	struct queue *queue = ctx;

	(void)handle;
	(void)name;
	atomic_store(&queue->wal_pages, pages);
	return SQLITE_OK;
}

/* Until somebody calls, or for so long (0: for ever); the mutex is held. */
static int doze(struct queue *queue, uint64_t most_ns)
{
	int result = 0;

	queue->dozing = true;
	if (most_ns > 0)
		result = uv_cond_timedwait(&queue->wake, &queue->mutex, most_ns);
	else
		uv_cond_wait(&queue->wake, &queue->mutex);
	queue->dozing = false;
	queue_step(queue);
	return result;
}

/* Between two batches. */
static void idle_between(struct queue *queue)
{
	if (!queue->idle_work || queue->held || queue_is_broken(queue, NULL))
		return;
	if (queue->later.first != NULL || uv_hrtime() - queue->idle_ns > BUSY_APART_NS)
		batch_idle(queue, BUSY_SLICE_NS, false);
}

/* Nothing waits and there is idle work: begin it once it is quiet.  The mutex
 * is held. */
static void idle_when_quiet(struct queue *queue)
{
	if (queue->later.first == NULL && doze(queue, QUIET_NS) == 0)
		return;
	while (queue->idle_work && queue->waiting.first == NULL && !queue->stopping) {
		/* A long listing would share processor and disk with it, and keep
		 * the journal growing that it has to look things up in. */
		bool shy = queue->later.first == NULL && queue->events.reading(queue->events.ctx);

		uv_mutex_unlock(&queue->mutex);
		batch_idle(queue, shy ? BUSY_SLICE_NS : IDLE_SLICE_NS, true);
		uv_mutex_lock(&queue->mutex);
		if (shy && queue->waiting.first == NULL && !queue->stopping)
			doze(queue, QUIET_NS);
	}
}

/* It has been quiet for a while: the pages of the file that the last transactions
 * used are in the kernel's cache, too, and need not be in ours; and what the journal
 * holds goes to where it belongs.  The mutex is held. */
static void rest(struct queue *queue)
{
	uv_mutex_unlock(&queue->mutex);
	sqlite3_db_release_memory(queue->writer->db.handle);
	mem_give_back();
	uv_mutex_lock(&queue->mutex);
	checkpoint_at_rest(queue);
	queue->rested = true;
	queue->rest_ns = queue->rest_ns < REST_MOST_NS / 2 ? queue->rest_ns * 2 : REST_MOST_NS;
}

/* Jobs that asked to be run later go on waiting apart. */
static void set_later_aside(struct queue *queue, struct list *batch)
{
	struct list done;
	struct job *job;

	list_init(&done);
	while ((job = list_take(batch)) != NULL)
		list_add(job->later && !job->failed ? &queue->later : &done, job);
	list_append(batch, &done);
}

/* Wait for work; false when it is time to stop and nothing waits. */
static bool next_batch(struct queue *queue, struct list *batch)
{
	bool go_on;

	list_init(batch);
	uv_mutex_lock(&queue->mutex);
	while (queue->waiting.first == NULL && !queue->stopping) {
		if (queue->later.first != NULL && (!queue->idle_work || queue->broken)) {
			list_append(&queue->waiting, &queue->later);
		} else if (queue->idle_work && !queue->held && !queue->broken) {
			idle_when_quiet(queue);
		} else if (checkpoint_is_due(queue)) {
			uv_mutex_unlock(&queue->mutex);
			checkpoint_step(queue);
			uv_mutex_lock(&queue->mutex);
		} else if (!queue->rested) {
			if (doze(queue, queue->rest_ns) != 0)
				rest(queue);
		} else if (!queue->held || queue->broken) {
			doze(queue, 0);
		} else if (doze(queue, PROBE_NS) != 0) {
			uv_mutex_unlock(&queue->mutex);
			batch_probe(queue);
			uv_mutex_lock(&queue->mutex);
		}
	}
	batch_gather(queue, batch);
	queue->rested = false;
	queue->rest_ns = REST_NS;
	go_on = batch->first != NULL;
	uv_mutex_unlock(&queue->mutex);
	return go_on;
}

static void thread_main(void *arg)
{
	struct queue *queue = arg;
	struct list batch;
	struct job *job;

	while (next_batch(queue, &batch)) {
		batch_run(queue, &batch);
		set_later_aside(queue, &batch);
		for (job = batch.first; job != NULL; job = job->next)
			atomic_fetch_sub(&queue->bytes, job->bytes);
		uv_mutex_lock(&queue->mutex);
		list_append(&queue->finished, &batch);
		uv_mutex_unlock(&queue->mutex);
		uv_async_send(queue->async);
		idle_between(queue);
	}
}

/* --------------------------------------------------------- the loop ---- */

static void tell_states(struct queue *queue)
{
	bool tell_hold, held, tell_broken;
	struct err err;

	uv_mutex_lock(&queue->mutex);
	held = queue->held;
	tell_hold = held != queue->held_told;
	queue->held_told = held;
	tell_broken = queue->broken && !queue->broken_told;
	queue->broken_told = queue->broken;
	err = queue->broken_err;
	uv_mutex_unlock(&queue->mutex);
	if (tell_hold)
		queue->events.hold(queue->events.ctx, held);
	if (tell_broken)
		queue->events.fatal(queue->events.ctx, &err);
}

static void on_async(uv_async_t *async)
{
	struct queue *queue = async->data;
	struct list finished;
	struct job *job;

	list_init(&finished);
	uv_mutex_lock(&queue->mutex);
	list_append(&finished, &queue->finished);
	uv_mutex_unlock(&queue->mutex);
	/* A callback may close the store: then async->data is NULL. */
	while ((job = list_take(&finished)) != NULL) {
		if (async->data != NULL && --queue->pending == 0)
			uv_unref((uv_handle_t *)async);
		if (async->data != NULL && job->done != NULL)
			job->done(job, job->failed ? &job->err : NULL);
		job->release(job);
	}
	if (async->data != NULL)
		tell_states(queue);
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

int queue_open(struct uv_loop_s *loop, struct writer *writer, const struct queue_events *events,
	struct queue **out_queue, struct err *err)
{
	struct queue *queue = MEM_NEW(struct queue);

	queue->writer = writer;
	queue->events = *events;
	list_init(&queue->waiting);
	list_init(&queue->finished);
	list_init(&queue->later);
	list_init(&queue->ahead);
	queue->idle_work = events->idle != NULL;
	queue->rest_ns = REST_NS;
	uv_mutex_init(&queue->mutex);
	uv_cond_init(&queue->wake);
	uv_cond_init(&queue->ahead_wake);
	uv_cond_init(&queue->copier_wake);
	queue->async = MEM_NEW(uv_async_t);
	if (uv_async_init(loop, queue->async, on_async) != 0) {
		free(queue->async);
		queue->async = NULL;
		queue_close(queue);
		return err_set(err, ERR_FAILED, "no descriptor for the store's thread");
	}
	queue->async->data = queue;
	/* An idle store keeps no loop running. */
	uv_unref((uv_handle_t *)queue->async);
	sqlite3_wal_hook(writer->db.handle, on_wal, queue);
	queue_heed_locks(queue);
	sqlite3_progress_handler(writer->db.handle, SQL_STEPS, on_progress, queue);
	if (uv_thread_create(&queue->thread, thread_main, queue) != 0) {
		queue_close(queue);
		return err_set(err, ERR_FAILED, "no thread for the store");
	}
	queue->started = true;
	*out_queue = queue;
	return 0;
}

bool queue_close(struct queue *queue)
{
	struct job *job;
	bool broken;

	if (queue == NULL)
		return true;
	uv_mutex_lock(&queue->mutex);
	queue->closing = true;
	uv_mutex_unlock(&queue->mutex);
	ahead_stop(queue);
	if (queue->started) {
		uv_mutex_lock(&queue->mutex);
		queue->stopping = true;
		uv_cond_signal(&queue->wake);
		uv_mutex_unlock(&queue->mutex);
		uv_thread_join(&queue->thread);
	}
	checkpoint_stop(queue);
	broken = queue_is_broken(queue, NULL);
	list_append(&queue->finished, &queue->later);
	while ((job = list_take(&queue->finished)) != NULL)
		job->release(job);
	if (queue->async != NULL) {
		queue->async->data = NULL;
		uv_close((uv_handle_t *)queue->async, on_closed);
	}
	sqlite3_wal_hook(queue->writer->db.handle, NULL, NULL);
	sqlite3_progress_handler(queue->writer->db.handle, 0, NULL, NULL);
	sqlite3_busy_timeout(queue->writer->db.handle, DB_BUSY_MS);
	uv_cond_destroy(&queue->copier_wake);
	uv_cond_destroy(&queue->ahead_wake);
	uv_cond_destroy(&queue->wake);
	uv_mutex_destroy(&queue->mutex);
	free(queue);
	return !broken;
}

void queue_push(struct queue *queue, struct job *job)
{
	if (queue->pending++ == 0)
		uv_ref((uv_handle_t *)queue->async);
	atomic_fetch_add(&queue->bytes, job->bytes);
	if (job->prepare != NULL) {
		ahead_push(queue, job);
		return;
	}
	uv_mutex_lock(&queue->mutex);
	if (job->claim)
		list_add_before_documents(&queue->waiting, job);
	else
		list_add(&queue->waiting, job);
	uv_cond_signal(&queue->wake);
	uv_mutex_unlock(&queue->mutex);
}

size_t queue_bytes(const struct queue *queue)
{
	return atomic_load(&queue->bytes);
}

void queue_wake_below(struct queue *queue, size_t bytes)
{
	atomic_store(&queue->wake_below, bytes);
}

bool queue_gets_on(struct queue *queue)
{
	unsigned steps = atomic_load(&queue->steps);
	bool idle;

	uv_mutex_lock(&queue->mutex);
	idle = queue->dozing && queue->waiting.first == NULL;
	uv_mutex_unlock(&queue->mutex);
	if (steps == queue->steps_seen)
		return idle;
	queue->steps_seen = steps;
	return true;
}

void queue_fatal(struct queue *queue, const struct err *err)
{
	queue_set_broken(queue, err);
}
