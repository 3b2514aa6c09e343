#include "many.h"

/*
 * What is one item though a person edits it, or a program changes its id, link and
 * date together; and what is another though it looks alike.
 */

/* Two documents of one feed. */
static void next(struct world *w, const struct words *before, size_t before_count,
	const struct words *after, size_t after_count)
{
	int64_t feed = world_add(w, "https://e.org/feed");

	world_ingest(w, feed, before, before_count);
	w->now_s += HOUR;
	world_ingest(w, feed, after, after_count);
}
#define NEXT(w, before, after) next(w, before, COUNT(before), after, COUNT(after))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void a_ticket_that_is_written_to_again_is_new(void **state)
{
	static const struct words before[] = {
		{ .guid = "1",
			.url = "https://e.org/ticket/5#comment:1",
			.title = "Ticket #5 updated by jo",
			.text = "<p>one",
			.published_s = NOW - 3 * DAY },
		{ .guid = "2",
			.url = "https://e.org/2",
			.title = "B",
			.published_s = NOW - 2 * DAY },
		{ .guid = "3", .url = "https://e.org/3", .title = "C", .published_s = NOW - DAY },
	};
	static const struct words after[] = {
		{ .guid = "2",
			.url = "https://e.org/2",
			.title = "B",
			.published_s = NOW - 2 * DAY },
		{ .guid = "3", .url = "https://e.org/3", .title = "C", .published_s = NOW - DAY },
		{ .guid = "4",
			.url = "https://e.org/ticket/5#comment:9",
			.title = "Ticket #5 updated by jo",
			.text = "<p>nine",
			.published_s = NOW },
	};
	static const struct words busy[] = {
		{ .guid = "5",
			.url = "https://e.org/ticket/5#comment:10",
			.title = "Ticket #5 updated by jo",
			.text = "<p>ten",
			.published_s = NOW + 60 },
		{ .guid = "6", .url = "https://e.org/6", .title = "D", .published_s = NOW },
		{ .guid = "7", .url = "https://e.org/7", .title = "E", .published_s = NOW },
	};
	struct world *w = *state;

	NEXT(w, before, after);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.rekeyed, 0);
	INGEST(w, 1, busy);
	assert_int_equal(w->delta.fresh, 3);
	assert_int_equal(w->delta.rekeyed, 0);
}

static void the_latest_of_a_feed_of_one_is_new(void **state)
{
	static const struct words before[] = {
		{ .guid = "1",
			.url = "https://e.org/",
			.title = "Comic of the day",
			.enclosure = "https://e.org/today.png",
			.text = "<p>yesterday's",
			.published_s = NOW - DAY },
	};
	static const struct words after[] = {
		{ .guid = "2",
			.url = "https://e.org/",
			.title = "Comic of the day",
			.enclosure = "https://e.org/today.png",
			.text = "<p>today's",
			.published_s = NOW },
	};
	struct world *w = *state;

	NEXT(w, before, after);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.rekeyed, 0);
}

static void an_item_that_is_edited_may_get_another_id_and_date(void **state)
{
	static const struct words before[] = {
		{ .guid = "1",
			.url = "https://e.org/1",
			.title = "A",
			.text = "<p>first",
			.published_s = NOW - 3 * DAY },
		{ .guid = "2",
			.url = "https://e.org/2",
			.title = "B",
			.published_s = NOW - 2 * DAY },
		{ .guid = "3", .url = "https://e.org/3", .title = "C", .published_s = NOW - DAY },
	};
	static const struct words after[] = {
		{ .guid = "1?edit=2",
			.url = "https://e.org/1",
			.title = "A",
			.text = "<p>second",
			.published_s = NOW - 3 * DAY + 1800 },
		{ .guid = "2",
			.url = "https://e.org/2",
			.title = "B",
			.published_s = NOW - 2 * DAY },
		{ .guid = "3", .url = "https://e.org/3", .title = "C", .published_s = NOW - DAY },
	};
	struct world *w = *state;

	NEXT(w, before, after);
	nothing_came_twice(w, 3);
	assert_int_equal(w->delta.rekeyed, 1);
	assert_int_equal(w->delta.changed, 1);
}

static void a_link_may_change_its_scheme_together_with_the_date(void **state)
{
	static const struct words before[] = {
		{ .url = "http://www.e.org/1/", .title = "A", .published_s = NOW - 2 * DAY },
		{ .url = "http://www.e.org/2/", .title = "B", .published_s = NOW - DAY },
	};
	static const struct words after[] = {
		{ .url = "https://e.org/1?utm_source=rss", .title = "A", .published_s = NOW },
		{ .url = "https://e.org/2?utm_source=rss", .title = "B", .published_s = NOW },
	};
	struct world *w = *state;

	NEXT(w, before, after);
	nothing_came_twice(w, 2);
	assert_int_equal(w->delta.rekeyed, 2);
}

static void what_stands_for_a_date_is_none(void **state)
{
	static const struct words before[] = {
		{ .guid = "1",
			.url = "https://e.org/1",
			.title = "Notice",
			.date = "Mon, 01 Jan 0001 00:00:00 GMT" },
	};
	static const struct words after[] = {
		{ .guid = "2",
			.url = "https://e.org/2",
			.title = "Notice",
			.date = "Mon, 01 Jan 0001 00:00:00 GMT" },
	};
	struct world *w = *state;

	NEXT(w, before, after);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.rekeyed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(a_ticket_that_is_written_to_again_is_new),
		TEST(the_latest_of_a_feed_of_one_is_new),
		TEST(an_item_that_is_edited_may_get_another_id_and_date),
		TEST(a_link_may_change_its_scheme_together_with_the_date),
		TEST(what_stands_for_a_date_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
