#include "world.h"

/* FEED by the thousand. */

static void on_found_many(
	void *ctx, const struct store_found *found, size_t count, const struct err *err)
{
	struct world *w = ctx;
	size_t i, refused = 0;

	for (i = 0; i < count; i++)
		refused += found[i].feed_id == 0 && found[i].err.code == ERR_USAGE;
	w->number = refused;
	w->id = found[count - 1].feed_id;
	world_answer(w, err);
}

/* An id and a URL are looked up; for a name all feeds are gone through. */
static void so_many_names_are_looked_for_at_once_and_any_number_of_ids(void **state)
{
	enum { FEEDS = 20000, NAMES = STORE_FIND_NAMES_MAX / FEEDS };
	static const char *words[NAMES + FEEDS + 1002];
	struct world *w = *state;
	int64_t id = world_add(w, "https://lwn.example/headlines");
	size_t count = 0;

	/* Removed ones, which are passed sooner. */
	world_sql(w, "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)"
		     " INSERT INTO feed (url, added_s, removed_s)"
		     " SELECT 'https://f.example/' || i, 0, 1 FROM n");
	while (count < NAMES + 1000)
		words[count++] = "lwn";
	while (count < NAMES + FEEDS + 1000)
		words[count++] = "1";
	words[count++] = "99";
	words[count++] = "https://lwn.example/headlines";
	store_feeds_find(w->store, words, count, on_found_many, w);
	world_wait(w);
	assert_int_equal(w->number, 1000);
	assert_int_equal(w->id, id);
}

static size_t found(struct world *w, const char *word)
{
	w->number = 0;
	store_feeds_find(w->store, &word, 1, on_found_many, w);
	world_wait(w);
	return w->id != 0;
}

/* A line leaves out what joins letters, and what it shows can be typed or pasted; a feed's
 * own title lacks it, and who writes the language types it. */
static void a_title_is_found_with_what_joins_its_letters_and_without(void **state)
{
	struct world *w = *state;

	world_add(w, "https://fa.example/feed");
	world_sql(w, "UPDATE feed SET title = 'خبرهای خانه‌ها'");
	assert_true(found(w, "خبرهای خانه‌ها"));
	assert_true(found(w, "خبرهای خانهها"));
	assert_true(found(w, "خانه‌ها"));
	world_sql(w, "UPDATE feed SET title = 'خبرهای خانهها'");
	assert_true(found(w, "خبرهای خانه‌ها"));
	/* Nothing but such is a part of none. */
	assert_false(found(w, "‌"));
	assert_false(found(w, "گربه"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(so_many_names_are_looked_for_at_once_and_any_number_of_ids),
		TEST(a_title_is_found_with_what_joins_its_letters_and_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
