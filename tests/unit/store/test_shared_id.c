#include "many.h"

/*
 * Ids that several items share: all of these are kept, and nothing that was removed is
 * dug up once the ids count for less.
 */

static void one_id_for_all_items_keeps_all_of_them(void **state)
{
	struct world *w = *state;

	two_documents(w, 10, "the-id", "https://e.org/%d", "the-id", "https://e.org/%d");
	nothing_came_twice(w, 10);
	assert_string_equal(world_sql(w, "SELECT id_policy FROM feed"), "1");
}

static void one_id_and_one_link_for_all_keeps_all_of_them(void **state)
{
	struct world *w = *state;

	two_documents(w, 10, "the-id", "https://e.org/", "the-id", "https://e.org/");
	nothing_came_twice(w, 10);
}

static void no_id_one_link_and_one_date_for_all_keeps_all_of_them(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://qwertee.example/rss");
	struct words items[6];
	char titles[6][16];
	size_t i;

	memset(items, 0, sizeof(items));
	for (i = 0; i < 6; i++) {
		snprintf(titles[i], sizeof(titles[i]), "Shirt %zu", i);
		items[i].url = "https://qwertee.example/";
		items[i].title = titles[i];
		items[i].published_s = NOW - DAY;
	}
	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 6);
	INGEST(w, feed, items);
	nothing_came_twice(w, 6);
}

static void a_policy_that_weakens_later_lists_nothing_again(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[12];
	char memory[12][4][64];

	many(items, memory, 10, "id-%d", "https://e.org/%d", 2);
	world_ingest(w, feed, items, 10);
	/* Two new ones on top under one id. */
	many(items, memory, 2, "bad", "https://e.org/%d", 0);
	many(items + 2, memory + 2, 10, "id-%d", "https://e.org/%d", 2);
	world_ingest(w, feed, items, 12);
	assert_int_equal(w->delta.fresh, 2);
	assert_int_equal(world_count(w, NULL), 12);
	world_ingest(w, feed, items, 12);
	nothing_came_twice(w, 12);
	/* And it stays: good ids do not bring the old trust back. */
	world_ingest(w, feed, items + 2, 10);
	assert_string_equal(world_sql(w, "SELECT id_policy FROM feed"), "1");
	nothing_came_twice(w, 12);
}

static void an_id_that_many_have_buries_one_item_only(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[6];
	char memory[6][4][64];

	many(items, memory, 6, "same", "https://e.org/%d", 0);
	world_ingest(w, feed, &items[0], 1);
	world_mark(w, STORE_MARK_READ, "1", NULL);
	world_ingest(w, feed, items, 0);
	w->now_s += 91 * DAY;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 0);
	world_ingest(w, feed, &items[1], 2);
	assert_string_equal(world_sql(w, "SELECT id_policy FROM feed"), "1");
	assert_int_equal(w->delta.fresh, 2);
	world_ingest(w, feed, &items[3], 1);
	assert_int_equal(w->delta.fresh, 1);
	world_ingest(w, feed, &items[4], 1);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(world_count(w, NULL), 4);
}

static void a_tombstone_goes_along_with_the_item_that_it_fits(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[4];
	char memory[4][4][64];

	many(items, memory, 2, "good", "https://e.org/%d", 0);
	world_ingest(w, feed, &items[0], 1);
	world_mark(w, STORE_MARK_READ, "1", NULL);
	world_ingest(w, feed, items, 0);
	w->now_s += 91 * DAY;
	world_maintain(w);
	many(items + 2, memory + 2, 2, "bad", "https://e.org/%d", 2);
	world_ingest(w, feed, &items[2], 2);
	assert_string_equal(world_sql(w, "SELECT id_policy FROM feed"), "1");
	/* What was removed is not dug up, as often as it comes. */
	world_ingest(w, feed, &items[0], 1);
	assert_int_equal(w->delta.fresh, 0);
	world_ingest(w, feed, &items[2], 2);
	world_ingest(w, feed, &items[0], 1);
	assert_int_equal(w->delta.fresh, 0);
	/* Another one under its id is no reason to hide that. */
	world_ingest(w, feed, &items[1], 1);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(world_count(w, NULL), 3);
}

static void a_policy_that_weakens_digs_up_nothing(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[12];
	char memory[12][4][64], id[8];
	int i;

	many(items, memory, 10, "id-%d", "https://e.org/%d", 2);
	world_ingest(w, feed, items, 10);
	for (i = 1; i <= 10; i++) {
		snprintf(id, sizeof(id), "%d", i);
		world_mark(w, STORE_MARK_READ, id, NULL);
	}
	world_ingest(w, feed, items, 0);
	w->now_s += 91 * DAY;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 0);
	many(items, memory, 2, "bad", "https://e.org/%d", 0);
	many(items + 2, memory + 2, 10, "id-%d", "https://e.org/%d", 2);
	world_ingest(w, feed, items, 12);
	assert_string_equal(world_sql(w, "SELECT id_policy FROM feed"), "1");
	assert_int_equal(w->delta.fresh, 2);
	world_ingest(w, feed, items, 12);
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(world_count(w, NULL), 2);
}

