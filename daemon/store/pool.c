#include "daemon/store/pool.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "common/mem.h"

#define UNCHANGED_NS 1000000000ull     /* since the last commit: a mapping is worth making, */
#define MAPPED_MIN (INT64_C(64) << 20) /* of a file of so many bytes */
#define STEPS_BETWEEN_LOOKS 20000      /* of SQLite's machine: well under a millisecond */
#define COSTLY_MAX 3u                  /* of libuv's four threads */
#define REST_MS 5000u                  /* of a mapping, unless somebody reads then */

/* Who cancels waits for the row that is told, mostly for some microseconds: a lock for
 * each row of a million would be felt.  A dump writes to a disk meanwhile, so who waits
 * longer sleeps. */
#define YIELDS_MAX 100
#define SLEEP_NS 100000

struct pool {
	struct uv_loop_s *loop;
	struct pool_source source;
	char *path;
	/* The loop's: all jobs; of the costly ones how many libuv has, and the rest. */
	struct store_read_job *jobs;
	unsigned costly;
	struct store_read_job *waiting, **waiting_end;
	uv_mutex_t mutex;
	uv_cond_t ended;
	size_t unfinished; /* jobs that a thread has, or will have */
	struct reader *idle;
	atomic_bool maps; /* one that is mapped may be among them */
	uv_timer_t *rest;
};

/* Its own memory: libuv may have it still when the pool is closed. */
struct resting {
	uv_work_t work;
	struct pool *pool;
};

static void reader_free(struct reader *reader)
{
	names_release(&reader->names);
	content_unpacker_release(&reader->unpacker);
	db_close(&reader->db);
	free(reader);
}

static struct reader *reader_new(struct pool *pool, struct err *err)
{
	struct reader *reader = MEM_NEW(struct reader);

	names_init(&reader->names);
	content_unpacker_init(&reader->unpacker);
	if (db_open(&reader->db, pool->path, DB_READ, err) < 0) {
		reader_free(reader);
		return NULL;
	}
	return reader;
}

static struct reader *lend(struct pool *pool, struct err *err)
{
	struct reader *reader;

	uv_mutex_lock(&pool->mutex);
	reader = pool->idle;
	if (reader != NULL)
		pool->idle = reader->next;
	uv_mutex_unlock(&pool->mutex);
	return reader != NULL ? reader : reader_new(pool, err);
}

static void give_back(struct pool *pool, struct reader *reader)
{
	uv_mutex_lock(&pool->mutex);
	reader->next = pool->idle;
	pool->idle = reader;
	uv_mutex_unlock(&pool->mutex);
}

static void end_one(struct pool *pool)
{
	uv_mutex_lock(&pool->mutex);
	pool->unfinished--;
	uv_cond_signal(&pool->ended);
	uv_mutex_unlock(&pool->mutex);
}

static bool is_cancelled(const struct store_read_job *job)
{
	return atomic_load(&job->cancelled);
}

/* What is over before this comes is disturbed by nobody, and hinders nobody. */
static int on_progress(void *ctx)
{
	struct store_read_job *job = ctx;

	atomic_store_explicit(job->pool->source.read_ns, uv_hrtime(), memory_order_relaxed);
	return is_cancelled(job);
}

static void map(struct reader *reader, bool mapped)
{
	if (reader->mapped != mapped)
		db_map(&reader->db, mapped);
	reader->mapped = mapped;
}

/* All pages of a small file are in the kernel's memory, and read in milliseconds. */
static bool is_large(const struct pool *pool)
{
	struct stat st;

	return stat(pool->path, &st) == 0 && st.st_size >= MAPPED_MIN;
}

/*
 * SQLite lets go of its mapping when a transaction begins behind a commit, and
 * each page is a fault again.  While the store is written to it is quicker to
 * read.  A job that is scattered takes what it finds: others between whose pages it
 * comes would have to map it all again.
 */
static void map_for(const struct store_read_job *job, struct reader *reader)
{
	struct pool *pool = job->pool;
	uint64_t written_ns = atomic_load(pool->source.written_ns);

	if (!job->scattered)
		map(reader, uv_hrtime() - written_ns > UNCHANGED_NS && is_large(pool));
}

