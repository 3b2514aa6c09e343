#include "world.h"

/*
 * What an item's date and text become when documents after the first say
 * something else.
 */

static void a_date_in_the_future_is_the_arrivals(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	const struct words items[] = {
		{ .guid = "1", .title = "From 2041", .published_s = NOW + 15 * 365 * (int64_t)DAY },
		{ .guid = "2", .title = "Undated" },
		{ .guid = "3", .title = "Of yesterday", .published_s = NOW - DAY },
	};

	INGEST(w, feed, items);
	assert_string_equal(
		world_sql(w, "SELECT title, date_s - 1780000000 FROM item ORDER BY title"),
		"From 2041|0\nOf yesterday|-86400\nUndated|0");
	w->now_s += DAY;
	INGEST(w, feed, items);
	assert_string_equal(
		world_sql(w, "SELECT count(*) FROM item WHERE date_s > 1780000000"), "0");
}

/* Undated, or dated ahead: the feed's newest item is as old as when it came. */
static void a_known_item_is_not_the_newest_again(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[] = {
		{ .guid = "1", .title = "From 2041", .published_s = NOW + 15 * 365 * (int64_t)DAY },
		{ .guid = "2", .title = "Undated" },
	};

	INGEST(w, feed, items);
	w->now_s += DAY;
	items[0].title = "From 2041, edited";
	INGEST(w, feed, items);
	assert_string_equal(world_sql(w, "SELECT last_item_s - 1780000000 FROM feed"), "0");
}

static void a_date_that_is_lost_stays(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[] = {
		{ .guid = "1", .title = "A", .text = "a", .published_s = NOW - 5 * DAY },
		{ .guid = "2", .title = "B", .text = "b", .published_s = NOW - 4 * DAY },
	};

	INGEST(w, feed, items);
	w->now_s += DAY;
	items[0].published_s = items[1].published_s = 0;
	items[1].text = "b, edited";
	INGEST(w, feed, items);
	assert_int_equal(w->delta.changed, 1);
	assert_string_equal(
		world_sql(w,
			"SELECT date_s - 1780000000, date_s = published_s FROM item ORDER BY id"),
		"-432000|1\n-345600|1");
	/* And it may come again as another one. */
	w->now_s += DAY;
	items[0].published_s = NOW - 3 * DAY;
	INGEST(w, feed, items);
	assert_string_equal(
		world_sql(w, "SELECT date_s - 1780000000 FROM item WHERE id = 1"), "-259200");
}

static void a_date_that_moves_alone_is_silent(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words item = {
		.guid = "1", .title = "A", .text = "a", .published_s = NOW - 5 * DAY
	};

	world_ingest(w, feed, &item, 1);
	w->now_s += DAY;
	item.published_s = NOW - 4 * DAY;
	world_ingest(w, feed, &item, 1);
	assert_int_equal(w->delta.changed, 0);
	assert_int_equal(w->delta.untold, 0);
	assert_string_equal(world_sql(w, "SELECT date_s - 1780000000 FROM item"), "-345600");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM previous"), "0");
}

/* Listed under the day it came, all the while. */
static void a_date_that_lies_ahead_moves_too(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words item = { .guid = "1", .title = "A", .published_s = NOW + 100 * DAY };
	const char *dates = "SELECT date_s - 1780000000, (published_s - 1780000000) / 86400"
			    " FROM item";

	world_ingest(w, feed, &item, 1);
	assert_string_equal(world_sql(w, dates), "0|100");
	w->now_s += DAY;
	item.published_s = NOW + 50 * DAY;
	world_ingest(w, feed, &item, 1);
	assert_string_equal(world_sql(w, dates), "0|50");
	/* It came out before that. */
	w->now_s += 20 * DAY;
	item.published_s = w->now_s - DAY;
	world_ingest(w, feed, &item, 1);
	assert_string_equal(world_sql(w, dates), "0|20");
	assert_int_equal(w->delta.changed + w->delta.untold, 0);
	item.published_s = NOW - DAY;
	world_ingest(w, feed, &item, 1);
	assert_string_equal(world_sql(w, dates), "-86400|-1");
}

