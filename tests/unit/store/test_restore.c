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

static int on_dumped(void *ctx, const char *text, size_t length)
{
	struct world *w = ctx;

	snprintf(w->text, sizeof(w->text), "%.*s", (int)length, text);
	return 0;
}

static const char *dumped(struct world *w)
{
	store_dump(w->store, false, on_dumped, on_page, w);
	world_wait(w);
	return w->text;
}

/* What an upgrade made of one that another feed has without a password. */
static void two_feeds_of_one_address_stay_two(void **state)
{
	static const char dump[] = "feedd-dump 1\nfeed\thttp://e.org/f\n"
				   "feed\thttp://e.org/f\tadded\t2026-05-01T00:00:00Z\n"
				   "feed\thttp://2@e.org/f\n"
				   "feed\thttp://2@e.org/f\tadded\t2026-05-01T00:00:00Z\n"
				   "item\thttp://e.org/f\ta\t" READ
				   "item\thttp://2@e.org/f\tb\t" READ;
	static const char want[] = "http://e.org/f|\nhttp://2@e.org/f|";
	struct world *w = *state;

	restore(w, dump, false);
	assert_int_equal(restored.refused, 0);
	assert_string_equal(world_sql(w, "SELECT url, auth FROM feed ORDER BY id"), want);
	assert_string_equal(dumped(w), dump);
	restore(w, dump, false);
	assert_string_equal(world_sql(w, "SELECT url, auth FROM feed ORDER BY id"), want);
	assert_string_equal(dumped(w), dump);
}

/* Where nobody has the address it is a user's name. */
static void a_number_in_an_address_may_be_a_user(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 2; i++) {
		restore(w, "feedd-dump 1\nfeed\thttp://2@e.org/f\n", false);
		assert_string_equal(
			world_sql(w, "SELECT url, auth FROM feed"), "http://e.org/f|2:");
	}
}

/* The other one was removed before the dump: what is said of this one is of one feed. */
static void marks_of_who_has_the_address_alone_by_now_are_under_it(void **state)
{
	static const char dump[] = "feedd-dump 1\nfeed\thttp://e.org/g\n"
				   "feed\thttp://2@e.org/f\n"
				   "feed\thttp://3@e.org/f\n"
				   "item\thttp://e.org/g\ta\t" READ
				   "item\thttp://2@e.org/f\tb\t" READ
				   "item\thttp://3@e.org/f\tc\t" READ
				   "query\tq\tfeed = 1 or feed = 2\t"
				   "http://2@e.org/f http://3@e.org/f\n";
	struct world *w = *state;

	for (int i = 0; i < 2; i++) {
		restore(w, dump, false);
		assert_int_equal(restored.refused, 0);
		assert_string_equal(world_sql(w, "SELECT url FROM feed ORDER BY id"),
			"http://e.org/g\nhttp://e.org/f\nhttp://3@e.org/f");
		assert_string_equal(
			world_sql(w, "SELECT feed_url, guid FROM waiting ORDER BY guid"),
			"http://e.org/g|a\nhttp://e.org/f|b\nhttp://3@e.org/f|c");
		assert_string_equal(world_sql(w, "SELECT expr FROM query"), "feed = 2 or feed = 3");
	}
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

static void what_is_refused_is_named_without_its_password(void **state)
{
	struct world *w = *state;
	char *value = mem_printf("%*s", 5 << 20, "x");
	char *text = mem_printf("feedd-dump 1\nfeed\tftp://u:SECRET@e.org/\n"
				"feed\tftp://u:SECRET@e.org/\tevery\t1h\n"
				"item\tftp://u:SECRET@e.org/\ta\t" READ
				"feed\tpush:a\nfeed\tpush:a\tauth\tu:SECRET%s\n",
		value);
	struct buf buf;

	buf_init(&buf, SIZE_MAX);
	assert_int_equal(buf_add_text(&buf, text), 0);
	store_restore(w->store, &buf, false, w->now_s, on_restored, w);
	world_wait(w);
	assert_int_equal(restored.refused, 4);
	assert_null(strstr(w->text, "SECRET"));
	assert_non_null(strstr(w->text, "ftp://e.org/: "));
	assert_non_null(strstr(w->text, "push:a: a line is too long for a dump\n"));
	buf_release(&buf);
	free(text);
	free(value);
}

static void a_setting_that_set_would_refuse_is_named_and_left_out(void **state)
{
	static const char *const lines[] = { "auth\tnocolon", "ca\tno certificate", "cert\tx",
		"delta\tmaybe", "downgrade\tmaybe", "header\tnocolon", "header\tHost: e.org",
		"header\tX-A: a\rX-B: b", "insecure\tmaybe", "key\tx", "paused\tmaybe",
		"paused\tno", "private\tmaybe", "private\tyes", "private\te.org:1/x",
		"private\tu@e.org:80", "proxy\tftp://x", "proxy\thttp://e.org:99999" };
	struct world *w = *state;
	char *text, *before;
	size_t i;

	restore(w, "feedd-dump 1\nfeed\tpush:a\nfeed\tpush:a\tinsecure\tyes\n", false);
	before = mem_strdup(world_sql(w, "SELECT * FROM feed"));
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		text = mem_printf("feedd-dump 1\nfeed\tpush:a\nfeed\tpush:a\t%s\n", lines[i]);
		restore(w, text, false);
		if (restored.refused != 1 || strncmp(w->text, "push:a: ", 8) != 0)
			fail_msg("%s: %s", lines[i], w->text);
		free(text);
	}
	assert_string_equal(before, world_sql(w, "SELECT * FROM feed"));
	assert_string_equal(world_sql(w, "SELECT paused FROM poll"), "0");
	free(before);
}

