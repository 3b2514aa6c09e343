/* The queue of the store's jobs: what the loop is told before a commit, what one that
 * fails takes with it, and when it is said to get on. */
#include <stdatomic.h>
#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/queue_internal.h"
#include "tests/unit/store/jobs.h"

#define HELD 1000

/* Where a job on the writing thread waits for the loop. */
struct gate {
	uv_mutex_t mutex;
	uv_cond_t opened;
	bool open, entered; /* its job runs: a batch has begun, with that alone */
};

struct gate_job {
	struct job job;
	struct gate *gate;      /* or NULL */
	atomic_int *out_waited; /* 1: it opened; -1: it did not */
};

static void gate_open(struct gate *gate)
{
	uv_mutex_lock(&gate->mutex);
	gate->open = true;
	uv_cond_signal(&gate->opened);
	uv_mutex_unlock(&gate->mutex);
}

/* Until the writing thread stands there: what is pushed then comes in one piece. */
static void gate_await(struct gate *gate)
{
	bool entered;

	do {
		uv_mutex_lock(&gate->mutex);
		entered = gate->entered;
		uv_mutex_unlock(&gate->mutex);
	} while (!entered);
}

static int gate_run(struct job *job, struct writer *writer, struct err *err)
{
	struct gate_job *self = (struct gate_job *)job;
	struct gate *gate = self->gate;
	int waited = 0;

	(void)writer;
	(void)err;
	if (gate != NULL) {
		uv_mutex_lock(&gate->mutex);
		gate->entered = true;
		while (!gate->open && waited == 0)
			waited = uv_cond_timedwait(&gate->opened, &gate->mutex, PATIENCE_NS);
		uv_mutex_unlock(&gate->mutex);
	}
	atomic_store(self->out_waited, waited == 0 ? 1 : -1);
	return 0;
}

static void push(struct world *w, struct gate *gate, size_t bytes, atomic_int *out_waited)
{
	struct gate_job *job = MEM_NEW(struct gate_job);

	job->job.run = gate_run;
	job->job.release = job_free;
	job->job.document = job->job.own = true;
	job->job.bytes = bytes;
	job->gate = gate;
	job->out_waited = out_waited;
	queue_push(w->store->queue, &job->job);
}

static void room_is_told_in_the_middle_of_a_batch(void **state)
{
	struct world *w = *state;
	struct gate gates[2] = { 0 };
	atomic_int waited[3] = { 0 };

	for (int i = 0; i < 2; i++) {
		uv_mutex_init(&gates[i].mutex);
		uv_cond_init(&gates[i].opened);
	}
	/* One batch: the first waits until the others stand behind it. */
	push(w, &gates[0], 0, &waited[0]);
	push(w, NULL, HELD, &waited[1]);
	push(w, &gates[1], 0, &waited[2]);
	assert_int_equal(queue_bytes(w->store->queue), HELD);
	queue_wake_below(w->store->queue, HELD);
	gate_open(&gates[0]);
	/* The turn comes though the last one, and so the commit, waits for it. */
	do
		uv_run(&w->loop, UV_RUN_ONCE);
	while (queue_bytes(w->store->queue) > 0);
	gate_open(&gates[1]);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	for (int i = 0; i < 3; i++)
		assert_int_equal(atomic_load(&waited[i]), 1);
	for (int i = 0; i < 2; i++) {
		uv_cond_destroy(&gates[i].opened);
		uv_mutex_destroy(&gates[i].mutex);
	}
}

/* ----------------------------------------------------------- failing ---- */

/* In one batch, of documents and perhaps of something that a person asked for: a
 * and c are written, b fails when it has written. */
static void push_batch(struct world *w, bool person, int results[4])
{
	struct gate gate = { .open = false };
	atomic_int waited = 0;

	uv_mutex_init(&gate.mutex);
	uv_cond_init(&gate.opened);
	memset(results, 0, 4 * sizeof(results[0]));
	push(w, &gate, 0, &waited);
	gate_await(&gate);
	push_write(w, "INSERT INTO query VALUES ('a', '')", true, false, &results[0]);
	push_write(w, "INSERT INTO query VALUES ('b', '')", true, true, &results[1]);
	push_write(w, "INSERT INTO query VALUES ('c', '')", true, false, &results[2]);
	if (person)
		push_write(w, "INSERT INTO query VALUES ('p', '')", false, false, &results[3]);
	gate_open(&gate);
	while (results[2] == 0 || (person && results[3] == 0))
		uv_run(&w->loop, UV_RUN_ONCE);
	assert_int_equal(atomic_load(&waited), 1);
	uv_cond_destroy(&gate.opened);
	uv_mutex_destroy(&gate.mutex);
}

