#include "daemon/store/queue_internal.h"

#define PAGES_LONG 4000  /* of the journal: what journal_size_limit lets it keep */
#define PAGES_LATE 24000 /* the writing thread waits for the copy: a journal has an end */

/* So many pages that came while others were copied are left to the writing thread;
 * of more, a second pass takes most. */
#define PAGES_REST 1000
#define PASSES_MAX 3

#define WAIT_STEP_NS 1000000000ull

/* One pass over what is committed by now; whether the journal has been copied as
 * far as anybody can tell. */
static int pass(sqlite3 *handle, int *out_pages, bool *out_whole)
{
	int pages = 0, copied = 0, result;

	result = sqlite3_wal_checkpoint_v2(
		handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
	*out_pages = pages;
	*out_whole = result == SQLITE_OK && copied >= pages;
	return result == SQLITE_BUSY ? SQLITE_OK : result;
}

/* ------------------------------------------------------- the thread ---- */

static int copy(struct queue *queue, struct db *db, struct err *err)
{
	int passes = 0, pages;
	bool whole;

	/* The journal is of the file that was there, and would spoil another. */
	if (queue->events.stands(queue->events.ctx, err) < 0)
		return -1;
	do
		if (pass(db->handle, &pages, &whole) != SQLITE_OK)
			return db_error(db, err);
	while (whole && atomic_load(&queue->wal_pages) - pages > PAGES_REST &&
		++passes < PASSES_MAX);
	return 0;
}

/* Its own connection, for no two threads have one together.  Where there is none
 * to be had the writing thread copies. */
static void copier_main(void *arg)
{
	struct queue *queue = arg;
	const char *path = sqlite3_db_filename(queue->writer->db.handle, "main");
	struct db db;
	struct err err;
	bool open = db_open(&db, path, DB_CHECKPOINT, &err) == 0;

	/* At that name there may be another file by now, whose only connection it is then. */
	if (open)
		db_leave(&db);
	uv_mutex_lock(&queue->mutex);
	for (;;) {
		while (queue->copy != COPY_RUNNING && !queue->copier_stopping)
			uv_cond_wait(&queue->copier_wake, &queue->mutex);
		if (queue->copier_stopping)
			break;
		uv_mutex_unlock(&queue->mutex);
		if (open && copy(queue, &db, &err) < 0)
			batch_failed(queue, &err);
		uv_mutex_lock(&queue->mutex);
		queue->copy = COPY_DONE;
		uv_cond_signal(&queue->wake);
	}
	uv_mutex_unlock(&queue->mutex);
	if (open)
		db_close(&db);
}

void checkpoint_stop(struct queue *queue)
{
	if (!queue->copier_started)
		return;
	uv_mutex_lock(&queue->mutex);
	queue->copier_stopping = true;
	uv_cond_signal(&queue->copier_wake);
	uv_mutex_unlock(&queue->mutex);
	uv_thread_join(&queue->copier_thread);
}

/* ----------------------------------------------- the writing thread ---- */

static void begin(struct queue *queue)
{
	if (!queue->copier_started)
		queue->copier_started = uv_thread_create(
						&queue->copier_thread, copier_main, queue) == 0;
	queue->copy = queue->copier_started ? COPY_RUNNING : COPY_DONE;
	uv_cond_signal(&queue->copier_wake);
}

/* The journal is in the file, so it need not stand there twice.  Nobody is waited for;
 * the copier, or a reader of an older state, keeps it. */
static void cut(struct queue *queue)
{
	sqlite3 *handle = queue->writer->db.handle;

	sqlite3_busy_timeout(handle, 0);
	if (sqlite3_wal_checkpoint_v2(handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) ==
		SQLITE_OK)
		atomic_store(&queue->wal_pages, 0);
	queue_heed_locks(queue);
}

/* What came meanwhile, so that the journal begins anew with the next commit; which may
 * not come for a day, so that what a change of millions of rows left is cut at once. */
static void finish(struct queue *queue)
{
	struct err err;
	bool whole, is_long;
	int pages;

	if (queue->events.stands(queue->events.ctx, &err) < 0) {
		batch_failed(queue, &err);
		return;
	}
	if (pass(queue->writer->db.handle, &pages, &whole) != SQLITE_OK) {
		(void)db_error(&queue->writer->db, &err);
		batch_failed(queue, &err);
	}
	is_long = pages > PAGES_LATE;
	pages = atomic_load(&queue->wal_pages);
	atomic_store(&queue->wal_pages, whole ? 0 : pages / 2 + 1);
	if (!whole)
		queue->rested = false;
	else if (is_long)
		cut(queue);
}

bool checkpoint_is_due(const struct queue *queue)
{
	if (queue->held || queue->broken)
		return false;
	return queue->copy == COPY_DONE ||
	       (queue->copy == COPY_NONE && atomic_load(&queue->wal_pages) >= PAGES_LONG);
}

void checkpoint_at_rest(struct queue *queue)
{
	if (!queue->held && !queue->broken && queue->copy == COPY_NONE &&
		atomic_load(&queue->wal_pages) > 0)
		begin(queue);
}

/* A full disk: what the journal holds has its place in the file mostly.  One that had begun
 * anew holds nothing, however long what did not fit has made it.  If it must stay the next
 * probe tries again. */
void checkpoint_make_room(struct queue *queue)
{
	sqlite3 *handle = queue->writer->db.handle;
	struct err err;
	bool whole;
	int pages;

	if (pass(handle, &pages, &whole) != SQLITE_OK) {
		(void)db_error(&queue->writer->db, &err);
		if (err.code != ERR_NO_SPACE) /* the file would have to grow */
			batch_failed(queue, &err);
		return;
	}
	if (whole)
		cut(queue);
}

static bool take_done(struct queue *queue)
{
	bool done = queue->copy == COPY_DONE;

	if (done)
		queue->copy = COPY_NONE;
	return done;
}

void checkpoint_step(struct queue *queue)
{
	int pages = atomic_load(&queue->wal_pages);
	bool done;

	uv_mutex_lock(&queue->mutex);
	if (queue->copy == COPY_NONE && pages >= PAGES_LONG)
		begin(queue);
	/* The disk may have much to do for longer than a watchdog waits. */
	while (queue->copy == COPY_RUNNING && pages >= PAGES_LATE) {
		(void)uv_cond_timedwait(&queue->wake, &queue->mutex, WAIT_STEP_NS);
		queue_step(queue);
	}
	done = take_done(queue);
	uv_mutex_unlock(&queue->mutex);
	if (done)
		finish(queue);
}
