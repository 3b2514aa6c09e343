#include "world.h"

#include <sched.h>
#include <stdatomic.h>

/* A read that is taken back while it is at work, on a thread of the pool. */

struct trial {
	struct store_position position;
	atomic_bool inside, cancelling, over;
	unsigned rows; /* not atomic: nobody may tell when the cancelling is over */
	unsigned done;
};

static int on_trial_row(void *ctx, const struct store_item *item)
{
	struct trial *trial = ctx;

	(void)item;
	atomic_store(&trial->inside, true);
	while (!atomic_load(&trial->cancelling))
		sched_yield();
	/* Whoever does not wait has time enough to go on. */
	for (int i = 0; i < 1000; i++)
		sched_yield();
	trial->rows++;
	atomic_store(&trial->over, true);
	return 0;
}

static void on_trial_page(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct trial *trial = ctx;

	(void)rows;
	(void)more;
	(void)err;
	trial->done++;
}

static struct store_read_job *start(struct world *w, struct trial *trial)
{
	static struct store_filter filter;
	struct store_page page = { .filter = &filter, .limit = 100, .position = &trial->position };

	filter_any(&filter);
	*trial = (struct trial){ .rows = 0 };
	return store_items(w->store, &page, on_trial_row, on_trial_page, trial);
}

static void fill(struct world *w)
{
	static const struct words items[] = {
		{ .guid = "a", .title = "A" },
		{ .guid = "b", .title = "B" },
		{ .guid = "c", .title = "C" },
	};

	INGEST(w, world_add(w, "https://e.org/feed"), items);
}

static void who_cancels_waits_for_the_row_that_is_told(void **state)
{
	struct world *w = *state;
	struct store_read_job *job;
	struct trial trial;

	fill(w);
	job = start(w, &trial);
	while (!atomic_load(&trial.inside))
		sched_yield();
	atomic_store(&trial.cancelling, true);
	store_read_cancel(job);
	assert_true(atomic_load(&trial.over));
	assert_int_equal(trial.rows, 1);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(trial.rows, 1);
	assert_int_equal(trial.done, 0);
}

/* Whether it has begun by then is anybody's guess. */
static void nothing_is_told_behind_a_cancel(void **state)
{
	struct world *w = *state;
	struct trial trial;

	fill(w);
	for (int i = 0; i < 100; i++) {
		struct store_read_job *job = start(w, &trial);
		unsigned rows;

		atomic_store(&trial.cancelling, true);
		for (int k = 0; k < i; k++)
			sched_yield();
		store_read_cancel(job);
		rows = trial.rows;
		uv_run(&w->loop, UV_RUN_DEFAULT);
		assert_int_equal(trial.rows, rows);
		assert_int_equal(trial.done, 0);
		store_position_release(&trial.position);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			who_cancels_waits_for_the_row_that_is_told, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			nothing_is_told_behind_a_cancel, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