static void a_part_of_a_document_proves_no_bad_ids(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[4];
	char memory[4][4][64];

	many(items, memory, 4, "same", "https://e.org/%d", 0);
	world_ingest_doc(w, feed, words_doc(items, 4), false);
	assert_string_equal(world_sql(w, "SELECT id_policy FROM feed"), "0");
	INGEST(w, feed, items);
	assert_string_equal(world_sql(w, "SELECT id_policy, total FROM feed"), "1|4");
}

static void place_in_the_document_never_matters(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[10], turned[10];
	char memory[10][4][64];
	size_t i;

	many(items, memory, 10, "same", "https://e.org/%d", 0);
	INGEST(w, feed, items);
	for (i = 0; i < 10; i++)
		turned[i] = items[9 - i];
	INGEST(w, feed, turned);
	nothing_came_twice(w, 10);
	assert_int_equal(w->delta.changed, 0);
	/* A newer one on top of those that share the id. */
	many(turned, memory, 1, "same", "https://e.org/new-%d", 99);
	INGEST(w, feed, turned);
	assert_int_equal(w->delta.fresh, 1);
}

/* Episodes of a podcast whose feed names no pages. */
static void episodes(struct words *items, char (*memory)[4][64], size_t count, const char *url)
{
	size_t i;

	many(items, memory, count, "episode-%d", "https://cdn.example/%d.mp3", 0);
	for (i = 0; i < count; i++) {
		items[i].enclosure = items[i].url;
		items[i].url = url;
	}
}

static void two_episodes_under_one_id_are_two(void **state)
{
	static const char *const pages[] = { NULL, "https://e.org/show" };
	struct world *w = *state;
	struct words items[6];
	char memory[6][4][64];
	size_t i;

	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		int64_t feed = world_add(w, i == 0 ? "https://e.org/1" : "https://e.org/2");

		episodes(items, memory, 6, pages[i]);
		items[3].guid = items[4].guid;
		INGEST(w, feed, items);
		assert_int_equal(w->delta.fresh, 6);
		INGEST(w, feed, items);
		assert_int_equal(w->delta.fresh, 0);
		assert_int_equal(w->delta.changed, 0);
	}
	assert_int_equal(world_count(w, NULL), 12);
}

static void an_episode_with_the_id_of_one_that_is_still_there_is_new(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[6];
	char memory[6][4][64];

	episodes(items, memory, 6, NULL);
	items[0].guid = items[1].guid;
	world_ingest(w, feed, items + 1, 5);
	world_mark(w, STORE_MARK_READ, "5", NULL); /* the newest */
	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.changed, 0);
	assert_string_equal(
		world_sql(w, "SELECT id, read FROM item WHERE title = 'Title 1'"), "5|1");
	assert_string_equal(world_sql(w, "SELECT read FROM item WHERE title = 'Title 0'"), "0");
	INGEST(w, feed, items);
	nothing_came_twice(w, 6);
}

/* Either says it; no file and no moment say nothing. */
static void a_file_or_a_moment_tells_two_episodes_apart(void **state)
{
	struct world *w = *state;
	struct words items[6];
	char memory[6][4][64], url[32];
	int i;

	for (i = 0; i < 4; i++) {
		snprintf(url, sizeof(url), "https://e.org/%d", i);
		episodes(items, memory, 6, NULL);
		items[3].guid = items[4].guid;
		if ((i & 1) == 0)
			items[3].published_s = items[4].published_s;
		if ((i & 2) == 0)
			items[3].enclosure = items[4].enclosure;
		INGEST(w, world_add(w, url), items);
		assert_int_equal(w->delta.fresh, i == 0 ? 5 : 6);
	}
}

static void two_names_of_one_file_without_an_id_are_two(void **state)
{
	struct words items[] = {
		{ .title = "Monday", .enclosure = "https://e.org/live" },
		{ .title = "Tuesday", .enclosure = "https://e.org/live" },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 2);
	INGEST(w, feed, items);
	nothing_came_twice(w, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(one_id_for_all_items_keeps_all_of_them),
		TEST(one_id_and_one_link_for_all_keeps_all_of_them),
		TEST(no_id_one_link_and_one_date_for_all_keeps_all_of_them),
		TEST(a_policy_that_weakens_later_lists_nothing_again),
		TEST(a_policy_that_weakens_digs_up_nothing),
		TEST(an_id_that_many_have_buries_one_item_only),
		TEST(a_tombstone_goes_along_with_the_item_that_it_fits),
		TEST(a_part_of_a_document_proves_no_bad_ids),
		TEST(place_in_the_document_never_matters),
		TEST(two_episodes_under_one_id_are_two),
		TEST(an_episode_with_the_id_of_one_that_is_still_there_is_new),
		TEST(a_file_or_a_moment_tells_two_episodes_apart),
		TEST(two_names_of_one_file_without_an_id_are_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
