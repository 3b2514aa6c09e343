#include "many.h"

/*
 * What retention removed stays away when the feed gives its ids other addresses.
 */

/* Items from..to of the feed, with ids and links by a format each. */
static void show(struct world *w, int64_t feed, const char *format, size_t from, size_t to)
{
	struct words items[64];
	char memory[64][4][64];

	many(items, memory, to - from, format, "https://e.org/%d", from);
	world_ingest(w, feed, items, to - from);
}

/* Ten came, and all but the last two are gone. */
static int64_t bury_eight(struct world *w, const char *format)
{
	int64_t feed = world_add(w, "https://e.org/feed");

	show(w, feed, format, 0, 10);
	assert_int_equal(w->delta.fresh, 10);
	world_mark_all(w, STORE_MARK_READ, NULL, 1000);
	show(w, feed, format, 8, 10);
	w->now_s += 91 * DAY;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 2);
	return feed;
}

static void ids_that_go_to_https_dig_nothing_up(void **state)
{
	struct world *w = *state;
	int64_t feed = bury_eight(w, "http://e.org/p/%d/");

	show(w, feed, "http://e.org/p/%d/", 4, 10);
	nothing_came_twice(w, 2);
	show(w, feed, "https://e.org/p/%d/", 4, 10);
	assert_int_equal(w->delta.rekeyed, 2);
	nothing_came_twice(w, 2);
	/* Twice over, and what was not shown in between, too. */
	show(w, feed, "https://www.e.org/p/%d", 0, 11);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(world_count(w, NULL), 3);
	show(w, feed, "https://www.e.org/p/%d", 8, 11);
	show(w, feed, "https://e.org/p/%d", 0, 11);
	nothing_came_twice(w, 3);
}

static void nor_does_a_part_of_a_document(void **state)
{
	struct world *w = *state;
	int64_t feed = bury_eight(w, "http://e.org/p/%d");
	struct words items[8];
	char memory[8][4][64];

	many(items, memory, 8, "https://e.org/p/%d", "https://e.org/%d", 0);
	world_ingest_doc(w, feed, words_doc(items, 8), false);
	nothing_came_twice(w, 2);
}

static void two_ids_of_one_document_are_two_items(void **state)
{
	static const struct words both[] = { { .guid = "http://e.org/p/0", .title = "Title 0" },
		{ .guid = "https://e.org/p/0", .title = "Another" } };
	struct world *w = *state;
	int64_t feed = bury_eight(w, "http://e.org/p/%d");

	INGEST(w, feed, both);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(world_count(w, NULL), 3);
}

/* Of two that have the same but for the www., one went. */
static void the_living_come_first(void **state)
{
	static const struct words both[] = {
		{ .guid = "http://e.org/p", .title = "One", .url = "https://e.org/1" },
		{ .guid = "http://www.e.org/p", .title = "Two", .url = "https://e.org/2" }
	};
	static const struct words moved[] = {
		{ .guid = "https://www.e.org/p", .title = "Two", .url = "https://e.org/2" }
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, both);
	world_mark(w, STORE_MARK_READ, "http://e.org/p", NULL);
	world_ingest(w, feed, &both[1], 1);
	w->now_s += 91 * DAY;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 1);
	INGEST(w, feed, moved);
	assert_int_equal(w->delta.rekeyed, 1);
	nothing_came_twice(w, 1);
}

/* An id that all items have is that of none. */
static void an_id_that_lies_buries_nothing_else(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	show(w, feed, "http://e.org/", 0, 10);
	assert_string_equal(world_sql(w, "SELECT id_policy FROM feed"), "1");
	world_mark_all(w, STORE_MARK_READ, NULL, 1000);
	show(w, feed, "http://e.org/", 8, 10);
	w->now_s += 91 * DAY;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 2);
	show(w, feed, "http://e.org/", 10, 11);
	assert_int_equal(w->delta.fresh, 1);
}

static void of_ids_that_are_no_addresses_a_key_is_kept(void **state)
{
	struct world *w = *state;

	bury_eight(w, "urn:item:%d");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM key WHERE item_id IS NULL"), "8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(ids_that_go_to_https_dig_nothing_up),
		TEST(nor_does_a_part_of_a_document),
		TEST(two_ids_of_one_document_are_two_items),
		TEST(the_living_come_first),
		TEST(an_id_that_lies_buries_nothing_else),
		TEST(of_ids_that_are_no_addresses_a_key_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
