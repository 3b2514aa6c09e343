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

/* A program that has no date of a page writes that of the year 1. */
static void what_stands_for_a_date_is_none(void **state)
{
	static const char zero[] = "Mon, 01 Jan 0001 00:00:00 +0000";
	static const struct words first[] = {
		{ .guid = "r1", .title = "One", .text = "one", .date = zero },
		{ .guid = "r2", .title = "Two", .text = "two", .date = zero },
	};
	static const struct words then[] = {
		{ .guid = "s1", .title = "One", .text = "one", .date = zero },
		{ .guid = "s2", .title = "Two", .text = "another", .date = zero },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, first);
	INGEST(w, feed, then);
	assert_int_equal(w->delta.rekeyed, 1);
	assert_int_equal(w->delta.fresh, 1);
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

/* Two documents of one feed, whose items in common have their ids. */
#define NEXT(w, before, after)                                                                     \
	do {                                                                                       \
		int64_t feed_id = world_add(w, "https://e.org/feed");                              \
                                                                                                   \
		INGEST(w, feed_id, before);                                                        \
		(w)->now_s += HOUR;                                                                \
		INGEST(w, feed_id, after);                                                         \
	} while (0)

#define A(id, link, at)                                                                            \
	{                                                                                          \
		.guid = (id), .url = (link), .title = "A", .text = "<p>" id, .published_s = (at)   \
	}
#define B(link)                                                                                    \
	{                                                                                          \
		.guid = "b", .url = (link), .title = "B", .published_s = NOW - DAY                 \
	}

static void the_one_link_with_a_fragment_is_the_link_without(void **state)
{
	static const struct words without[] = { A("a", "http://e.org/1", NOW - 2 * DAY),
		B("https://e.org/2") };
	static const struct words with[] = { A("x", "https://www.e.org/1?utm_source=z#f", NOW),
		B("https://e.org/2") };
	static const struct words none[] = { A("y", "https://e.org/1", NOW + HOUR),
		B("https://e.org/2") };
	struct world *w = *state;

	NEXT(w, without, with);
	assert_int_equal(w->delta.rekeyed, 1);
	assert_int_equal(w->delta.fresh, 0);
	INGEST(w, 1, none);
	assert_int_equal(w->delta.rekeyed, 1);
	assert_int_equal(w->delta.fresh, 0);
}

static void a_fragment_that_all_links_get_tells_nothing_apart(void **state)
{
	static const struct words before[] = {
		{ .url = "https://e.org/1", .title = "A", .published_s = NOW - 2 * DAY },
		{ .url = "https://e.org/2", .title = "B", .published_s = NOW - DAY },
	};
	static const struct words after[] = {
		{ .url = "https://e.org/1#feed", .title = "A", .published_s = NOW },
		{ .url = "https://e.org/2#feed", .title = "B", .published_s = NOW },
	};
	struct world *w = *state;

	NEXT(w, before, after);
	assert_int_equal(w->delta.rekeyed, 2);
	assert_int_equal(w->delta.fresh, 0);
}

/* A ticket, and what was written to it, where another link has a place, too: of the
 * document, or of what was there before. */
static void where_other_links_have_fragments_one_more_is_new(void **state)
{
	static const struct words before[] = { A("a", "https://e.org/t/5", NOW - 2 * DAY),
		B("https://e.org/t/6") };
	static const struct words after[] = { A("x", "https://e.org/t/5#comment:1", NOW),
		B("https://e.org/t/6"),
		{ .guid = "c",
			.url = "https://e.org/t/7#comment:1",
			.title = "C",
			.published_s = NOW } };
	static const struct words later[] = { A("y", "https://e.org/t/5#comment:2", NOW + HOUR),
		{ .guid = "d", .url = "https://e.org/t/8", .title = "D", .published_s = NOW } };
	static const struct words last[] = {
		{ .guid = "e",
			.url = "https://e.org/t/8#comment:1",
			.title = "D",
			.published_s = NOW + 2 * HOUR },
		{ .guid = "f", .url = "https://e.org/t/9", .title = "E", .published_s = NOW },
	};
	struct world *w = *state;

	NEXT(w, before, after);
	assert_int_equal(w->delta.fresh, 2);
	INGEST(w, 1, later);
	assert_int_equal(w->delta.fresh, 2);
	INGEST(w, 1, last);
	assert_int_equal(w->delta.fresh, 2);
	assert_int_equal(world_count(w, NULL), 8);
}

/* All that the document showed is gone, and one of the next has the page of a gone one
 * and its minute: that is an item more. */
static void of_one_page_and_moment_alone_may_be_two(void **state)
{
	static const struct words before[] = { A("a", "https://e.org/live", NOW),
		B("https://e.org/2") };
	static const struct words after[] = {
		{ .guid = "c",
			.url = "https://e.org/live",
			.title = "C",
			.text = "<p>c",
			.published_s = NOW },
		{ .guid = "d", .url = "https://e.org/4", .title = "D", .published_s = NOW },
	};
	struct world *w = *state;

	NEXT(w, before, after);
	assert_int_equal(w->delta.fresh, 2);
	assert_int_equal(w->delta.rekeyed, 0);
	assert_int_equal(world_count(w, NULL), 4);
}

/* Where another is known under another id, or has its page and moment, too, ids change. */
static void renamed_items_are_known_where_another_is(void **state)
{
	static const struct words before[] = { A("a", "https://e.org/1", NOW),
		B("https://e.org/2") };
	static const struct words one[] = {
		{ .guid = "c",
			.url = "https://e.org/1",
			.title = "A (1)",
			.text = "<p>c",
			.published_s = NOW },
		{ .guid = "d", .url = "https://e.org/2", .title = "B", .published_s = NOW - DAY },
	};
	static const struct words both[] = {
		{ .guid = "e",
			.url = "https://e.org/1",
			.title = "A (2)",
			.text = "<p>e",
			.published_s = NOW },
		{ .guid = "f",
			.url = "https://e.org/2",
			.title = "B (2)",
			.text = "<p>f",
			.published_s = NOW - DAY },
	};
	struct world *w = *state;

	NEXT(w, before, one);
	assert_int_equal(w->delta.rekeyed, 2);
	INGEST(w, 1, both);
	assert_int_equal(w->delta.rekeyed, 2);
	assert_int_equal(world_count(w, NULL), 2);
}

/* One page, and nothing but the fragment says which of its notes. */
static void notes_of_one_page_stay_apart(void **state)
{
	static const struct words one[] = { A("1", "https://e.org/notes#1", NOW - 2 * DAY),
		B("https://e.org/2") };
	static const struct words two[] = { A("2", "https://e.org/notes#2", NOW - DAY),
		B("https://e.org/2") };
	static const struct words three[] = {
		{ .guid = "3", .url = "https://e.org/notes#3", .text = "<p>3", .published_s = NOW },
		{ .guid = "4", .url = "https://e.org/notes#4", .text = "<p>4", .published_s = NOW },
		A("5", "https://e.org/notes#5", NOW),
	};
	struct world *w = *state;

	NEXT(w, one, two);
	assert_int_equal(w->delta.fresh, 1);
	INGEST(w, 1, three);
	assert_int_equal(w->delta.fresh, 3);
	assert_int_equal(w->delta.rekeyed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			other_ids_are_looked_up_once_for_all_items, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			ids_of_chance_make_nothing_new, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			what_stands_for_a_date_is_none, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(where_ids_hold_the_same_words_are_said_once_more,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(the_one_link_with_a_fragment_is_the_link_without,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(a_fragment_that_all_links_get_tells_nothing_apart,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(where_other_links_have_fragments_one_more_is_new,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			of_one_page_and_moment_alone_may_be_two, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			renamed_items_are_known_where_another_is, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			notes_of_one_page_stay_apart, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
