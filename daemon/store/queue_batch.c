#include "daemon/store/dated.h"
#include "daemon/store/file.h"
#include "daemon/store/queue_internal.h"

#define DOCUMENTS_MAX 64
#define JOBS_MAX 1024

/* So many documents in one transaction are a crowd, of which more will come; so
 * many are worth a commit by themselves. */
#define CROWD 4
#define CROWD_ENOUGH 40
#define CROWD_NS 4000000

/* What must be free until the hold ends: room for documents that did not fit, but for no
 * more of them than any single one takes, and for the indexes; or so much more than when
 * they did not. */
#define UNFIT_MAX ((size_t)32 << 20)
#define ROOM_BESIDE ((uint64_t)256 << 10)

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

static void spend(struct queue *queue, struct job *job)
{
	size_t below = atomic_load(&queue->wake_below);

	if (job->spent != NULL)
		job->spent(job);
	if (atomic_fetch_sub(&queue->bytes, job->bytes) - job->bytes < below &&
		atomic_compare_exchange_strong(&queue->wake_below, &below, 0))
		uv_async_send(queue->async);
	job->bytes = 0;
}

static bool is_all_documents(const struct list *batch)
{
	const struct job *job = batch->first;

	while (job != NULL && job->document)
		job = job->next;
	return job == NULL;
}

static bool is_all_own(const struct list *batch)
{
	const struct job *job = batch->first;

	while (job != NULL && job->own)
		job = job->next;
	return job == NULL;
}

/* Numbers that were given are not given again. */
static void restore_counters(struct writer *writer, struct writer_counters before)
{
	before.seq = writer->counters.seq;
	before.next_item_id = writer->counters.next_item_id;
	writer->counters = before;
}

/* A job failed that wrote something and has no savepoint: the batch fails with it,
 * and where that is more than the job, once. */
static int fail_unguarded(struct queue *queue, const struct job *job, struct err *err)
{
	queue->guards_own |= job->own;
	*err = job->err;
	return -1;
}

static int run_guarded(struct queue *queue, struct job *job, bool guarded, struct err *err)
{
	struct writer *writer = queue->writer;
	struct writer_counters before = writer->counters;
	int64_t changes = sqlite3_total_changes64(writer->db.handle);
	int result;

	/* No other job is tried again by itself. */
	queue->tried += job->document ? job->bytes : 0;
	result = job->run(job, writer, &job->err);
	queue_step(queue);
	job->later = result > 0;
	if (result == 0)
		spend(queue, job);
	if (result >= 0)
		return 0;
	job->failed = true;
	if (is_final(job->err.code) || sqlite3_get_autocommit(writer->db.handle)) {
		*err = job->err;
		return -1;
	}
	if (!guarded && sqlite3_total_changes64(writer->db.handle) != changes)
		return fail_unguarded(queue, job, err);
	restore_counters(writer, before);
	return guarded ? db_run(&writer->db, db_use(&writer->db, STATEMENT_ROLLBACK_TO), err) : 0;
}

/*
 * For a savepoint a copy is made of each page that a job writes in, a hundred
 * kilobytes a document, to undo what has never yet failed: what feedd does by
 * itself goes without, until it shows that it can't.  A job that is all there is
 * has the transaction for it: of a mark of a million items the copies take half a
 * gigabyte, and SQLite looks through them at every item.
 */
