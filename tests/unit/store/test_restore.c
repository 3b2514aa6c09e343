#include "restored.h"

/* What of a dump is put back as `add` and `set` would have it, and what is refused. */

#define READ "2026-01-01T00:00:00Z\tread\n"

static void a_password_in_an_address_is_split_off(void **state)
{
	struct world *w = *state;

	restore(w,
		"feedd-dump 1\nfeed\thttp://u:SECRET@e.org/f\n"
		"feed\thttp://u:SECRET@e.org/f\tevery\t3h\n"
		"item\thttp://u:SECRET@e.org/f\ta\t" READ,
		false);
	assert_int_equal(restored.refused, 0);
	assert_int_equal(restored.feeds, 1);
	assert_string_equal(world_sql(w, "SELECT url, auth, every_s, feed_url FROM feed, waiting"),
		"http://e.org/f|u:SECRET|10800|http://e.org/f");
}

/* As the first of two that say it: the settings that follow are the later word. */
static void a_password_of_its_own_line_is_the_one_that_stands(void **state)
{
	struct world *w = *state;

	restore(w,
		"feedd-dump 1\nfeed\thttp://u:first@e.org/f\n"
		"feed\thttp://u:first@e.org/f\tauth\tu:second\n",
		false);
	assert_string_equal(world_sql(w, "SELECT url, auth FROM feed"), "http://e.org/f|u:second");
	restore(w, "feedd-dump 1\nfeed\thttp://u:first@e.org/f\n", true);
	assert_string_equal(world_sql(w, "SELECT url, auth FROM feed"), "http://e.org/f|u:second");
	restore(w, "feedd-dump 1\nfeed\thttp://u:first@e.org/f\n", false);
	assert_string_equal(world_sql(w, "SELECT url, auth FROM feed"), "http://e.org/f|u:first");
}

static void an_address_is_put_back_as_it_would_be_added(void **state)
{
	struct world *w = *state;

	restore(w,
		"feedd-dump "
		"1\nfeed\tHTTP://E.org:80/f#top\nfeed\tHTTP://E.org:80/f#top\tevery\t1h\n"
		"item\tHTTP://E.org:80/f#top\ta\t" READ "item\thttp://e.org/f\tb\t" READ
		"item\tpush:p\tc\t" READ,
		false);
	assert_int_equal(restored.refused, 0);
	assert_string_equal(world_sql(w, "SELECT url, every_s FROM feed"), "http://e.org/f|3600");
	assert_string_equal(world_sql(w, "SELECT group_concat(feed_url || guid, ' ') FROM"
					 " (SELECT * FROM waiting ORDER BY guid)"),
		"http://e.org/fa http://e.org/fb push:pc");
	assert_int_equal(world_add(w, "http://e.org/f"), 1);
}

/* However it came here: a dump of this store leads to it. */
static void an_address_that_a_feed_has_is_that_feeds(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "HTTP://e.org/f#top");

	INGEST(w, feed, items);
	restore(w, "feedd-dump 1\nfeed\tHTTP://e.org/f#top\nitem\tHTTP://e.org/f#top\ta\t" READ,
		false);
	assert_int_equal(restored.feeds, 0);
	assert_int_equal(restored.states, 1);
	assert_string_equal(world_sql(w, "SELECT count(*) FROM feed"), "1");
}

static void an_address_that_can_not_be_asked_is_refused_and_the_rest_is_done(void **state)
{
	struct world *w = *state;

	restore(w,
		"feedd-dump 1\nfeed\thttp://exa<mple/\nfeed\thttp://127.0.0.1:99999/\n"
		"item\tftp://e.org/\ta\t" READ
		"feed\thttp://e.org/f\nitem\thttp://e.org/f\ta\t" READ,
		false);
	assert_false(w->failed);
	assert_int_equal(restored.refused, 3);
	assert_non_null(strstr(w->text, "http://exa<mple/: "));
	assert_non_null(strstr(w->text, "http://127.0.0.1:99999/: "));
	assert_string_equal(
		world_sql(w, "SELECT url, guid FROM feed, waiting"), "http://e.org/f|a");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_password_in_an_address_is_split_off),
		TEST(a_password_of_its_own_line_is_the_one_that_stands),
		TEST(an_address_is_put_back_as_it_would_be_added),
		TEST(an_address_that_a_feed_has_is_that_feeds),
		TEST(an_address_that_can_not_be_asked_is_refused_and_the_rest_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
