#include "daemon/store/queue.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "common/mem.h"

#define DOCUMENTS_MAX 64
#define JOBS_MAX 1024
#define PROBE_NS 60000000000ull
#define CHECKPOINT_IDLE 4000  /* pages of the WAL: where nothing waits */
#define CHECKPOINT_BUSY 16000 /* and in any case */

/* Idle work begins after a quiet moment and ends when a job comes; under
 * unbroken load it gets a short slice each second. */
#define QUIET_NS 100000000ull
#define IDLE_SLICE_NS 500000000ull
#define BUSY_SLICE_NS 20000000ull
#define BUSY_APART_NS 1000000000ull

struct list {
	struct job *first;
	struct job **end;
};

struct queue {
	struct writer *writer;
	struct queue_events events;
	uv_async_t *async; /* memory of its own: libuv lets go of it later */
	uv_thread_t thread;
	uv_mutex_t mutex;
	uv_cond_t wake;
	bool started;
	size_t pending; /* jobs whose done has not come; the loop's */
	atomic_size_t bytes;
	int wal_pages;
	/* The thread's. */
	bool idle_work; /* there may be some */
	uint64_t idle_ns;
	struct list later;
	/* Under the mutex. */
	struct list waiting;
	struct list finished;
	bool stopping;
	bool held, held_told;
	bool broken, broken_told;
	struct err broken_err;
};

static void list_init(struct list *list)
{
	list->first = NULL;
	list->end = &list->first;
}

static void list_add(struct list *list, struct job *job)
{
	job->next = NULL;
	*list->end = job;
	list->end = &job->next;
}

static struct job *list_take(struct list *list)
{
	struct job *job = list->first;

	if (job == NULL)
		return NULL;
	list->first = job->next;
	if (list->first == NULL)
		list->end = &list->first;
	return job;
}

static void list_append(struct list *to, struct list *from)
{
	if (from->first == NULL)
		return;
	*to->end = from->first;
	to->end = from->end;
	list_init(from);
}

/* ------------------------------------------------------- the thread ---- */

static int on_wal(void *ctx, sqlite3 *handle, const char *name, int pages)
{
	struct queue *queue = ctx;

	(void)handle;
	(void)name;
	queue->wal_pages = pages;
	return SQLITE_OK;
}

static void fail_all(struct list *batch, const struct err *err)
{
	struct job *job;

	for (job = batch->first; job != NULL; job = job->next)
		if (!job->failed) {
			job->failed = true;
			job->err = *err;
		}
}

/* Whether an error means that the transaction as a whole is lost. */
static bool is_final(enum err_code code)
{
	return code == ERR_NO_SPACE || code == ERR_IO || code == ERR_DAMAGED;
}

static int run_job(struct queue *queue, struct job *job, struct err *err)
{
	struct writer *writer = queue->writer;
	struct writer_counters before = writer->counters;
	int result;

	if (db_run(&writer->db, db_use(&writer->db, STATEMENT_SAVEPOINT), err) < 0)
		return -1;
	result = job->run(job, writer, &job->err);
	job->later = result > 0;
	if (result < 0) {
		job->failed = true;
		if (is_final(job->err.code) || sqlite3_get_autocommit(writer->db.handle)) {
			*err = job->err;
			return -1;
		}
		/* Numbers that were given are not given again. */
		before.seq = writer->counters.seq;
		before.next_item_id = writer->counters.next_item_id;
		writer->counters = before;
		if (db_run(&writer->db, db_use(&writer->db, STATEMENT_ROLLBACK_TO), err) < 0)
			return -1;
	}
	return db_run(&writer->db, db_use(&writer->db, STATEMENT_RELEASE), err);
}

static bool is_stopping(struct queue *queue)
{
	bool stopping;

	uv_mutex_lock(&queue->mutex);
	stopping = queue->stopping;
	uv_mutex_unlock(&queue->mutex);
	return stopping;
}

/* Somebody else may hold the file for a while (a shell, a copying tool): jobs
 * wait for that rather than fail. */
static int begin(struct queue *queue, struct err *err)
{
	struct db *db = &queue->writer->db;
	int result;

	do
		result = db_run(db, db_use(db, STATEMENT_BEGIN), err);
	while (result < 0 && err->code == ERR_BUSY && !is_stopping(queue));
	return result;
}

static int run_batch(struct queue *queue, struct list *batch, struct err *err)
{
	struct writer *writer = queue->writer;
	struct job *job;

	if (begin(queue, err) < 0)
		return -1;
	for (job = batch->first; job != NULL; job = job->next)
		if (run_job(queue, job, err) < 0)
			return -1;
	if (writer_save(writer, err) < 0)
		return -1;
	db_rest(&writer->db);
	return db_run(&writer->db, db_use(&writer->db, STATEMENT_COMMIT), err);
}

