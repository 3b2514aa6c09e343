#include "world.h"

/* What is known by its link alone, however that is spelled. */

/* Neither guid nor date. */
static void a_link_that_is_spelled_anew_is_the_same(void **state)
{
	static const char *const spellings[] = { "https://e.org/caf%C3%A9?a=%2F",
		"https://e.org/caf\xc3\xa9?a=%2F", "https://e.org/caf%c3%a9?a=%2f",
		"https://e.org/%63af%c3%a9?a=%2F&mtm_campaign=feed",
		"https://e.org/caf%C3%A9?source=rss&a=%2F" };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[] = {
		{ .title = "Caf\xc3\xa9", .text = "<p>coffee" },
		{ .url = "https://e.org/tea", .title = "Tea", .text = "<p>tea" },
	};
	size_t i;

	for (i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		items[0].url = spellings[i];
		INGEST(w, feed, items);
		assert_int_equal(w->delta.fresh, i == 0 ? 2 : 0);
		assert_int_equal(w->delta.changed, 0);
	}
	assert_int_equal(world_count(w, NULL), 2);
	/* A slash in a value is another page. */
	items[0].url = "https://e.org/caf%C3%A9?a=/";
	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(a_link_that_is_spelled_anew_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