static void documents_fail_together_only_once(void **state)
{
	struct world *w = *state;
	int results[4];

	push_batch(w, false, results);
	assert_int_equal(results[0], -1);
	assert_int_equal(results[1], -1);
	assert_int_equal(results[2], -1);
	assert_string_equal(written(w), "");
	push_batch(w, false, results);
	assert_int_equal(results[0], 1);
	assert_int_equal(results[1], -1);
	assert_int_equal(results[2], 1);
	assert_string_equal(written(w), "ac");
}

static void what_a_person_asked_for_fails_with_no_document(void **state)
{
	struct world *w = *state;
	int results[4];

	push_batch(w, true, results);
	assert_int_equal(results[1], -1);
	assert_int_equal(results[3], 1);
	assert_string_equal(written(w), "acp");
}

/* It has a transaction of its own and no savepoint, and takes nothing along. */
static void a_large_job_stands_apart(void **state)
{
	struct gate gate = { .open = false };
	struct world *w = *state;
	struct write_job *large;
	atomic_int waited = 0;
	int results[4] = { 0 };

	uv_mutex_init(&gate.mutex);
	uv_cond_init(&gate.opened);
	push(w, &gate, 0, &waited);
	push_write(w, "INSERT INTO query VALUES ('a', '')", false, false, &results[0]);
	for (int i = 1; i <= 2; i++) {
		large = MEM_NEW(struct write_job);
		large->job = (struct job){
			.run = write_run, .done = write_done, .release = job_free, .large = true
		};
		large->sql = i == 1 ? "INSERT INTO query VALUES ('b', '')"
				    : "INSERT INTO query VALUES ('x', ''); RELEASE job";
		large->fails = i == 1;
		large->out_result = &results[i];
		queue_push(w->store->queue, &large->job);
	}
	push_write(w, "INSERT INTO query VALUES ('c', '')", true, false, &results[3]);
	gate_open(&gate);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(results[0], 1);
	assert_int_equal(results[1], -1);
	assert_int_equal(results[2], -1); /* there is no savepoint to release */
	assert_int_equal(results[3], 1);
	assert_string_equal(written(w), "ac");
	uv_cond_destroy(&gate.opened);
	uv_mutex_destroy(&gate.mutex);
}

static void a_document_that_wrote_nothing_fails_alone(void **state)
{
	struct world *w = *state;
	int results[2] = { 0, 0 };

	push_write(w, "SELECT 1", true, true, &results[0]);
	push_write(w, "INSERT INTO query VALUES ('a', '')", true, false, &results[1]);
	while (results[0] == 0 || results[1] == 0)
		uv_run(&w->loop, UV_RUN_ONCE);
	assert_int_equal(results[0], -1);
	assert_int_equal(results[1], 1);
	assert_string_equal(written(w), "a");
}

/* ------------------------------------------------------- the end ---- */

static struct queue *ending;
static atomic_bool begun;

/* Is in the middle of its work when the store is closed. */
static int last_run(struct job *job, struct writer *writer, struct err *err)
{
	bool closing = false;

	atomic_store(&begun, true);
	while (!closing) {
		uv_mutex_lock(&ending->mutex);
		closing = ending->closing;
		uv_mutex_unlock(&ending->mutex);
	}
	return write_run(job, writer, err);
}

static void a_stop_begins_no_further_document(void **state)
{
	struct world *w = *state;
	struct write_job *last = MEM_NEW(struct write_job);
	int results[3] = { 0 };

	ending = w->store->queue;
	atomic_store(&begun, false);
	*last = (struct write_job){ .job = { .run = last_run,
					    .done = write_done,
					    .release = job_free,
					    .document = true,
					    .own = true },
		.sql = "INSERT INTO query VALUES ('a', '')",
		.out_result = &results[0] };
	queue_push(ending, &last->job);
	while (!atomic_load(&begun))
		;
	push_write(w, "INSERT INTO query VALUES ('b', '')", true, false, &results[1]);
	push_write(w, "INSERT INTO query VALUES ('p', '')", false, false, &results[2]);
	world_close(w);
	world_open(w);
	assert_string_equal(written(w), "ap");
}

