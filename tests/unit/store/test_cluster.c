#include "world.h"

/* The same story in several feeds is one row, and read once. */

static const char *list_folded(struct world *w)
{
	struct store_filter filter;

	filter_any(&filter);
	filter.cluster = true;
	return world_list(w, &filter);
}

static void on_marked(void *ctx, const struct store_marked *marked, const struct err *err)
{
	if (marked != NULL)
		((struct world *)ctx)->number = marked->changed;
	world_answer(ctx, err);
}

static void read_item(struct world *w, const char *word)
{
	struct store_selection selection = { .words = &word, .count = 1 };

	store_mark(w->store, &selection, STORE_MARK_READ, NULL, w->now_s, on_marked, w);
	world_wait(w);
	assert_false(w->failed);
}

static const struct words here[] = {
	{ .guid = "h1",
		.url = "https://e.org/story?utm_source=a",
		.title = "Here",
		.published_s = NOW - 10 },
	{ .guid = "h2", .url = "https://e.org/alone", .title = "Alone", .published_s = NOW - 20 },
};
static const struct words there[] = {
	{ .guid = "t1",
		.url = "http://www.e.org/story",
		.title = "There",
		.published_s = NOW - 30 },
};

static void a_story_of_two_feeds_is_one_row(void **state)
{
	struct world *w = *state;
	int64_t a = world_add(w, "https://e.org/a"), b = world_add(w, "https://e.org/b");
	struct store_filter filter;

	INGEST(w, a, here);
	INGEST(w, b, there);
	assert_string_equal(list_folded(w), "2 N Here\n1 N Alone\n");
	assert_string_equal(world_list(w, NULL), "2 N Here\n1 N Alone\n3 N There\n");
	filter_any(&filter);
	assert_int_equal(world_count(w, &filter), 3);
	filter.cluster = true;
	assert_int_equal(world_count(w, &filter), 2);
	filter.feed_ids = &b;
	filter.feed_count = 1;
	assert_int_equal(world_count(w, &filter), 1);
}

static void reading_one_reads_those_that_are_there(void **state)
{
	struct world *w = *state;
	int64_t a = world_add(w, "https://e.org/a"), b = world_add(w, "https://e.org/b");
	int64_t c = world_add(w, "https://e.org/c");

	INGEST(w, a, here);
	INGEST(w, b, there);
	read_item(w, "h1");
	assert_int_equal(w->number, 2);
	assert_string_equal(world_sql(w, "SELECT unread FROM store"), "1");
	INGEST(w, c, there);
	assert_string_equal(world_sql(w, "SELECT unread FROM store"), "2");
}

static void a_comment_is_no_copy_of_its_post(void **state)
{
	static const struct words posts[] = {
		{ .guid = "p1",
			.url = "http://b.org/post/",
			.title = "Post",
			.published_s = NOW - 30 },
	};
	static const struct words comments[] = {
		{ .guid = "c1",
			.url = "http://b.org/post/#comment-1",
			.title = "By Ann",
			.published_s = NOW - 20 },
	};
	static const struct words elsewhere[] = {
		{ .guid = "e1",
			.url = "https://b.org/post#xtor=RSS-1",
			.title = "Their post",
			.published_s = NOW - 10 },
	};
	struct world *w = *state;

	INGEST(w, world_add(w, "https://b.org/posts"), posts);
	INGEST(w, world_add(w, "https://b.org/comments"), comments);
	assert_string_equal(list_folded(w), "2 N By Ann\n1 N Post\n");
	INGEST(w, world_add(w, "https://planet.org/"), elsewhere);
	assert_string_equal(list_folded(w), "3 N Their post\n2 N By Ann\n");
	read_item(w, "p1");
	assert_string_equal(world_sql(w, "SELECT unread FROM store"), "1");
}

static void a_front_page_is_no_story_but_of_one_title(void **state)
{
	static const struct words one[] = {
		{ .guid = "1", .url = "http://c.org/", .title = "Jobs", .published_s = NOW - 30 },
	};
	static const struct words two[] = {
		{ .guid = "2", .url = "http://c.org", .title = "Outage", .published_s = NOW - 20 },
	};
	static const struct words three[] = {
		{ .guid = "3", .url = "https://c.org/", .title = "Jobs", .published_s = NOW - 10 },
	};
	struct world *w = *state;

	INGEST(w, world_add(w, "https://c.org/a"), one);
	INGEST(w, world_add(w, "https://c.org/b"), two);
	INGEST(w, world_add(w, "https://c.org/c"), three);
	assert_string_equal(list_folded(w), "3 N Jobs\n2 N Outage\n");
}

