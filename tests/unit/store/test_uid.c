#include "many.h"

#include "daemon/store/uid.h"

/* What an item is called outside of any store. */

static const char *uid(const struct store_item *item, enum ident_policy policy)
{
	static char words[4][UID_MAX];
	static unsigned next;
	char *out = words[next++ % 4];

	uid_of(item, policy, out);
	assert_int_equal(strlen(out), UID_MAX - 1);
	return out;
}

static void an_id_outlives_edits_and_the_way_to_https(void **state)
{
	struct store_item item = { .feed_url = "http://e.org/feed", .guid = "7", .id = 1 };
	struct store_item edited = { .feed_url = "https://e.org/feed",
		.guid = "7",
		.id = 2,
		.url = "https://e.org/7",
		.title = "t",
		.published_s = 9 };

	(void)state;
	assert_string_equal(uid(&item, POLICY_ID), uid(&edited, POLICY_ID));
	edited.feed_url = "https://f.org/feed";
	assert_string_not_equal(uid(&item, POLICY_ID), uid(&edited, POLICY_ID));
}

static void ids_that_are_shared_are_told_apart_as_the_store_does(void **state)
{
	struct store_item one = { .feed_url = "https://e.org/feed",
		.guid = "same",
		.url = "https://e.org/",
		.title = "One",
		.published_s = 9 };
	struct store_item two = one, bare = { .feed_url = "https://e.org/feed", .title = "One" };
	struct store_item other = bare;

	(void)state;
	two.title = "Two";
	assert_string_equal(uid(&one, POLICY_ID_LINK_DATE), uid(&two, POLICY_ID_LINK_DATE));
	assert_string_not_equal(
		uid(&one, POLICY_ID_LINK_DATE_TITLE), uid(&two, POLICY_ID_LINK_DATE_TITLE));
	two.published_s = 8;
	assert_string_not_equal(uid(&one, POLICY_ID_LINK_DATE), uid(&two, POLICY_ID_LINK_DATE));
	two.url = "https://e.org/2";
	assert_string_not_equal(uid(&one, POLICY_ID_LINK), uid(&two, POLICY_ID_LINK));
	/* Neither guid nor link. */
	other.title = "Other";
	assert_string_not_equal(uid(&bare, POLICY_ID), uid(&other, POLICY_ID));
}

static int on_uid(void *ctx, const struct store_item *item)
{
	struct world *w = ctx;

	strcat(strcat(w->text, item->uid), "\n");
	return 0;
}

/* `count` items are stored; all have another. */
static void assert_all_differ(struct world *w, size_t count)
{
	struct store_filter any;
	struct store_page page = { .filter = &any, .limit = 10, .full = true };
	size_t i, k;

	filter_any(&any);
	store_position_release(&w->position);
	page.position = &w->position;
	w->text[0] = '\0';
	store_items(w->store, &page, on_uid, on_page, w);
	world_wait(w);
	assert_int_equal(strlen(w->text), count * UID_MAX);
	for (i = 0; i < count; i++)
		for (k = 0; k < i; k++)
			assert_memory_not_equal(
				w->text + i * UID_MAX, w->text + k * UID_MAX, UID_MAX);
}

static void a_feed_whose_ids_are_all_one_has_as_many_uids_as_items(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[10];
	char memory[10][4][64];

	many(items, memory, 10, "same", "https://e.org/%d", 0);
	world_list(w, NULL); /* what is known of the feed is known by now */
	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 10);
	assert_all_differ(w, 10);
}

/* Notes and files of which nothing else is known. */
static void what_has_no_name_differs_by_what_it_has(void **state)
{
	static const struct words items[] = {
		{ .text = "<p>one" },
		{ .text = "<p>two" },
		{ .plain = "three" },
		{ .title = "T", .text = "<p>one" },
		{ .title = "T", .text = "<p>two" },
		{ .title = "T", .text = "<p>one", .enclosure = "https://e.org/1.mp3" },
		{ .title = "T", .text = "<p>one", .enclosure = "https://e.org/2.mp3" },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 7);
	assert_all_differ(w, 7);
}

/* Dates that no one can read are none, but differ. */
static void ids_that_are_shared_are_told_apart_without_dates(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[10];
	char memory[10][4][64];
	size_t i;

	many(items, memory, 10, "same", "https://e.org/", 0);
	for (i = 0; i < 10; i++) {
		items[i].published_s = 0;
		items[i].date = items[i].title;
	}
	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 10);
	assert_all_differ(w, 10);
}

/* The shows of a station, whose file is its stream. */
static void a_file_that_is_shared_is_told_apart_as_an_id_is(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[10];
	char memory[10][4][64];
	size_t i;

	many(items, memory, 10, "", "", 0);
	for (i = 0; i < 10; i++) {
		items[i].guid = items[i].url = NULL;
		items[i].enclosure = "https://e.org/live.mp3";
	}
	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 10);
	assert_all_differ(w, 10);
}

/* A link is not the id that another item has. */
static void a_link_is_no_id(void **state)
{
	static const struct words items[] = {
		{ .guid = "https://e.org/1",
			.url = "https://e.org/a",
			.title = "A",
			.published_s = NOW },
		{ .url = "https://e.org/1", .title = "B", .published_s = NOW - HOUR },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 2);
	assert_all_differ(w, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(an_id_outlives_edits_and_the_way_to_https),
		TEST(ids_that_are_shared_are_told_apart_as_the_store_does),
		TEST(a_feed_whose_ids_are_all_one_has_as_many_uids_as_items),
		TEST(what_has_no_name_differs_by_what_it_has),
		TEST(ids_that_are_shared_are_told_apart_without_dates),
		TEST(a_file_that_is_shared_is_told_apart_as_an_id_is),
		TEST(a_link_is_no_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