static int run_job(struct queue *queue, const struct list *batch, struct job *job, struct err *err)
{
	struct db *db = &queue->writer->db;
	bool single = job == batch->first && job->next == NULL;
	bool guarded = !single && (queue->guards_own || !is_all_own(batch));

	if (!guarded)
		return run_guarded(queue, job, false, err);
	if (db_run(db, db_use(db, STATEMENT_SAVEPOINT), err) < 0 ||
		run_guarded(queue, job, true, err) < 0)
		return -1;
	return db_run(db, db_use(db, STATEMENT_RELEASE), err);
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

void batch_gather(struct queue *queue, struct list *batch)
{
	unsigned documents = 0, jobs = 0;
	struct job *job;

	for (job = batch->first; job != NULL; job = job->next) {
		jobs++;
		documents += job->document;
	}
	while ((job = queue->waiting.first) != NULL) {
		if (job->large && jobs > 0)
			break;
		if (jobs == JOBS_MAX || (job->document && documents == DOCUMENTS_MAX))
			break;
		list_add(batch, list_take(&queue->waiting));
		jobs++;
		documents += job->document;
		if (job->large)
			break;
	}
}

/* Where documents come one upon the other, the next is worth a moment. */
static bool expects_more(const struct queue *queue, const struct list *batch)
{
	const struct job *job;
	int count = 0;

	for (job = batch->first; job != NULL; job = job->next)
		count++;
	return queue->waiting.first == NULL && !queue->stopping && count >= CROWD &&
	       count < CROWD_ENOUGH;
}

/* Documents that came while others ran go with them, for each commit writes the
 * same index pages again, and what a document held went when it was spent.  Who
 * waits for an answer does not wait for those, too. */
static struct job *next_job(struct queue *queue, struct list *batch, const struct job *job)
{
	if (job->next == NULL && is_all_documents(batch)) {
		uv_mutex_lock(&queue->mutex);
		if (expects_more(queue, batch))
			uv_cond_timedwait(&queue->wake, &queue->mutex, CROWD_NS);
		batch_gather(queue, batch);
		uv_mutex_unlock(&queue->mutex);
	}
	return job->next;
}

/* What is released without having been run: a document, where nobody is there any more
 * who would be told, and no time. */
static bool is_left_out(struct queue *queue, const struct job *job)
{
	bool closing;

	uv_mutex_lock(&queue->mutex);
	closing = queue->closing;
	uv_mutex_unlock(&queue->mutex);
	return closing && job->document;
}

/* What is on the disk, but under no name, was not kept. */
static int commit(struct queue *queue, struct err *err)
{
	struct db *db = &queue->writer->db;

	db_rest(db);
	if (db_run(db, db_use(db, STATEMENT_COMMIT), err) < 0)
		return -1;
	return queue->events.stands(queue->events.ctx, err);
}

static int run_batch(struct queue *queue, struct list *batch, struct err *err)
{
	struct writer *writer = queue->writer;
	struct job *job;

	queue->tried = 0;
	if (begin(queue, err) < 0)
		return -1;
	for (job = batch->first; job != NULL; job = next_job(queue, batch, job))
		if (!is_left_out(queue, job) && run_job(queue, batch, job, err) < 0)
			return -1;
	/* On a full disk there is room for something small, if for that alone. */
	if ((!queue->held && dated_settle_many(writer, err) < 0) || writer_save(writer, err) < 0)
		return -1;
	return commit(queue, err);
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

void queue_set_broken(struct queue *queue, const struct err *err)
{
	uv_mutex_lock(&queue->mutex);
	if (!queue->broken) {
		queue->broken = true;
		queue->broken_err = *err;
	}
	uv_mutex_unlock(&queue->mutex);
	uv_async_send(queue->async);
}

bool queue_is_broken(struct queue *queue, struct err *err)
{
	bool broken;

	uv_mutex_lock(&queue->mutex);
	broken = queue->broken;
	if (broken && err != NULL)
		*err = queue->broken_err;
	uv_mutex_unlock(&queue->mutex);
	return broken;
}

void batch_failed(struct queue *queue, const struct err *err)
{
	/* After a failed fsync nobody knows what is on disk: never try again. */
	if (err->code == ERR_NO_SPACE)
		set_held(queue, true);
	else if (err->code == ERR_IO || err->code == ERR_DAMAGED || err->code == ERR_REPLACED)
		queue_set_broken(queue, err);
}

static uint64_t room(const struct queue *queue)
{
	return file_room(sqlite3_db_filename(queue->writer->db.handle, "main"));
}

static void on_failure(struct queue *queue, const struct err *err)
{
	if (!sqlite3_get_autocommit(queue->writer->db.handle))
		sqlite3_exec(queue->writer->db.handle, "ROLLBACK", NULL, NULL, NULL);
	batch_failed(queue, err);
	if (err->code != ERR_NO_SPACE)
		return;
	if (queue->unfit < queue->tried)
		queue->unfit = queue->tried < UNFIT_MAX ? queue->tried : UNFIT_MAX;
	checkpoint_make_room(queue);
	queue->unfit_room = room(queue);
}

/* What somebody asked for fits, or the probe does.  Of what was on its way when
 * the disk was full the small things often fit, in pages that the journal has
 * already; the next document would not. */
static bool shows_room(const struct list *batch)
{
	const struct job *job = batch->first;

	while (job != NULL && (!job->asked || job->failed))
		job = job->next;
	return job != NULL || batch->first == NULL;
}

/* For all of it as it came; or there is more than there was then, and packed it may fit. */
static bool has_room(const struct queue *queue)
{
	uint64_t most = queue->unfit + queue->unfit / 4, more = queue->unfit_room;

	return queue->unfit == 0 || room(queue) >= (most < more ? most : more) + ROOM_BESIDE;
}

/* A small thing fitted.  Were all asked for again now, the large one would be, too, and
 * in vain, each minute. */
static void end_hold(struct queue *queue, const struct list *batch)
{
	if (!queue->held)
		return;
	/* A reader of an older state kept the journal then. */
	if (batch->first == NULL && !has_room(queue))
		checkpoint_make_room(queue);
	if (!has_room(queue))
		return;
	queue->unfit = 0;
	set_held(queue, false);
}

static void commit_batch(struct queue *queue, struct list *batch)
{
	struct writer *writer = queue->writer;
	struct writer_counters before = writer->counters;
	struct err err;

	if (run_batch(queue, batch, &err) < 0) {
		restore_counters(writer, before);
		fail_all(batch, &err);
		on_failure(queue, &err);
	} else {
		queue->events.committed(queue->events.ctx, writer);
		queue->idle_work = queue->events.idle != NULL;
		/* What did not fit may have been that feed's. */
		if (writer->counters.feeds < before.feeds)
			queue->unfit = 0;
		if (shows_room(batch))
			end_hold(queue, batch);
	}
	writer->feeds_touched = false;
}

void batch_run(struct queue *queue, struct list *batch)
{
	struct err err;

	if (queue_is_broken(queue, &err)) {
		fail_all(batch, &err);
	} else {
		commit_batch(queue, batch);
		checkpoint_step(queue);
	}
}

/* -------------------------------------------------------- idle work ---- */

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
	int more, unsettled;

	if (begin(queue, err) < 0)
		return -1;
	/* While documents come the next ones join those that wait. */
	unsettled = yielding ? dated_settle_some(writer, err) : 0;
	if (unsettled < 0)
		return -1;
	do {
		more = queue->events.idle(writer, err);
		queue_step(queue);
	} while (more > 0 && uv_hrtime() < until_ns && !(yielding && somebody_waits(queue)));
	if (more < 0 || writer_save(writer, err) < 0 || commit(queue, err) < 0)
		return -1;
	return more > 0 || unsettled > 0;
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

void batch_idle(struct queue *queue, uint64_t slice_ns, bool yielding)
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
	checkpoint_step(queue);
}

void batch_probe(struct queue *queue)
{
	struct list nothing;

	list_init(&nothing);
	commit_batch(queue, &nothing);
}