static void set_held(struct queue *queue, bool held)
{
	bool tell;

	uv_mutex_lock(&queue->mutex);
	tell = queue->held != held;
	queue->held = held;
	uv_mutex_unlock(&queue->mutex);
	if (tell)
		uv_async_send(queue->async);
}

static void set_broken(struct queue *queue, const struct err *err)
{
	uv_mutex_lock(&queue->mutex);
	if (!queue->broken) {
		queue->broken = true;
		queue->broken_err = *err;
	}
	uv_mutex_unlock(&queue->mutex);
	uv_async_send(queue->async);
}

static bool is_broken(struct queue *queue, struct err *err)
{
	bool broken;

	uv_mutex_lock(&queue->mutex);
	broken = queue->broken;
	if (broken)
		*err = queue->broken_err;
	uv_mutex_unlock(&queue->mutex);
	return broken;
}

static void on_failure(struct queue *queue, const struct err *err)
{
	if (!sqlite3_get_autocommit(queue->writer->db.handle))
		sqlite3_exec(queue->writer->db.handle, "ROLLBACK", NULL, NULL, NULL);
	/* After a failed fsync nobody knows what is on disk: never try again. */
	if (err->code == ERR_NO_SPACE)
		set_held(queue, true);
	else if (err->code == ERR_IO || err->code == ERR_DAMAGED)
		set_broken(queue, err);
}

static void commit_batch(struct queue *queue, struct list *batch)
{
	struct writer *writer = queue->writer;
	struct writer_counters before = writer->counters;
	struct err err;

	if (run_batch(queue, batch, &err) < 0) {
		before.seq = writer->counters.seq;
		before.next_item_id = writer->counters.next_item_id;
		writer->counters = before;
		fail_all(batch, &err);
		on_failure(queue, &err);
	} else {
		queue->events.committed(queue->events.ctx, writer);
		queue->idle_work = queue->events.idle != NULL;
		set_held(queue, false);
	}
	writer->feeds_touched = false;
}

static void run_alone(struct queue *queue, struct job *job)
{
	struct writer *writer = queue->writer;

	if (job->run(job, writer, &job->err) == 0) {
		queue->events.committed(queue->events.ctx, writer);
		return;
	}
	job->failed = true;
	if (is_final(job->err.code))
		on_failure(queue, &job->err);
}

static void checkpoint(struct queue *queue, int from_pages)
{
	int log = 0, done = 0, result;
	struct err err;

	if (queue->wal_pages < from_pages)
		return;
	result = sqlite3_wal_checkpoint_v2(
		queue->writer->db.handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &log, &done);
	queue->wal_pages = result == SQLITE_OK && done >= log ? 0 : queue->wal_pages / 2;
	if (result == SQLITE_OK || result == SQLITE_BUSY)
		return;
	(void)db_error(&queue->writer->db, &err);
	on_failure(queue, &err);
}

static void run(struct queue *queue, struct list *batch)
{
	struct err err;

	if (is_broken(queue, &err)) {
		fail_all(batch, &err);
	} else if (batch->first->alone) {
		run_alone(queue, batch->first);
	} else {
		commit_batch(queue, batch);
		checkpoint(queue, CHECKPOINT_BUSY);
	}
}

/* Move the next batch out of what waits; the mutex is held. */
static void gather(struct queue *queue, struct list *batch)
{
	unsigned documents = 0, jobs = 0;
	struct job *job;

	while ((job = queue->waiting.first) != NULL) {
		if (job->alone && jobs > 0)
			break;
		if (jobs == JOBS_MAX || (job->document && documents == DOCUMENTS_MAX))
			break;
		list_add(batch, list_take(&queue->waiting));
		jobs++;
		documents += job->document;
		if (job->alone)
			break;
	}
}

/* ------------------------------------------------------- idle work ---- */

static bool somebody_waits(struct queue *queue)
{
	bool waits;

	uv_mutex_lock(&queue->mutex);
	waits = queue->waiting.first != NULL || queue->stopping;
	uv_mutex_unlock(&queue->mutex);
	return waits;
}

/* 1: there is more to do. */
static int run_idle(struct queue *queue, uint64_t slice_ns, bool yielding, struct err *err)
{
	struct writer *writer = queue->writer;
	uint64_t until_ns = uv_hrtime() + slice_ns;
	int more;

	if (db_run(&writer->db, db_use(&writer->db, STATEMENT_BEGIN), err) < 0)
		return -1;
	do
		more = queue->events.idle(writer, err);
	while (more > 0 && uv_hrtime() < until_ns && !(yielding && somebody_waits(queue)));
	if (more < 0 || writer_save(writer, err) < 0)
		return -1;
	db_rest(&writer->db);
	if (db_run(&writer->db, db_use(&writer->db, STATEMENT_COMMIT), err) < 0)
		return -1;
	return more;
}

