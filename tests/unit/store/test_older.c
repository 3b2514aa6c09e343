#include "many.h"

/*
 * Pages of a feed's past, as somebody goes back for them: they add what is not known,
 * and nothing else is another than before.
 */

static void bring(struct world *w, int64_t feed, struct feed_doc *page)
{
	struct store_ingest in = { .feed_id = feed,
		.now_s = w->now_s,
		.doc = page,
		.aside = true,
		.older = true,
		.status = 200 };

	store_ingest(w->store, &in, on_ingested, w);
	world_wait(w);
	assert_false(w->failed);
	assert_int_equal(w->delta.fresh + w->delta.changed + w->delta.rekeyed, 0);
}

/* Few as they are, and whatever their dates. */
static void what_it_adds_is_not_told(void **state)
{
	static const struct words shown[] = { { .guid = "c", .title = "C" } };
	static const struct words page[] = { { .guid = "a", .title = "A", .published_s = NOW },
		{ .guid = "b", .title = "B" } };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, shown);
	w->now_s += HOUR;
	bring(w, feed, words_doc(page, 2));
	assert_int_equal(w->delta.backfill, 2);
	assert_int_equal(world_count(w, NULL), 3);
	assert_string_equal(world_sql(w, "SELECT group_concat(origin) FROM item"), "1,2,2");
}

/* Everything that is kept of a feed and the items that it had, but for its counts. */
static char *all_but_counts(struct world *w)
{
	char *text = world_sql(w,
		"SELECT i.*, c.body FROM item i LEFT JOIN content c ON c.item_id = i.id"
		" WHERE i.id < 3 ORDER BY i.id; SELECT item_id, count(*) FROM previous GROUP BY 1;"
		"SELECT url, own_title, site_url, initial_s, id_policy, last_item_s FROM feed;"
		"SELECT * FROM poll; SELECT * FROM validator;"
		"SELECT feed_id, hex(keys) FROM shown;"
		"SELECT hex(key), item_id, hex(ident) FROM key WHERE item_id < 3;"
		"SELECT event FROM log WHERE event <> 'feed.backfill'");

	return mem_strdup(text);
}