/* ------------------------------------------------- somebody's lock ---- */

/* The file is somebody else's when idle work is to begin, longer than SQLite waits. */
static struct {
	sqlite3 *other;
	struct queue_events *events;
	struct queue_events before;
	int found, result;
} lock;

/* On the writing thread, like all of these. */
static int on_locked(void *ctx, int times)
{
	(void)ctx;
	(void)times;
	if (lock.found++ == 0)
		return 0;
	return sqlite3_exec(lock.other, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK;
}

static void lock_it(void *ctx, const struct writer *writer)
{
	*lock.events = lock.before;
	lock.before.committed(ctx, writer);
	assert_int_equal(sqlite3_exec(lock.other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
}

static int later_run(struct job *job, struct writer *writer, struct err *err)
{
	(void)job;
	(void)err;
	if (lock.found > 0) {
		sqlite3_busy_timeout(writer->db.handle, 5000);
		return 0;
	}
	sqlite3_busy_handler(writer->db.handle, on_locked, NULL);
	lock.before = *lock.events;
	lock.events->committed = lock_it;
	return 1;
}

static void later_done(struct job *job, const struct err *err)
{
	(void)job;
	lock.result = err == NULL ? 1 : -1;
}

static void what_waits_for_idle_work_waits_for_a_lock_too(void **state)
{
	struct world *w = *state;
	struct job *job = MEM_NEW(struct job);

	memset(&lock, 0, sizeof(lock));
	lock.events = &w->store->queue->events;
	assert_int_equal(sqlite3_open(w->store->path, &lock.other), SQLITE_OK);
	*job = (struct job){ .run = later_run, .done = later_done, .release = job_free };
	queue_push(w->store->queue, job);
	while (lock.result == 0)
		uv_run(&w->loop, UV_RUN_ONCE);
	sqlite3_close(lock.other);
	assert_int_equal(lock.found, 2);
	assert_int_equal(lock.result, 1);
}

/* ------------------------------------------------------ getting on ---- */

static void who_has_nothing_to_do_gets_on(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 100; i++)
		assert_true(gets_on_soon(w->store->queue));
}

static void a_job_that_hangs_is_no_getting_on(void **state)
{
	struct gate gate = { .open = false };
	struct world *w = *state;
	struct queue *queue = w->store->queue;
	atomic_int waited = 0;

	uv_mutex_init(&gate.mutex);
	uv_cond_init(&gate.opened);
	push(w, &gate, 0, &waited);
	gate_await(&gate);
	(void)queue_gets_on(queue); /* it came there since */
	for (int i = 0; i < 100; i++)
		assert_false(queue_gets_on(queue));
	gate_open(&gate);
	assert_true(gets_on_soon(queue));
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(atomic_load(&waited), 1);
	uv_cond_destroy(&gate.opened);
	uv_mutex_destroy(&gate.mutex);
}

#define TRIES 20 /* more than a second */

static void who_waits_for_another_program_s_lock_gets_on(void **state)
{
	struct world *w = *state;
	sqlite3 *other;
	int result = 0;

	assert_int_equal(sqlite3_open(w->store->path, &other), SQLITE_OK);
	sqlite3_busy_timeout(other, 5000);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	push_write(w, "INSERT INTO query VALUES ('a', '')", false, false, &result);
	for (int i = 0; i < TRIES; i++)
		assert_true(gets_on_soon(w->store->queue));
	uv_run(&w->loop, UV_RUN_NOWAIT);
	assert_int_equal(result, 0);
	assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(result, 1);
	assert_string_equal(written(w), "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			room_is_told_in_the_middle_of_a_batch, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			documents_fail_together_only_once, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(what_a_person_asked_for_fails_with_no_document,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_document_that_wrote_nothing_fails_alone, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_large_job_stands_apart, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_stop_begins_no_further_document, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			what_waits_for_idle_work_waits_for_a_lock_too, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			who_has_nothing_to_do_gets_on, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_job_that_hangs_is_no_getting_on, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			who_waits_for_another_program_s_lock_gets_on, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
