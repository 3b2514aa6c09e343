/* The journal of a queue that writes much, and what it gives back when it rests. */
#include <sys/stat.h>

#include "tests/unit/store/jobs.h"

/* ----------------------------------------------------------- journal ---- */

#define LONG 30           /* transactions of a thousand pages each */
#define JOURNAL_MAX 26000 /* pages */

static void set_copy(struct queue *queue, enum copy copy)
{
	uv_mutex_lock(&queue->mutex);
	queue->copy = copy;
	uv_cond_signal(&queue->wake);
	uv_mutex_unlock(&queue->mutex);
}

/* Of a disk that takes minutes for it: here a copy ends when we say so. */
static void who_waits_for_the_copy_gets_on(void **state)
{
	struct world *w = *state;
	struct queue *queue = w->store->queue;
	int result = 0;

	set_copy(queue, COPY_RUNNING);
	push_write(w,
		"WITH n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 30)"
		" INSERT INTO query SELECT i, hex(zeroblob(2048000)) FROM n",
		false, false, &result);
	while (atomic_load(&queue->wal_pages) < JOURNAL_MAX)
		uv_sleep(1);
	for (int i = 0; i < 4; i++)
		assert_true(gets_on_soon(queue));
	uv_run(&w->loop, UV_RUN_NOWAIT);
	assert_int_equal(result, 0);
	set_copy(queue, COPY_DONE);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(result, 1);
}

/* However fast they come, and though it is copied beside them. */
static void a_journal_has_an_end(void **state)
{
	struct world *w = *state;
	char sql[128];
	struct stat st;

	for (int i = 0; i < LONG; i++) {
		int result = 0;

		snprintf(sql, sizeof(sql),
			"INSERT INTO query VALUES ('%d', hex(zeroblob(2048000)))", i);
		push_write(w, sql, false, false, &result);
		while (result == 0)
			uv_run(&w->loop, UV_RUN_ONCE);
		assert_int_equal(result, 1);
	}
	snprintf(sql, sizeof(sql), "%s-wal", w->store->path);
	assert_int_equal(stat(sql, &st), 0);
	assert_true(st.st_size < JOURNAL_MAX * 4120L);
	assert_string_equal(world_sql(w, "SELECT count(*) || ' ' || sum(length(expr)) FROM query"),
		"30 122880000");
	assert_string_equal(world_sql(w, "PRAGMA integrity_check"), "ok");
}

/* -------------------------------------------------------------- rest ---- */

#define QUIET_MS 6000 /* a little longer than it has to be quiet */
#define RESTS_MAX 5   /* where the machine is busy with something else */

struct measure_job {
	struct job job;
	int what; /* SQLITE_DBSTATUS_* */
	int *out_value;
};

static int measure_run(struct job *job, struct writer *writer, struct err *err)
{
	int most;

	(void)err;
	return sqlite3_db_status(writer->db.handle, ((struct measure_job *)job)->what,
		((struct measure_job *)job)->out_value, &most, 0);
}

/* Of the writing connection. */
static int measure(struct world *w, int what)
{
	struct measure_job *job = MEM_NEW(struct measure_job);
	int value = -1;

	job->job.run = measure_run;
	job->job.release = job_free;
	job->what = what;
	job->out_value = &value;
	queue_push(w->store->queue, &job->job);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	return value;
}

static void a_large_transaction_leaves_memory_early(void **state)
{
	struct world *w = *state;
	int result = 0;

	push_write(w,
		"WITH n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20)"
		" INSERT INTO query SELECT i, hex(zeroblob(1024000)) FROM n",
		false, false, &result);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(result, 1);
	assert_true(measure(w, SQLITE_DBSTATUS_CACHE_SPILL) > 0);
}

static void pages_are_given_back_when_it_is_quiet(void **state)
{
	struct world *w = *state;
	int result = 0, bytes;

	push_write(
		w, "INSERT INTO query VALUES ('a', hex(zeroblob(512000)))", false, false, &result);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(result, 1);
	bytes = measure(w, SQLITE_DBSTATUS_CACHE_USED);
	assert_true(bytes > 1000000);
	for (int i = 0; i < RESTS_MAX && bytes > 100000; i++) {
		uv_sleep(QUIET_MS);
		bytes = measure(w, SQLITE_DBSTATUS_CACHE_USED);
	}
	assert_in_range(bytes, 0, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			who_waits_for_the_copy_gets_on, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(a_journal_has_an_end, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_large_transaction_leaves_memory_early, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			pages_are_given_back_when_it_is_quiet, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
