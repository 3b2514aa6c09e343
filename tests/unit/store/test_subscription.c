#include "world.h"

/* What a list of subscriptions is made of. */

/* "url title every proxy: tags\n" */
static int on_subscription(void *ctx, const struct store_subscription *row)
{
	struct world *w = ctx;
	size_t used = strlen(w->text), i;

	used += (size_t)snprintf(w->text + used, sizeof(w->text) - used, "%s %s %lld %s:", row->url,
		row->title, (long long)row->settings->every_s,
		row->settings->proxy != NULL ? row->settings->proxy : "-");
	for (i = 0; i < row->tag_count; i++)
		used += (size_t)snprintf(
			w->text + used, sizeof(w->text) - used, " [%s]", row->tags[i]);
	snprintf(w->text + used, sizeof(w->text) - used, "\n");
	return w->number != 0;
}

static const char *subscriptions(struct world *w)
{
	w->text[0] = '\0';
	store_subscriptions(w->store, on_subscription, on_page, w);
	world_wait(w);
	assert_false(w->failed);
	return w->text;
}

static void each_feed_has_its_own_tags_and_settings(void **state)
{
	struct world *w = *state;
	int64_t first = world_add(w, "https://e.org/first");
	int64_t gone = world_add(w, "https://e.org/gone");
	int64_t last;

	(void)world_add(w, "https://e.org/plain");
	last = world_add(w, "https://e.org/last");
	assert_true(world_set(w, first, "tags", "News, Linux"));
	assert_true(world_set(w, first, "title", "First"));
	assert_true(world_set(w, gone, "tags", "A, B, Z"));
	assert_true(world_set(w, last, "tags", "Linux, Ж, a/b"));
	assert_true(world_set(w, last, "every", "2h"));
	assert_true(world_set(w, last, "proxy", "socks5h://127.0.0.1:9050"));
	store_feeds_remove(w->store, &gone, 1, false, w->now_s, on_changed, w);
	world_wait(w);
	w->number = 0;
	assert_string_equal(subscriptions(w),
		"https://e.org/first First -1 -: [Linux] [News]\n"
		"https://e.org/plain https://e.org/plain -1 -:\n"
		"https://e.org/last https://e.org/last 7200 socks5h://127.0.0.1:9050:"
		" [Linux] [a/b] [Ж]\n");
	assert_int_equal(w->rows, 3);
	w->number = 1;
	assert_string_equal(subscriptions(w), "https://e.org/first First -1 -: [Linux] [News]\n");
}

static void without_a_feed_there_is_none(void **state)
{
	struct world *w = *state;

	assert_string_equal(subscriptions(w), "");
	assert_int_equal(w->rows, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			each_feed_has_its_own_tags_and_settings, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			without_a_feed_there_is_none, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
