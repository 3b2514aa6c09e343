#include "many.h"

/*
 * An item is kept once: the ways in which feeds have led other readers astray,
 * each as documents one after another and what is listed at the end.
 */

static void ids_that_go_from_http_to_https_are_the_same(void **state)
{
	two_documents(*state, 10, "http://e.org/?p=%d", "http://e.org/%d", "https://e.org/?p=%d",
		"https://e.org/%d");
	assert_int_equal(((struct world *)*state)->delta.rekeyed, 10);
	assert_int_equal(((struct world *)*state)->delta.changed, 0);
	nothing_came_twice(*state, 10);
}

static void ids_that_lose_www_are_the_same(void **state)
{
	two_documents(*state, 10, "https://www.e.org/%d/", "https://www.e.org/%d/",
		"https://e.org/%d", "https://e.org/%d");
	nothing_came_twice(*state, 10);
}

static void a_new_host_is_known_by_titles_and_dates(void **state)
{
	two_documents(*state, 10, "https://old.example/%d", "https://old.example/%d",
		"https://new.example/a-%d", "https://new.example/a-%d");
	nothing_came_twice(*state, 10);
}

static void random_ids_at_every_generation_are_known_by_their_links(void **state)
{
	two_documents(*state, 10, "urn:uuid:1111-%d", "https://e.org/%d", "urn:uuid:2222-%d",
		"https://e.org/%d");
	nothing_came_twice(*state, 10);
}

static void volatile_tokens_in_links_are_no_new_items(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[2] = {
		{ .url = "https://e.org/a?v=token1",
			.title = "A",
			.text = "a",
			.published_s = NOW - 10 },
		{ .url = "https://e.org/b?v=token2",
			.title = "B",
			.text = "b",
			.published_s = NOW - 20 },
	};

	INGEST(w, feed, items);
	items[0].url = "https://e.org/a?v=token3";
	items[1].url = "https://e.org/b?v=token4";
	INGEST(w, feed, items);
	nothing_came_twice(w, 2);
}

static void two_edges_with_ids_of_their_own_are_one_feed(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words a[10], b[10];
	char memory_a[10][4][64], memory_b[10][4][64];
	int i;

	many(a, memory_a, 10, "edge-a-%d", "https://e.org/%d", 0);
	many(b, memory_b, 10, "edge-b-%d", "https://e.org/%d", 0);
	INGEST(w, feed, a);
	for (i = 0; i < 3; i++) {
		INGEST(w, feed, b);
		nothing_came_twice(w, 10);
		INGEST(w, feed, a);
		nothing_came_twice(w, 10);
		assert_int_equal(w->delta.changed, 0);
	}
}

static void an_empty_document_and_a_full_one_again_bring_nothing_new(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[10];
	char memory[10][4][64];

	many(items, memory, 10, "id-%d", "https://e.org/%d", 0);
	INGEST(w, feed, items);
	world_ingest(w, feed, items, 0);
	assert_false(w->delta.gap);
	assert_int_equal(world_count(w, NULL), 10);
	INGEST(w, feed, items);
	nothing_came_twice(w, 10);
	assert_string_equal(
		world_sql(w, "SELECT count(*) FROM item WHERE left_s IS NOT NULL"), "0");
}

static void a_window_that_slides_back_brings_nothing_new(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[20];
	char memory[20][4][64];

	many(items, memory, 20, "id-%d", "https://e.org/%d", 0);
	world_ingest(w, feed, items + 10, 10);
	world_ingest(w, feed, items, 10);
	assert_true(w->delta.gap);
	assert_int_equal(w->delta.fresh, 10);
	world_ingest(w, feed, items + 10, 10);
	nothing_came_twice(w, 20);
}

static void an_item_of_another_feed_is_another_item(void **state)
{
	struct world *w = *state;
	int64_t first = world_add(w, "https://e.org/feed"), second;
	struct words items[2];
	char memory[2][4][64];

	second = world_add(w, "https://e.net/feed");
	many(items, memory, 2, "id-%d", "https://e.org/%d", 0);
	INGEST(w, first, items);
	INGEST(w, second, items);
	assert_int_equal(w->delta.fresh, 2);
	assert_int_equal(world_count(w, NULL), 4);
}

static void ids_differ_by_case(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	const struct words items[] = {
		{ .guid = "AbC", .url = "https://e.org/1", .title = "One" },
		{ .guid = "abc", .url = "https://e.org/2", .title = "Two" },
	};

	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 2);
}

