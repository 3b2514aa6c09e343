#include "daemon/store/queue_internal.h"

#include "many.h"
#include "cache.h"

/* Marks that wait for their items, and what that costs the documents that come. */

#define WAITING 3000
#define SHOWN 300

/* Thousands wait, most of them for ever, and the feed gives no ids and other links with
 * each document. */
static void what_waits_keeps_no_document_waiting(void **state)
{
	static const char cache[] = CACHE_TABLES
		"INSERT INTO rss_item (guid, url, title, feedurl, unread)"
		" WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000)"
		" SELECT format('https://e.org/%dTue, 14 Nov 2023 22:13:20 GMT', i),"
		" format('https://e.org/%d', i), 'T ' || i, 'https://e.org/feed', 0 FROM n;";
	struct words shown[SHOWN];
	char memory[SHOWN][4][64];
	struct world *w = *state;
	unsigned before;

	import_cache(w, cache);
	assert_int_equal(restored.waiting, WAITING);
	many(shown, memory, SHOWN, "", "https://o.org/%d?token=a", 0);
	world_ingest(w, 1, shown, SHOWN);
	assert_int_equal(w->delta.fresh, SHOWN);
	world_wait_for_index(w); /* that makes steps, too */
	many(shown, memory, SHOWN, "", "https://o.org/%d?token=b", 0);
	shown[7].url = "https://e.org/7";
	before = atomic_load(&w->store->queue->steps);
	world_ingest(w, 1, shown, SHOWN);
	assert_int_equal(w->delta.rekeyed, SHOWN);
	assert_in_range(atomic_load(&w->store->queue->steps) - before, 0, 30);
	assert_string_equal(
		world_sql(w, "SELECT group_concat(title) FROM item WHERE read"), "Title 7");
}

/* What an item that has no id is called is looked up only where such a name waits. */
static void a_single_one_that_waits_is_looked_for_once(void **state)
{
	static const char cache[] = CACHE_TABLES
		"INSERT INTO rss_item (guid, url, title, feedurl, unread) VALUES"
		" ('z', '', '', 'https://e.org/feed', 0);";
	struct words *shown = MEM_ARRAY(WAITING, struct words);
	char(*memory)[4][64] = mem_alloc(WAITING * sizeof(*memory));
	struct world *w = *state;
	unsigned before;

	import_cache(w, cache);
	assert_int_equal(restored.waiting, 1);
	many(shown, memory, WAITING, "g-%d", "https://e.org/%d", 0);
	before = atomic_load(&w->store->queue->steps);
	world_ingest(w, 1, shown, WAITING);
	assert_in_range(atomic_load(&w->store->queue->steps) - before, 0, 100);
	free(shown);
	free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(what_waits_keeps_no_document_waiting),
		TEST(a_single_one_that_waits_is_looked_for_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