static void what_is_known_stays_and_the_feed_does(void **state)
{
	static const struct words shown[] = {
		{ .guid = "3",
			.title = "Three, corrected",
			.text = "new",
			.published_s = NOW - DAY },
		{ .guid = "2", .title = "Two", .url = "https://e.org/2", .published_s = NOW - DAY },
	};
	static const struct words page[] = {
		{ .guid = "3",
			.title = "Thre (draft)",
			.text = "old",
			.published_s = NOW - 9 * DAY },
		{ .guid = "2", .title = "Two", .url = "https://e.org/old", .published_s = NOW },
		{ .guid = "1", .title = "One" },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char *before, *after;

	world_ingest_doc(w, feed, titled_doc("Blog", "https://e.org/", shown, 2), true);
	world_mark(w, STORE_MARK_READ, "1", NULL);
	w->now_s += 7 * HOUR;
	before = all_but_counts(w);
	bring(w, feed, titled_doc("Blog - page 2", "https://e.org/page/2", page, 3));
	assert_int_equal(w->delta.backfill, 1);
	after = all_but_counts(w);
	assert_string_equal(after, before);
	free(before);
	free(after);
}

/* What was on the page with an id of its own is listed; the others are one. */
static void ids_that_lie_in_the_past_are_trusted_today(void **state)
{
	static const struct words shown[] = { { .guid = "c", .title = "C" } };
	static const struct words page[] = {
		{ .guid = "same", .title = "A", .url = "https://e.org/a" },
		{ .guid = "same", .title = "B", .url = "https://e.org/b" },
		{ .guid = "own", .title = "D", .url = "https://e.org/d" },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, shown);
	bring(w, feed, words_doc(page, 3));
	assert_int_equal(w->delta.backfill, 2);
	assert_string_equal(world_sql(w, "SELECT id_policy FROM feed"), "0");
}

/* An archive that nobody has written anew since. */
static void ids_that_changed_since_are_known(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[12];
	char memory[12][4][64];

	many(items, memory, 10, "https://e.org/?p=%d", "https://e.org/%d", 0);
	world_ingest(w, feed, items, 10);
	many(items, memory, 12, "http://e.org/?p=%d", "http://e.org/%d", 0);
	bring(w, feed, words_doc(items, 12));
	assert_int_equal(w->delta.backfill, 2);
	bring(w, feed, words_doc(items, 12));
	assert_int_equal(w->delta.backfill, 0);
	assert_int_equal(world_count(w, NULL), 12);
	/* Nor did the feed change its ids. */
	many(items, memory, 10, "https://e.org/?p=%d", "https://e.org/%d", 0);
	world_ingest(w, feed, items, 10);
	nothing_came_twice(w, 12);
	assert_int_equal(w->delta.rekeyed, 0);
}

/* The archive has the titles that they had, too. */
static void titles_that_changed_since_are_known(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[10];
	char memory[10][4][64];
	size_t i;

	many(items, memory, 10, "old-%d", "https://e.org/%d", 0);
	world_ingest(w, feed, items, 10);
	many(items, memory, 10, "new-%d", "https://e.org/%d", 0);
	for (i = 0; i < 10; i++)
		snprintf(memory[i][2], sizeof(memory[i][2]), "Draft %zu", i);
	bring(w, feed, words_doc(items, 10));
	nothing_came_twice(w, 10);
}

/* Each week's has the title of some other week's. */
static void titles_that_come_again_are_other_items(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[30];
	char memory[30][4][64];
	size_t i;

	many(items, memory, 30, "new-%d", "https://e.org/new-%d", 0);
	world_ingest(w, feed, items, 30);
	many(items, memory, 30, "old-%d", "https://e.org/old-%d", 0);
	for (i = 0; i < 30; i++)
		items[i].published_s -= 300 * DAY;
	bring(w, feed, words_doc(items, 30));
	assert_int_equal(w->delta.backfill, 30);
}

static void what_retention_removed_is_not_dug_up(void **state)
{
	static const struct words shown[] = { { .guid = "a", .title = "A" },
		{ .guid = "b", .title = "B" } };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, shown);
	world_mark(w, STORE_MARK_READ, "a", NULL);
	world_ingest(w, feed, &shown[1], 1);
	w->now_s += 91 * DAY;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 1);
	bring(w, feed, words_doc(shown, 2));
	assert_int_equal(w->delta.backfill, 0);
	assert_int_equal(world_count(w, NULL), 1);
}

/* Not under another address for its id either. */
static void nor_is_it_under_an_id_of_then(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[4];
	char memory[4][4][64];

	many(items, memory, 4, "https://e.org/?p=%d", "https://e.org/%d", 0);
	world_ingest(w, feed, items, 4);
	world_mark_all(w, STORE_MARK_READ, NULL, 1000);
	world_ingest(w, feed, items, 1);
	w->now_s += 91 * DAY;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 1);
	many(items, memory, 4, "http://e.org/?p=%d", "http://e.org/%d", 0);
	bring(w, feed, words_doc(items, 4));
	nothing_came_twice(w, 1);
}

/* It counts from when the page was read, unless the feed itself shows the item. */
static void retention_has_what_it_adds(void **state)
{
	static const struct words page[] = { { .guid = "a", .title = "A" },
		{ .guid = "b", .title = "B" }, { .guid = "c", .title = "C" } };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_ingest(w, feed, &page[2], 1);
	bring(w, feed, words_doc(page, 2));
	assert_string_equal(
		world_sql(w, "SELECT count(*) FROM item WHERE left_s IS NOT NULL"), "2");
	world_mark_all(w, STORE_MARK_READ, NULL, 1000);
	w->now_s += DAY;
	world_ingest(w, feed, &page[1], 2);
	w->now_s += 91 * DAY;
	world_maintain(w);
	assert_string_equal(world_sql(w, "SELECT group_concat(title, '') FROM item"), "CB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(what_it_adds_is_not_told),
		TEST(what_is_known_stays_and_the_feed_does),
		TEST(ids_that_lie_in_the_past_are_trusted_today),
		TEST(ids_that_changed_since_are_known),
		TEST(titles_that_changed_since_are_known),
		TEST(titles_that_come_again_are_other_items),
		TEST(what_retention_removed_is_not_dug_up),
		TEST(nor_is_it_under_an_id_of_then),
		TEST(retention_has_what_it_adds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
