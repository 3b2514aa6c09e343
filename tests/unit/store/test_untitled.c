#include "many.h"

/*
 * Items without a title that share an id, or that have no id and share a link: their texts
 * tell whether they are different ones.
 */

static void untitled(struct words *items, char (*memory)[4][64], size_t count, const char *guid,
	const char *url, size_t from)
{
	size_t i;

	many(items, memory, count, guid != NULL ? guid : "", url, from);
	for (i = 0; i < count; i++) {
		items[i].title = NULL;
		if (guid == NULL)
			items[i].guid = NULL;
	}
}

static void no_dates(struct words *items, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		items[i].published_s = 0;
}

static void nothing_is_told(struct world *w, size_t count)
{
	assert_int_equal(w->delta.changed + w->delta.untold + w->delta.rekeyed, 0);
	nothing_came_twice(w, count);
}

/* The newest, with the lowest number, is on top. */
static void all_are_kept(
	struct world *w, const char *guid, const char *url, bool dated, const char *policy)
{
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[7], turned[7];
	char memory[7][4][64];
	size_t i;

	untitled(items, memory, 7, guid, url, 10);
	if (!dated)
		no_dates(items, 7);
	world_ingest(w, feed, items + 1, 6);
	assert_int_equal(w->delta.fresh, 6);
	assert_string_equal(world_sql(w, "SELECT id_policy FROM feed"), policy);
	w->now_s += HOUR;
	world_ingest(w, feed, items + 1, 6);
	nothing_is_told(w, 6);
	for (i = 0; i < 6; i++)
		turned[i] = items[6 - i];
	world_ingest(w, feed, turned, 6);
	nothing_is_told(w, 6);
	/* A new one on top, the others as they were; then another, and the last two go. */
	world_ingest(w, feed, items, 7);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.changed + w->delta.rekeyed, 0);
	assert_int_equal(world_count(w, NULL), 7);
	untitled(items, memory, 7, guid, url, 9);
	if (!dated)
		no_dates(items, 7);
	world_ingest(w, feed, items, 6);
	assert_int_equal(w->delta.fresh, 1);
	assert_int_equal(w->delta.changed + w->delta.rekeyed, 0);
	assert_int_equal(world_count(w, NULL), 8);
	world_ingest(w, feed, items, 6);
	nothing_is_told(w, 8);
}

static void one_id_keeps_all_of_them(void **state)
{
	all_are_kept(*state, "same", "https://e.org/%d", true, "1");
}

static void one_id_and_one_link_keeps_all_of_them(void **state)
{
	all_are_kept(*state, "same", "https://e.org/", true, "2");
}

static void one_link_without_an_id_keeps_all_of_them(void **state)
{
	all_are_kept(*state, NULL, "https://e.org/", true, "2");
}

static void one_link_without_id_and_date_keeps_all_of_them(void **state)
{
	all_are_kept(*state, NULL, "https://e.org/", false, "3");
}

static void one_that_came_alone_is_known_among_others(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[3];
	char memory[3][4][64];

	untitled(items, memory, 3, "same", "https://e.org/%d", 0);
	world_ingest(w, feed, items + 2, 1);
	assert_int_equal(w->delta.fresh, 1);
	world_mark(w, STORE_MARK_READ, "1", NULL);
	world_ingest(w, feed, items, 3);
	assert_int_equal(w->delta.fresh, 2);
	assert_int_equal(w->delta.changed, 0);
	assert_string_equal(world_sql(w, "SELECT url FROM item WHERE read"), "https://e.org/2");
	world_ingest(w, feed, items, 3);
	nothing_is_told(w, 3);
}

/* A blog whose program gave two posts of one day the same anchor, which is the id, too. */
static void two_posts_at_one_place_are_two(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[20];
	char memory[20][4][64];

	untitled(items, memory, 20, "https://e.org/#%d", "https://e.org/#%d", 0);
	items[5].guid = items[6].guid;
	items[5].url = items[6].url;
	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 20);
	INGEST(w, feed, items);
	nothing_is_told(w, 20);
}

/* Without a text, with the same one at another address, or another at the same address. */
static void versions_are_one_item(void **state)
{
	struct world *w = *state;
	struct words items[4], one[4];
	char memory[4][4][64], url[32];
	int i;

	untitled(items, memory, 4, "%d", "https://e.org/%d", 0);
	for (i = 0; i < 3; i++) {
		memcpy(one, items, sizeof(one));
		one[0].guid = one[1].guid;
		one[0].text = i == 0 ? NULL : i == 1 ? one[1].text : one[0].text;
		if (i == 2)
			one[0].url = one[1].url;
		snprintf(url, sizeof(url), "https://e.org/feed%d", i);
		INGEST(w, world_add(w, url), one);
		assert_int_equal(w->delta.fresh, 3);
	}
	assert_string_equal(world_sql(w, "SELECT max(id_policy) FROM feed"), "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			one_id_keeps_all_of_them, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			one_id_and_one_link_keeps_all_of_them, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			one_link_without_an_id_keeps_all_of_them, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(one_link_without_id_and_date_keeps_all_of_them,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			one_that_came_alone_is_known_among_others, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			two_posts_at_one_place_are_two, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(versions_are_one_item, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