static void equal_titles_are_no_reason_to_mix_items_up(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	const struct words before[] = {
		{ .guid = "1",
			.url = "https://e.org/1",
			.title = "Weekly links",
			.published_s = NOW - 9 * DAY },
		{ .guid = "2",
			.url = "https://e.org/2",
			.title = "Weekly links",
			.published_s = NOW - 8 * DAY },
	};
	const struct words after[] = {
		{ .guid = "3",
			.url = "https://e.org/3",
			.title = "Weekly links",
			.published_s = NOW - DAY },
		{ .guid = "2",
			.url = "https://e.org/2",
			.title = "Weekly links",
			.published_s = NOW - 8 * DAY },
	};

	INGEST(w, feed, before);
	INGEST(w, feed, after);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.rekeyed, 0);
	assert_int_equal(world_count(w, NULL), 3);
}

static void what_is_still_shown_is_not_taken_for_another(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	const struct words before[] = {
		{ .guid = "1", .url = "https://e.org/a", .title = "A", .published_s = NOW - DAY },
	};
	const struct words after[] = {
		{ .guid = "2", .url = "https://e.org/a", .title = "A", .published_s = NOW - DAY },
		{ .guid = "1", .url = "https://e.org/a", .title = "A", .published_s = NOW - DAY },
	};

	INGEST(w, feed, before);
	INGEST(w, feed, after);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.rekeyed, 0);
}

static void a_part_of_a_document_proves_no_absence(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[10], others[2];
	char memory[10][4][64], other_memory[2][4][64];

	many(items, memory, 10, "id-%d", "https://e.org/%d", 0);
	INGEST(w, feed, items);
	many(others, other_memory, 2, "re-%d", "https://e.org/%d", 0);
	world_ingest_doc(w, feed, words_doc(others, 2), false);
	assert_int_equal(w->delta.fresh, 2);
	assert_int_equal(w->delta.rekeyed, 0);
	assert_string_equal(
		world_sql(w, "SELECT count(*) FROM item WHERE left_s IS NOT NULL"), "0");
}

static void a_flood_under_new_ids_is_recognised(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[40];
	char memory[40][4][64];
	size_t i;

	many(items, memory, 40, "old-%d", "https://e.org/%d", 0);
	INGEST(w, feed, items);
	/* A new CMS: other ids, links, dates; the titles stay. */
	many(items, memory, 40, "new-%d", "https://e.net/post/%d", 0);
	for (i = 0; i < 40; i++)
		items[i].published_s += 3 * DAY;
	w->now_s += HOUR;
	INGEST(w, feed, items);
	nothing_came_twice(w, 40);
	assert_int_equal(w->delta.rekeyed, 40);
}

static void a_familiar_flood_with_other_titles_is_silent(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[40];
	char memory[40][4][64];
	size_t i;

	many(items, memory, 40, "old-%d", "https://e.org/%d", 0);
	INGEST(w, feed, items);
	many(items, memory, 40, "new-%d", "https://e.org/%d", 0);
	for (i = 0; i < 40; i++) {
		snprintf(memory[i][2], sizeof(memory[i][2]), "Renamed %zu", i);
		items[i].published_s += 3 * DAY;
	}
	w->now_s += HOUR;
	INGEST(w, feed, items);
	nothing_came_twice(w, 40);
	assert_int_equal(w->delta.rekeyed, 40);
	assert_int_equal(w->delta.changed, 0);
}

static void an_edit_that_comes_under_a_new_id_is_told(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words before[] = {
		{ .guid = "a", .title = "One", .url = "https://e.org/1", .text = "<p>first" },
		{ .title = "Note", .published_s = NOW - DAY, .text = "<p>first" }
	};
	struct words after[] = {
		{ .guid = "b", .title = "One", .url = "https://e.org/1", .text = "<p>second" },
		{ .title = "Note", .published_s = NOW - DAY, .text = "<p>second" }
	};

	INGEST(w, feed, before);
	w->now_s += HOUR;
	INGEST(w, feed, after);
	nothing_came_twice(w, 2);
	assert_int_equal(w->delta.rekeyed, 2);
	assert_int_equal(w->delta.changed, 2);
}