/* What waits for work that failed fails with it. */
static void fail_later(struct queue *queue, const struct err *err)
{
	struct job *job;

	fail_all(&queue->later, err);
	for (job = queue->later.first; job != NULL; job = job->next)
		atomic_fetch_sub(&queue->bytes, job->bytes);
	uv_mutex_lock(&queue->mutex);
	list_append(&queue->finished, &queue->later);
	uv_mutex_unlock(&queue->mutex);
	uv_async_send(queue->async);
}

static void idle(struct queue *queue, uint64_t slice_ns, bool yielding)
{
	struct writer_counters before = queue->writer->counters;
	struct err err;
	int more = run_idle(queue, slice_ns, yielding, &err);

	queue->idle_work = more > 0;
	queue->idle_ns = uv_hrtime();
	if (more < 0) {
		queue->writer->counters = before;
		on_failure(queue, &err);
		fail_later(queue, &err);
		return;
	}
	queue->events.committed(queue->events.ctx, queue->writer);
	checkpoint(queue, CHECKPOINT_BUSY);
}

/* Between two batches. */
static void idle_between(struct queue *queue)
{
	if (!queue->idle_work || queue->broken || queue->held)
		return;
	if (queue->later.first != NULL || uv_hrtime() - queue->idle_ns > BUSY_APART_NS)
		idle(queue, BUSY_SLICE_NS, false);
}

/* Nothing waits and there is idle work: begin it once it is quiet.  The mutex
 * is held. */
static void idle_when_quiet(struct queue *queue)
{
	if (queue->later.first == NULL &&
		uv_cond_timedwait(&queue->wake, &queue->mutex, QUIET_NS) == 0)
		return;
	while (queue->idle_work && queue->waiting.first == NULL && !queue->stopping) {
		uv_mutex_unlock(&queue->mutex);
		idle(queue, IDLE_SLICE_NS, true);
		uv_mutex_lock(&queue->mutex);
	}
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

/* An empty transaction that writes: succeeds when there is room again. */
static void probe(struct queue *queue)
{
	struct list nothing;

	list_init(&nothing);
	commit_batch(queue, &nothing);
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
		} else if (queue->wal_pages >= CHECKPOINT_IDLE && !queue->held && !queue->broken) {
			uv_mutex_unlock(&queue->mutex);
			checkpoint(queue, CHECKPOINT_IDLE);
			uv_mutex_lock(&queue->mutex);
		} else if (!queue->held || queue->broken) {
			uv_cond_wait(&queue->wake, &queue->mutex);
		} else if (uv_cond_timedwait(&queue->wake, &queue->mutex, PROBE_NS) != 0) {
			uv_mutex_unlock(&queue->mutex);
			probe(queue);
			uv_mutex_lock(&queue->mutex);
		}
	}
	gather(queue, batch);
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
		run(queue, &batch);
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
	queue->idle_work = events->idle != NULL;
	uv_mutex_init(&queue->mutex);
	uv_cond_init(&queue->wake);
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
	if (uv_thread_create(&queue->thread, thread_main, queue) != 0) {
		queue_close(queue);
		return err_set(err, ERR_FAILED, "no thread for the store");
	}
	queue->started = true;
	*out_queue = queue;
	return 0;
}

void queue_close(struct queue *queue)
{
	struct job *job;

	if (queue == NULL)
		return;
	if (queue->started) {
		uv_mutex_lock(&queue->mutex);
		queue->stopping = true;
		uv_cond_signal(&queue->wake);
		uv_mutex_unlock(&queue->mutex);
		uv_thread_join(&queue->thread);
	}
	list_append(&queue->finished, &queue->later);
	while ((job = list_take(&queue->finished)) != NULL)
		job->release(job);
	if (queue->async != NULL) {
		queue->async->data = NULL;
		uv_close((uv_handle_t *)queue->async, on_closed);
	}
	sqlite3_wal_hook(queue->writer->db.handle, NULL, NULL);
	uv_cond_destroy(&queue->wake);
	uv_mutex_destroy(&queue->mutex);
	free(queue);
}

void queue_push(struct queue *queue, struct job *job)
{
	if (queue->pending++ == 0)
		uv_ref((uv_handle_t *)queue->async);
	atomic_fetch_add(&queue->bytes, job->bytes);
	uv_mutex_lock(&queue->mutex);
	list_add(&queue->waiting, job);
	uv_cond_signal(&queue->wake);
	uv_mutex_unlock(&queue->mutex);
}

size_t queue_bytes(const struct queue *queue)
{
	return atomic_load(&queue->bytes);
}

void queue_fatal(struct queue *queue, const struct err *err)
{
	set_broken(queue, err);
}