static void an_address_shared_within_a_feed_is_no_story(void **state)
{
	static const struct words shared[] = {
		{ .guid = "s1", .url = "https://e.org/story", .title = "One" },
		{ .guid = "s2", .url = "https://e.org/story", .title = "Two" },
	};
	struct world *w = *state;
	int64_t a = world_add(w, "https://e.org/a"), b = world_add(w, "https://e.org/b");
	struct store_filter filter;

	INGEST(w, a, here);
	INGEST(w, b, shared);
	filter_any(&filter);
	filter.cluster = true;
	assert_int_equal(world_count(w, &filter), 4);
	assert_string_equal(
		world_sql(w, "SELECT count(*) FROM item WHERE cluster IS NOT NULL"), "0");
}

static void a_guid_makes_a_story_only_with_its_title(void **state)
{
	static const struct words one[] = { { .guid = "same", .title = "Title" } };
	static const struct words two[] = { { .guid = "same", .title = "Title" } };
	static const struct words other[] = { { .guid = "same", .title = "Another" } };
	struct world *w = *state;
	struct store_filter filter;

	INGEST(w, world_add(w, "https://e.org/a"), one);
	INGEST(w, world_add(w, "https://e.org/b"), two);
	INGEST(w, world_add(w, "https://e.org/c"), other);
	filter_any(&filter);
	filter.cluster = true;
	assert_int_equal(world_count(w, &filter), 2);
}

static void a_number_or_a_date_makes_no_story(void **state)
{
	static const struct words one[] = {
		{ .guid = "1", .url = "https://a.org/1", .title = "Introduction" },
		{ .guid = "2024-01-15", .title = "Daily note" },
		{ .guid = "tag:a.org,2026:1", .url = "https://a.org/2", .title = "Planet" },
		{ .guid = "16051514-8030-4000-8040-012345678900", .title = "UUID" },
	};
	static const struct words two[] = {
		{ .guid = "1", .url = "https://b.org/1", .title = "Introduction" },
		{ .guid = "2024-01-15", .title = "Daily note" },
		{ .guid = "tag:a.org,2026:1", .url = "https://b.org/2", .title = "Planet" },
		{ .guid = "16051514-8030-4000-8040-012345678900", .title = "UUID" },
	};
	struct world *w = *state;
	struct store_filter filter;

	INGEST(w, world_add(w, "https://a.org/a"), one);
	INGEST(w, world_add(w, "https://b.org/b"), two);
	filter_any(&filter);
	filter.cluster = true;
	assert_int_equal(world_count(w, &filter), 6);
	read_item(w, "https://a.org/1");
	assert_int_equal(w->number, 1);
}

static void reading_it_again_reads_those_that_have_come(void **state)
{
	struct world *w = *state;
	int64_t a = world_add(w, "https://e.org/a"), b = world_add(w, "https://e.org/b");

	INGEST(w, a, here);
	read_item(w, "h1");
	INGEST(w, b, there);
	read_item(w, "h1");
	assert_int_equal(w->number, 1);
	assert_string_equal(world_sql(w, "SELECT unread FROM store"), "1");
}

static void who_is_left_is_alone(void **state)
{
	struct world *w = *state;
	int64_t a = world_add(w, "https://e.org/a"), b = world_add(w, "https://e.org/b");

	INGEST(w, a, here);
	INGEST(w, b, there);
	store_feeds_remove(w->store, &b, 1, true, w->now_s, on_changed, w);
	world_wait(w);
	assert_string_equal(
		world_sql(w, "SELECT count(*) FROM item WHERE cluster IS NOT NULL"), "0");
}

/* Its first item gives a story its number, and may leave it for another one. */
static void who_leaves_a_story_takes_its_number_to_no_other(void **state)
{
	static const struct words moved[] = { { .guid = "h1",
		.url = "https://e.org/another",
		.title = "Here",
		.published_s = NOW - 10 } };
	static const struct words other[] = { { .guid = "o1",
		.url = "https://e.org/another",
		.title = "Other",
		.published_s = NOW - 40 } };
	struct world *w = *state;
	int64_t a = world_add(w, "https://e.org/a");

	INGEST(w, a, here);
	INGEST(w, world_add(w, "https://e.org/b"), there);
	INGEST(w, world_add(w, "https://e.org/c"), there);
	INGEST(w, a, moved);
	INGEST(w, world_add(w, "https://e.org/d"), other);
	read_item(w, "o1");
	assert_string_equal(
		world_list(w, NULL), "2 R+ Here\n1 N Alone\n4 N There\n3 N There\n5 R Other\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_story_of_two_feeds_is_one_row, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			reading_one_reads_those_that_are_there, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			an_address_shared_within_a_feed_is_no_story, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_guid_makes_a_story_only_with_its_title, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_comment_is_no_copy_of_its_post, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_front_page_is_no_story_but_of_one_title, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_number_or_a_date_makes_no_story, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			reading_it_again_reads_those_that_have_come, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(who_is_left_is_alone, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(who_leaves_a_story_takes_its_number_to_no_other,
			world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