static void notes_without_titles_are_known_by_links_and_dates(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[10];
	char memory[10][4][64];
	size_t i;

	many(items, memory, 10, "old-%d", "https://e.org/%d", 0);
	for (i = 0; i < 10; i++)
		items[i].title = NULL;
	INGEST(w, feed, items);
	many(items, memory, 10, "new-%d", "https://e.org/%d", 0);
	for (i = 0; i < 10; i++)
		items[i].title = NULL;
	INGEST(w, feed, items);
	nothing_came_twice(w, 10);
	for (i = 0; i < 10; i++) { /* and where they have no dates, by all that they are */
		items[i].published_s = 0;
		items[i].date = "";
	}
	INGEST(w, feed, items);
	many(items, memory, 10, "newest-%d", "https://e.org/%d", 0);
	for (i = 0; i < 10; i++) {
		items[i].title = NULL;
		items[i].published_s = 0;
	}
	INGEST(w, feed, items);
	nothing_came_twice(w, 10);
}

static void edited_titles_under_new_ids_are_known_by_links_and_dates(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[10];
	char memory[10][4][64];
	size_t i;

	many(items, memory, 10, "old-%d", "https://e.org/%d", 0);
	INGEST(w, feed, items);
	many(items, memory, 10, "new-%d", "https://e.org/%d", 0);
	for (i = 0; i < 10; i++)
		snprintf(memory[i][2], sizeof(memory[i][2]), "Title %zu - Blog", i);
	INGEST(w, feed, items);
	nothing_came_twice(w, 10);
	assert_int_equal(w->delta.rekeyed, 10);
}

static void a_moment_may_be_written_in_another_way(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://old.example/feed");
	struct words items[10];
	char memory[10][4][64], dates[10][64];
	size_t i;

	many(items, memory, 10, "old-%d", "https://old.example/%d", 0);
	INGEST(w, feed, items);
	many(items, memory, 10, "new-%d", "https://new.example/p/%d", 0);
	for (i = 0; i < 10; i++) {
		snprintf(dates[i], sizeof(dates[i]), "%zu o'clock", i);
		items[i].date = dates[i];
	}
	INGEST(w, feed, items);
	nothing_came_twice(w, 10);
	assert_int_equal(w->delta.rekeyed, 10);
}

static void an_archive_that_opens_is_stored_and_not_told(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[60];
	char memory[60][4][64];
	size_t i;

	many(items, memory, 60, "id-%d", "https://e.org/%d", 0);
	for (i = 10; i < 60; i++)
		items[i].published_s = NOW - 400 * DAY;
	world_ingest(w, feed, items, 10);
	world_ingest(w, feed, items, 60);
	assert_int_equal(w->delta.backfill, 50);
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(world_count(w, NULL), 60);
}

/* The last look was by a clock that was years ahead; what is of today is no archive. */
static void news_after_a_clock_that_was_ahead_is_told(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[60];
	char memory[60][4][64];

	many(items, memory, 60, "id-%d", "https://e.org/%d", 0);
	w->now_s += 3650 * DAY;
	world_ingest(w, feed, items, 10);
	w->now_s -= 3650 * DAY;
	world_ingest(w, feed, items, 60);
	assert_int_equal(w->delta.backfill, 0);
	assert_int_equal(w->delta.fresh, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(ids_that_go_from_http_to_https_are_the_same),
		TEST(ids_that_lose_www_are_the_same),
		TEST(a_new_host_is_known_by_titles_and_dates),
		TEST(random_ids_at_every_generation_are_known_by_their_links),
		TEST(volatile_tokens_in_links_are_no_new_items),
		TEST(two_edges_with_ids_of_their_own_are_one_feed),
		TEST(an_empty_document_and_a_full_one_again_bring_nothing_new),
		TEST(a_window_that_slides_back_brings_nothing_new),
		TEST(an_item_of_another_feed_is_another_item),
		TEST(ids_differ_by_case),
		TEST(equal_titles_are_no_reason_to_mix_items_up),
		TEST(what_is_still_shown_is_not_taken_for_another),
		TEST(a_part_of_a_document_proves_no_absence),
		TEST(a_flood_under_new_ids_is_recognised),
		TEST(a_familiar_flood_with_other_titles_is_silent),
		TEST(an_edit_that_comes_under_a_new_id_is_told),
		TEST(notes_without_titles_are_known_by_links_and_dates),
		TEST(edited_titles_under_new_ids_are_known_by_links_and_dates),
		TEST(a_moment_may_be_written_in_another_way),
		TEST(an_archive_that_opens_is_stored_and_not_told),
		TEST(news_after_a_clock_that_was_ahead_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