/* Lines of one setting: what an older feedd took, and did not send, is no loss. */
static void of_several_headers_those_that_can_be_sent_are_put_back(void **state)
{
	struct world *w = *state;

	restore(w,
		"feedd-dump 1\nfeed\tpush:a\n"
		"feed\tpush:a\theader\tX-A: a\\nHost: e.org\\nX-B: b\\n\n",
		false);
	assert_int_equal(restored.refused, 1);
	assert_non_null(strstr(w->text, "push:a: header: Host is feedd's own to say"));
	assert_string_equal(world_sql(w, "SELECT headers FROM feed"), "X-A: a\nX-B: b\n");
	restore(w, "feedd-dump 1\nfeed\tpush:a\nfeed\tpush:a\theader\t\n", false);
	assert_string_equal(world_sql(w, "SELECT headers IS NULL FROM feed"), "1");
}

static void what_a_dump_says_of_a_private_network_is_put_back(void **state)
{
	static const char *const places[] = { "127.0.0.1:8080", "[::1]:80",
		"xn--bcher-kva.example:443", "localhost:1" };
	struct world *w = *state;
	char *text;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		text = mem_printf(
			"feedd-dump 1\nfeed\tpush:a\nfeed\tpush:a\tprivate\t%s\n", places[i]);
		restore(w, text, false);
		assert_int_equal(restored.refused, 0);
		assert_string_equal(world_sql(w, "SELECT private_at FROM feed"), places[i]);
		free(text);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_password_in_an_address_is_split_off),
		TEST(a_password_of_its_own_line_is_the_one_that_stands),
		TEST(two_feeds_of_one_address_stay_two),
		TEST(a_number_in_an_address_may_be_a_user),
		TEST(marks_of_who_has_the_address_alone_by_now_are_under_it),
		TEST(an_address_is_put_back_as_it_would_be_added),
		TEST(an_address_that_a_feed_has_is_that_feeds),
		TEST(an_address_that_can_not_be_asked_is_refused_and_the_rest_is_done),
		TEST(what_is_refused_is_named_without_its_password),
		TEST(a_setting_that_set_would_refuse_is_named_and_left_out),
		TEST(of_several_headers_those_that_can_be_sent_are_put_back),
		TEST(what_a_dump_says_of_a_private_network_is_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