static int read_in_transaction(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct err ignored;
	int result = -1;

	map_for(job, reader);
	if (db_run(&reader->db, db_use(&reader->db, STATEMENT_BEGIN_READ), err) < 0)
		return -1;
	names_check(&reader->names, job->pool->source.epoch(job->pool->source.ctx));
	sqlite3_progress_handler(reader->db.handle, STEPS_BETWEEN_LOOKS, on_progress, job);
	reader->db.stop = &job->cancelled;
	result = job->run(job, reader, err);
	reader->db.stop = NULL;
	sqlite3_progress_handler(reader->db.handle, 0, NULL, NULL);
	db_rest(&reader->db);
	if (db_run(&reader->db, db_use(&reader->db, STATEMENT_COMMIT), &ignored) < 0)
		sqlite3_exec(reader->db.handle, "ROLLBACK", NULL, NULL, NULL);
	/* A connection that rests holds no pages: there is one for each thread. */
	sqlite3_db_release_memory(reader->db.handle);
	if (job->goes_on && reader->mapped)
		atomic_store(&job->pool->maps, true);
	else if (!job->scattered)
		map(reader, false);
	return result;
}

static void on_work(uv_work_t *work)
{
	struct store_read_job *job = work->data;
	struct pool *pool = job->pool;
	struct reader *reader = NULL;

	if (!is_cancelled(job)) {
		reader = lend(pool, &job->err);
		job->failed = reader == NULL || read_in_transaction(job, reader, &job->err) < 0;
	}
	if (reader != NULL)
		give_back(pool, reader);
	end_one(pool); /* the last touch: pool_free() waits for it */
}

/* ------------------------------------------------------------ rest ---- */

static struct reader *lend_mapped(struct pool *pool)
{
	struct reader **link = &pool->idle, *reader;

	uv_mutex_lock(&pool->mutex);
	while (*link != NULL && !(*link)->mapped)
		link = &(*link)->next;
	reader = *link;
	if (reader != NULL)
		*link = reader->next;
	uv_mutex_unlock(&pool->mutex);
	return reader;
}

static void on_resting(uv_work_t *work)
{
	struct resting *resting = work->data;
	struct reader *reader;

	while ((reader = lend_mapped(resting->pool)) != NULL) {
		map(reader, false);
		give_back(resting->pool, reader);
	}
	end_one(resting->pool);
}

static void on_rested(uv_work_t *work, int status)
{
	(void)status;
	free(work->data);
}

/* To give back what a long listing mapped takes milliseconds, which the loop has not.
 * Where somebody reads at this moment, the end of that is when the next rest is counted
 * from. */
static void on_rest(uv_timer_t *timer)
{
	struct pool *pool = timer->data;
	struct resting *resting;

	if (pool->jobs != NULL || !atomic_exchange(&pool->maps, false))
		return;
	resting = MEM_NEW(struct resting);
	resting->pool = pool;
	resting->work.data = resting;
	uv_mutex_lock(&pool->mutex);
	pool->unfinished++;
	uv_mutex_unlock(&pool->mutex);
	uv_queue_work(pool->loop, &resting->work, on_resting, on_rested);
}

static void on_timer_closed(uv_handle_t *handle)
{
	free(handle);
}

/* ------------------------------------------------------------ jobs ---- */

static void on_after(uv_work_t *work, int status);

static void begin(struct store_read_job *job)
{
	job->pool->costly += job->costly;
	uv_queue_work(job->pool->loop, &job->work, on_work, on_after);
}

static void wait_in_turn(struct store_read_job *job)
{
	job->next_waiting = NULL;
	*job->pool->waiting_end = job;
	job->pool->waiting_end = &job->next_waiting;
}

/* Whether it was among those that wait. */
static bool wait_no_more(struct store_read_job *job)
{
	struct pool *pool = job->pool;
	struct store_read_job **link = &pool->waiting;

	while (*link != NULL && *link != job)
		link = &(*link)->next_waiting;
	if (*link == NULL)
		return false;
	*link = job->next_waiting;
	if (*link == NULL)
		pool->waiting_end = link;
	return true;
}

static void end_costly(struct pool *pool)
{
	struct store_read_job *next = pool->waiting;

	pool->costly--;
	if (next != NULL && pool->costly < COSTLY_MAX && wait_no_more(next))
		begin(next);
}

