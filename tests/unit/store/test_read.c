#include "world.h"

#include <sched.h>
#include <stdatomic.h>

#include "daemon/store/store_copies.h"

/* A read that is taken back while it is at work, on a thread of the pool. */

struct trial {
	struct store_position position;
	atomic_bool inside, cancelling, over;
	unsigned rows; /* not atomic: nobody may tell when the cancelling is over */
	unsigned done;
	int yields; /* how long a row takes; beside busy neighbours each is milliseconds */
};

static int on_trial_row(void *ctx, const struct store_item *item)
{
	struct trial *trial = ctx;

	(void)item;
	atomic_store(&trial->inside, true);
	while (!atomic_load(&trial->cancelling))
		sched_yield();
	/* Whoever does not wait has time enough to go on. */
	for (int i = 0; i < trial->yields; i++)
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

static struct store_read_job *start(struct world *w, struct trial *trial, int yields)
{
	static struct store_filter filter;
	struct store_page page = { .filter = &filter, .limit = 100, .position = &trial->position };

	filter_any(&filter);
	*trial = (struct trial){ .yields = yields };
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
	job = start(w, &trial, 1000);
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
		struct store_read_job *job = start(w, &trial, 10);
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

/* ------------------------------------------------------------ costly ---- */

#define TEXTS 2000u
#define TEXT_LENGTH 600u
#define SLOW "content =~ \"^.*[a-d].{300}z\"" /* minutes, with that many texts */

struct counting {
	uint64_t count;
	unsigned done; /* as which one of all, from 1 */
	bool failed;
};

static unsigned counted;

static void on_costly(void *ctx, uint64_t count, const struct err *err)
{
	struct counting *counting = ctx;

	counting->count = count;
	counting->done = ++counted;
	counting->failed = err != NULL;
}

static struct store_read_job *ask(struct world *w, const char *where, struct counting *counting)
{
	struct store_filter filter;

	filter_any(&filter);
	filter.where = where;
	*counting = (struct counting){ 0 };
	return store_count(w->store, &filter, on_costly, counting);
}

/* No two are alike, so that nothing of the one helps with the next. */
static void fill_with_texts(struct world *w)
{
	struct words *items = MEM_ARRAY(TEXTS, struct words);
	uint32_t random = 1;

	for (unsigned i = 0; i < TEXTS; i++) {
		char *text = MEM_ARRAY(TEXT_LENGTH + 1, char);

		for (unsigned k = 0; k < TEXT_LENGTH; k++) {
			random = random * 1664525u + 1013904223u;
			text[k] = "abcdefgh"[random >> 29];
		}
		items[i].guid = mem_printf("%u", i);
		items[i].text = text;
	}
	world_ingest(w, world_add(w, "https://e.org/feed"), items, TEXTS);
	for (unsigned i = 0; i < TEXTS; i++) {
		free((void *)(uintptr_t)items[i].guid);
		free((void *)(uintptr_t)items[i].text);
	}
	free(items);
}

static void costly_reads_leave_a_thread_and_end_when_cancelled(void **state)
{
	struct world *w = *state;
	struct store_read_job *jobs[6];
	struct counting costly[6], last;

	fill_with_texts(w);
	for (int i = 0; i < 6; i++)
		jobs[i] = ask(w, SLOW, &costly[i]);
	assert_int_equal(world_count(w, NULL), TEXTS);
	for (int i = 0; i < 6; i++)
		assert_int_equal(costly[i].done, 0);
	/* One that waits, ones at work, and those that took their turn. */
	store_read_cancel(jobs[4]);
	for (int i = 0; i < 6; i++)
		store_read_cancel(jobs[i]);
	ask(w, "content =~ \"a\"", &last);
	while (last.done == 0)
		uv_run(&w->loop, UV_RUN_ONCE);
	assert_false(last.failed);
	assert_int_equal(last.count, TEXTS);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	for (int i = 0; i < 6; i++)
		assert_int_equal(costly[i].done, 0);
}

static void costly_reads_come_in_their_order(void **state)
{
	struct world *w = *state;
	struct store_read_job *jobs[3];
	struct counting slow[3], quick[3];

	fill_with_texts(w);
	for (int i = 0; i < 3; i++)
		jobs[i] = ask(w, SLOW, &slow[i]);
	for (int i = 0; i < 3; i++)
		ask(w, "content =~ \"b\"", &quick[i]);
	store_read_cancel(jobs[1]);
	for (int i = 0; i < 3; i++) {
		while (quick[i].done == 0)
			uv_run(&w->loop, UV_RUN_ONCE);
		assert_int_equal(quick[i].count, TEXTS);
	}
	assert_true(quick[0].done < quick[1].done && quick[1].done < quick[2].done);
	assert_int_equal(slow[0].done + slow[2].done, 0);
	store_read_cancel(jobs[0]);
	/* The last one is left to the end of the store. */
}

/* Names of attributes are known however they are written. */
static void an_article_costs_as_much_by_any_name(void **state)
{
	struct world *w = *state;
	struct store_read_job *jobs[4];
	struct counting slow[3], capital;

	fill_with_texts(w);
	for (int i = 0; i < 3; i++)
		jobs[i] = ask(w, SLOW, &slow[i]);
	jobs[3] = ask(w, "Content # \"b\"", &capital);
	assert_int_equal(world_count(w, NULL), TEXTS);
	assert_int_equal(capital.done, 0);
	for (int i = 0; i < 4; i++)
		store_read_cancel(jobs[i]);
}

struct dumping {
	atomic_bool *go_on;
	uint64_t until_ns; /* so that who waits for it in vain is told */
	bool done;
};

static int on_piece(void *ctx, const char *text, size_t length)
{
	const struct dumping *dumping = ctx;

	(void)text;
	(void)length;
	while (!atomic_load(dumping->go_on) && uv_hrtime() < dumping->until_ns)
		sched_yield();
	return 0;
}

static void on_dumped(void *ctx, uint64_t lines, bool more, const struct err *err)
{
	struct dumping *dumping = ctx;

	(void)more;
	assert_null(err);
	assert_int_not_equal(lines, 0);
	dumping->done = true;
}

/* Its disk may be as slow as it likes. */
static void a_dump_leaves_a_thread_to_others(void **state)
{
	struct world *w = *state;
	uint64_t until_ns = uv_hrtime() + 10000000000ull;
	atomic_bool go_on = false;
	struct dumping dumps[5];

	fill(w);
	for (int i = 0; i < 5; i++) {
		dumps[i] = (struct dumping){ &go_on, until_ns, false };
		store_dump(w->store, false, on_piece, on_dumped, &dumps[i]);
	}
	assert_int_equal(world_count(w, NULL), 3);
	for (int i = 0; i < 5; i++)
		assert_false(dumps[i].done);
	atomic_store(&go_on, true);
	for (int i = 0; i < 5; i++)
		while (!dumps[i].done)
			uv_run(&w->loop, UV_RUN_ONCE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			who_cancels_waits_for_the_row_that_is_told, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			nothing_is_told_behind_a_cancel, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(costly_reads_leave_a_thread_and_end_when_cancelled,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			costly_reads_come_in_their_order, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			an_article_costs_as_much_by_any_name, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_dump_leaves_a_thread_to_others, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