static void an_item_is_told_as_changed_once_in_six_hours(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words item = { .guid = "1", .title = "A", .text = "first" };

	world_ingest(w, feed, &item, 1);
	item.text = "second";
	w->now_s += HOUR;
	world_ingest(w, feed, &item, 1);
	assert_int_equal(w->delta.changed, 1);
	item.text = "third";
	w->now_s += HOUR;
	world_ingest(w, feed, &item, 1);
	assert_int_equal(w->delta.changed, 0);
	assert_int_equal(w->delta.untold, 1);
	assert_string_equal(world_sql(w, "SELECT revision FROM item"), "3");
	item.text = "fourth";
	w->now_s += 6 * HOUR;
	world_ingest(w, feed, &item, 1);
	assert_int_equal(w->delta.changed, 1);
	assert_int_equal(w->delta.untold, 0);
}

static void five_old_texts_are_kept(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words item = { .guid = "1", .title = "A" };
	char text[32];
	int i;

	item.text = text;
	for (i = 0; i < 9; i++) {
		snprintf(text, sizeof(text), "version %d", i);
		world_ingest(w, feed, &item, 1);
	}
	assert_string_equal(
		world_sql(w, "SELECT group_concat(revision) FROM previous"), "4,5,6,7,8");
}

static void few_words_name_an_untitled_item_as_well_as_many(void **state)
{
	static const struct words items[] = {
		{ .guid = "g0", .plain = "zz" },
		{ .guid = "g1", .text = "<p>z</p>" },
		{ .guid = "g2", .plain = "[]" },
		{ .guid = "g3", .text = "<p>\xC3\xA9</p>" },
		{ .guid = "g4", .text = "<img src='https://e.org/x'>" },
	};
	struct world *w = *state;

	INGEST(w, world_add(w, "https://e.org/feed"), items);
	assert_string_equal(world_sql(w, "SELECT guid, fallback FROM item ORDER BY guid"),
		"g0|zz\ng1|z\ng2|[]\ng3|\xC3\xA9\ng4|");
	assert_string_equal(
		world_sql(w, "SELECT count(*) FROM item WHERE coalesce(authors, categories,"
			     " attachments) IS NOT NULL"),
		"0");
}

/* The site has a certificate; its ids are numbers. */
static void a_link_that_leads_to_the_same_place_is_no_edit(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[] = {
		{ .guid = "1", .title = "A", .url = "http://e.org/1", .text = "a" },
		{ .guid = "2", .title = "B", .url = "http://e.org/2", .text = "<b>b</b>" },
		{ .guid = "3", .title = "C", .url = "http://e.org/3" },
	};

	INGEST(w, feed, items);
	items[0].url = "https://www.e.org/1";
	items[1].url = "https://e.org/2#top";
	items[2].url = "https://e.org/3";
	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh + w->delta.changed + w->delta.untold, 0);
	assert_string_equal(world_sql(w, "SELECT url FROM item ORDER BY title"),
		"https://www.e.org/1\nhttps://e.org/2#top\nhttps://e.org/3");
	items[0].url = "https://e.org/other";
	INGEST(w, feed, items);
	assert_int_equal(w->delta.changed, 1);
}

/* Its link is another one, too: a new slug. */
static void an_edit_is_told_under_a_new_id(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[] = {
		{ .guid = "http://e.org/1",
			.title = "A",
			.url = "http://e.org/1",
			.text = "a <a href='http://e.org/1'>on</a>",
			.published_s = NOW - 3 },
		{ .guid = "http://e.org/2",
			.title = "B",
			.url = "http://e.org/2",
			.text = "b <a href='http://e.org/2'>on</a>",
			.published_s = NOW - 2 },
	};

	INGEST(w, feed, items);
	items[0].guid = items[0].url = "http://e.org/one";
	items[0].text = "a <a href='http://e.org/one'>on</a>";
	items[1].guid = items[1].url = "http://e.org/two";
	items[1].text = "b, edited <a href='http://e.org/two'>on</a>";
	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(w->delta.changed, 1);
	assert_string_equal(
		world_sql(w, "SELECT title FROM item WHERE changed_s IS NOT NULL"), "B");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(a_date_in_the_future_is_the_arrivals),
		TEST(a_known_item_is_not_the_newest_again),
		TEST(a_date_that_is_lost_stays),
		TEST(a_date_that_moves_alone_is_silent),
		TEST(a_date_that_lies_ahead_moves_too),
		TEST(an_item_is_told_as_changed_once_in_six_hours),
		TEST(a_link_that_leads_to_the_same_place_is_no_edit),
		TEST(an_edit_is_told_under_a_new_id),
		TEST(five_old_texts_are_kept),
		TEST(few_words_name_an_untitled_item_as_well_as_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