static void on_after(uv_work_t *work, int status)
{
	struct store_read_job *job = work->data;
	struct pool *pool = job->pool;

	(void)status;
	if (pool != NULL) {
		*job->link = job->next;
		if (job->next != NULL)
			job->next->link = job->link;
		if (job->costly)
			end_costly(pool);
		if (atomic_load(&pool->maps) && !uv_is_active((uv_handle_t *)pool->rest))
			uv_timer_start(pool->rest, on_rest, REST_MS, 0);
		if (job->failed && job->err.code == ERR_DAMAGED)
			pool->source.broken(pool->source.ctx, &job->err);
	}
	if (!is_cancelled(job))
		job->done(job, job->failed ? &job->err : NULL);
	job->release(job);
}

struct pool *pool_new(struct uv_loop_s *loop, const struct pool_source *source)
{
	struct pool *pool = MEM_NEW(struct pool);

	pool->loop = loop;
	pool->source = *source;
	pool->path = mem_strdup(source->path);
	pool->waiting_end = &pool->waiting;
	uv_mutex_init(&pool->mutex);
	uv_cond_init(&pool->ended);
	pool->rest = MEM_NEW(uv_timer_t);
	uv_timer_init(loop, pool->rest);
	uv_unref((uv_handle_t *)pool->rest);
	pool->rest->data = pool;
	return pool;
}

void pool_free(struct pool *pool)
{
	struct store_read_job *job;
	struct reader *reader;

	if (pool == NULL)
		return;
	uv_close((uv_handle_t *)pool->rest, on_timer_closed);
	for (job = pool->jobs; job != NULL; job = job->next)
		store_read_cancel(job);
	uv_mutex_lock(&pool->mutex);
	while (pool->unfinished > 0)
		uv_cond_wait(&pool->ended, &pool->mutex);
	uv_mutex_unlock(&pool->mutex);
	for (job = pool->jobs; job != NULL; job = job->next)
		job->pool = NULL;
	while ((reader = pool->idle) != NULL) {
		pool->idle = reader->next;
		reader_free(reader);
	}
	uv_cond_destroy(&pool->ended);
	uv_mutex_destroy(&pool->mutex);
	free(pool->path);
	free(pool);
}

struct store_read_job *pool_start(struct pool *pool, struct store_read_job *job)
{
	job->pool = pool;
	job->work.data = job;
	atomic_init(&job->telling, false);
	atomic_init(&job->cancelled, false);
	job->next = pool->jobs;
	if (job->next != NULL)
		job->next->link = &job->next;
	job->link = &pool->jobs;
	pool->jobs = job;
	uv_mutex_lock(&pool->mutex);
	pool->unfinished++;
	uv_mutex_unlock(&pool->mutex);
	if (job->costly && pool->costly >= COSTLY_MAX)
		wait_in_turn(job);
	else
		begin(job);
	return job;
}

/* To SQLite the check of all pages is one step, however many: its progress is told
 * too late. */
static void interrupt(struct store_read_job *job)
{
	uv_mutex_lock(&job->pool->mutex);
	if (job->used != NULL)
		sqlite3_interrupt(job->used);
	uv_mutex_unlock(&job->pool->mutex);
}

static void wait_a_little(unsigned tries)
{
	static const struct timespec pause = { 0, SLEEP_NS };

	if (tries < YIELDS_MAX)
		sched_yield();
	else
		nanosleep(&pause, NULL);
}

void store_read_cancel(struct store_read_job *job)
{
	unsigned tries = 0;

	if (job == NULL || is_cancelled(job))
		return;
	atomic_store(&job->cancelled, true);
	if (job->pool == NULL)
		return; /* it was not begun, or its pool is closed */
	interrupt(job);
	while (atomic_load(&job->telling))
		wait_a_little(tries++);
	if (job->costly && wait_no_more(job))
		begin(job); /* which ends it, from the loop */
	if (uv_cancel((uv_req_t *)&job->work) == 0)
		end_one(job->pool); /* no thread will come for it */
}

/* Each side writes its own word and then reads the other's, so that one of them sees
 * the other at least. */
bool read_telling(struct store_read_job *job)
{
	atomic_store(&job->telling, true);
	if (!is_cancelled(job))
		return true;
	atomic_store(&job->telling, false);
	return false;
}

void read_told(struct store_read_job *job)
{
	atomic_store_explicit(&job->telling, false, memory_order_release);
}

void read_uses(struct store_read_job *job, sqlite3 *handle)
{
	uv_mutex_lock(&job->pool->mutex);
	job->used = handle;
	uv_mutex_unlock(&job->pool->mutex);
}
