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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			other_ids_are_looked_up_once_for_all_items, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
