#include "many.h"

#include "daemon/store/queue_internal.h"

/* Feeds that give all their items other ids, be it with each document: what that costs
 * grows with the items, and not with their square. */

#define MANY 3000

/* The steps of SQLite's machine that a document took, in hundreds of thousands. */
static unsigned steps_of(struct world *w, const char *id)
{
	struct words *items = MEM_ARRAY(MANY, struct words);
	char(*memory)[4][64] = mem_alloc(MANY * sizeof(*memory));
	unsigned before;

	many(items, memory, MANY, id, "https://e.org/%d", 0);
	w->now_s += HOUR;
	world_wait_for_index(w); /* that makes steps, too */
	before = atomic_load(&w->store->queue->steps);
	world_ingest(w, 1, items, MANY);
	free(items);
	free(memory);
	return atomic_load(&w->store->queue->steps) - before;
}

static void other_ids_are_looked_up_once_for_all_items(void **state)
{
	struct world *w = *state;
	unsigned first;

	world_add(w, "https://e.org/feed");
	first = steps_of(w, "a-%d");
	assert_int_equal(w->delta.fresh, MANY);
	assert_in_range(steps_of(w, "b-%d"), 0, 10 * first);
	assert_int_equal(w->delta.rekeyed, MANY);
	assert_in_range(steps_of(w, "c-%d"), 0, 10 * first);
	/* And one that it had before. */
	assert_in_range(steps_of(w, "a-%d"), 0, 10 * first);
	nothing_came_twice(w, MANY);
	/* It has its ident once, with the key that it has now. */
	assert_string_equal(world_sql(w, "SELECT count(*), count(DISTINCT item_id) FROM key"
					 " WHERE ident IS NOT NULL"),
		"3000|3000");
}

/* Nothing but the words tells who is who: no link and no date, or no title. */
static void ids_of_chance_make_nothing_new(void **state)
{
	static const struct words first[] = {
		{ .guid = "r1", .title = "One", .text = "one" },
		{ .guid = "r2", .title = "Two", .text = "two" },
		{ .guid = "r3", .text = "three", .published_s = NOW - 10 },
	};
	static const struct words then[] = {
		{ .guid = "s1", .title = "One", .text = "one" },
		{ .guid = "s2", .title = "Two", .text = "two" },
		{ .guid = "s3", .text = "three", .published_s = NOW - 10 },
		{ .guid = "s4", .title = "Four", .text = "four" },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, first);
	INGEST(w, feed, then);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.rekeyed, 3);
	assert_int_equal(w->delta.changed, 0);
	assert_int_equal(world_count(w, NULL), 4);
}

/* "The build failed", and again, among others whose ids hold. */
static void where_ids_hold_the_same_words_are_said_once_more(void **state)
{
	static const struct words first[] = {
		{ .guid = "1", .title = "Failed", .text = "the build" },
		{ .guid = "2", .title = "Passed", .text = "the build" },
	};
	static const struct words then[] = {
		{ .guid = "2", .title = "Passed", .text = "the build" },
		{ .guid = "3", .title = "Failed", .text = "the build" },
	};
	static const struct words alone[] = {
		{ .guid = "4", .title = "Passed", .text = "the build" },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, first);
	INGEST(w, feed, then);
	assert_int_equal(w->delta.fresh, 1);
	INGEST(w, feed, alone);
	assert_int_equal(w->delta.fresh, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			other_ids_are_looked_up_once_for_all_items, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			ids_of_chance_make_nothing_new, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(where_ids_hold_the_same_words_are_said_once_more,
			world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
