#include <time.h>

#include "cache.h"

/* Newsboat's cache: what a person did there is taken over, and nothing taken off. */

static void newsboats_cache_is_read(void **state)
{
	struct world *w = *state;

	import_cache(w, CACHE_TABLES "INSERT INTO rss_item (guid, feedurl, unread, flags) VALUES"
				     " ('a', 'https://e.org/feed', 0, ''),"
				     " ('https://e.org/2', 'https://e.org/feed', 1, 'bq'),"
				     " ('z', 'https://e.org/feed', 1, '');");
	assert_int_equal(restored.feeds, 1);
	assert_int_equal(restored.waiting, 2);
	assert_int_equal(restored.refused, 1);
	INGEST(w, 1, items);
	assert_string_equal(world_list(w, NULL), "4 R A\n3 N B\n2 N C\n1 N no key at all\n");
	assert_string_equal(world_sql(w, "SELECT group_concat(tag) FROM item_tag"), "b,q");
}

/* Where a feed gives no ids newsboat makes some. */
static void newsboats_own_ids_are_understood(void **state)
{
	static const char cache[] = CACHE_TABLES
		"INSERT INTO rss_item (guid, url, title, feedurl, unread, deleted) VALUES"
		" ('https://e.org/1?a=1Tue, 14 Nov 2023 22:13:20 GMT', 'https://e.org/1?a=1', '',"
		"  'https://e.org/feed', 0, 0),"
		" ('/2Tue, 14 Nov 2023 22:13:20 GMT', 'https://e.org/2', '',"
		"  'https://e.org/feed', 0, 0),"
		" ('https://e.org/3', 'https://e.org/3', '', 'https://e.org/feed', 0, 0),"
		" ('Only a title\n', '', 'Only a title\n', 'https://e.org/feed', 0, 0),"
		" ('\n g ', 'https://e.org/4', '', 'https://e.org/feed', 1, 1),"
		" ('https://e.org/6?v=1', 'https://e.org/6', '', 'https://e.org/feed', 0, 0),"
		" ('https://e.org/5Tue, 14 Nov', 'https://e.org/5', '', 'https://e.org/feed', 1, "
		"0);";
	static const struct words doc[] = {
		{ .url = "https://e.org/1?a=1", .title = "One", .published_s = NOW - 1 },
		{ .url = "https://e.org/2", .title = "Two", .published_s = NOW - 2 },
		{ .url = "https://e.org/3", .title = "Three", .published_s = NOW - 3 },
		{ .title = "Only a title", .published_s = NOW - 4 },
		{ .guid = "g",
			.url = "https://e.org/4",
			.title = "Deleted",
			.published_s = NOW - 5 },
		{ .url = "https://e.org/5", .title = "Unread", .published_s = NOW - 6 },
		{ .url = "https://e.org/6", .title = "Other", .published_s = NOW - 7 },
	};
	static const char want[] = "7 R One\n6 R Two\n5 R Three\n4 R Only a title\n3 R Deleted\n"
				   "2 N Unread\n1 N Other\n";
	struct world *w = *state;

	import_cache(w, cache);
	INGEST(w, 1, doc);
	assert_string_equal(world_list(w, NULL), want);

	/* and where the items are there before */
	world_mark_all(w, STORE_MARK_UNREAD, NULL, UINT64_MAX);
	import_cache(w, cache);
	assert_string_equal(world_list(w, NULL), want);
}

/* An id of the feed's own is no link and date, whatever letters they share. */
static void an_id_that_begins_as_the_link_ends_is_the_feeds(void **state)
{
	static const char cache[] = CACHE_TABLES
		"INSERT INTO rss_item (guid, url, title, feedurl, unread, flags) VALUES"
		" ('http://e.org/?p=12', 'http://e.org/watch', 'A', 'https://e.org/feed', 0, 'x'),"
		" ('http://e.org/?p=13', 'http://e.org/h', 'B', 'https://e.org/feed', 0, ''),"
		" ('/a:14', 'http://e.org/', 'C', 'https://e.org/feed', 0, ''),"
		" ('http://e.org/12:30', 'http://e.org/1', 'D', 'https://e.org/feed', 0, ''),"
		" ('http://e.org/2023-11-14', 'http://e.org/', 'E', 'https://e.org/feed', 0, ''),"
		" ('http://e.org/1700000000', 'http://e.org/', 'F', 'https://e.org/feed', 0, ''),"
		" ('http://e.org/7 14 Nov 2023', 'http://e.org/7', 'G', 'https://e.org/feed', 0, "
		"'');";
	static const struct words doc[] = {
		{ .guid = "http://e.org/?p=12", .url = "http://e.org/watch", .title = "A" },
		{ .guid = "http://e.org/?p=13", .url = "http://e.org/h", .title = "B" },
		{ .guid = "/a:14", .url = "http://e.org/", .title = "C" },
		{ .guid = "http://e.org/12:30", .url = "http://e.org/1", .title = "D" },
		{ .guid = "http://e.org/2023-11-14", .url = "http://e.org/", .title = "E" },
		{ .guid = "http://e.org/1700000000", .url = "http://e.org/", .title = "F" },
		{ .guid = "http://e.org/7 14 Nov 2023", .url = "http://e.org/7", .title = "G" },
	};
	struct world *w = *state;

	import_cache(w, cache);
	INGEST(w, 1, doc);
	assert_string_equal(world_sql(w, "SELECT group_concat(guid, ' ') FROM waiting"), "");
	assert_string_equal(world_sql(w, "SELECT group_concat(tag) FROM item_tag"), "x");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM item WHERE read"), "7");
}

/* newsboat's guid has the link as the feed wrote it, and its link is made absolute. */
static void newsboats_own_ids_have_the_link_as_it_was_written(void **state)
{
	static const char cache[] = CACHE_TABLES
		"INSERT INTO rss_item (guid, url, title, feedurl, unread) VALUES"
		" ('https://bare.e.orgTue, 14 Nov 2023 22:13:20 GMT', 'https://bare.e.org/', '',"
		"  'https://e.org/feed', 0),"
		" ('https://bare.e.org?x=12023-11-14T22:13:20Z', 'https://bare.e.org/?x=1', '',"
		"  'https://e.org/feed', 0),"
		" ('3.htmlThu, 01 Jan 1970 00:00:00 GMT', 'https://e.org/3.html', '',"
		"  'https://e.org/feed', 0),"
		" ('?q=42023-11-14T22:13:20Z', 'https://e.org/?q=4', '', 'https://e.org/feed', 0),"
		" (' https://e.org/5 Tue, 14 Nov 2023 22:13:20 GMT', 'https://e.org/5', '',"
		"  'https://e.org/feed', 0),"
		" ('https://e.org/6Tue, 14 Nov 2023', 'https://e.org/6', '', 'https://e.org/feed', "
		"0),"
		" ('https://e.org/72023-11-14', 'https://e.org/7', '', 'https://e.org/feed', 0);";
	static const struct words doc[] = {
		{ .url = "https://bare.e.org", .title = "1" },
		{ .url = "https://bare.e.org?x=1", .title = "2" },
		{ .url = "https://e.org/3.html", .title = "3" },
		{ .url = "https://e.org/?q=4", .title = "4" },
		{ .url = "https://e.org/5", .title = "5" },
		{ .url = "https://e.org/6", .title = "6" },
		{ .url = "https://e.org/7", .title = "7" },
	};
	struct world *w = *state;

	import_cache(w, cache);
	INGEST(w, 1, doc);
	assert_string_equal(world_sql(w, "SELECT group_concat(guid, ' ') FROM waiting"), "");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM item WHERE read"), "7");
}

/* Many of its letters are the link's last, and each may be where that ends. */
static void a_link_that_is_written_in_another_way_may_have_any_letters(void **state)
{
	static const char cache[] = CACHE_TABLES
		"INSERT INTO rss_item (guid, url, title, feedurl, unread) VALUES"
		" ('/a-canal-panama-banana-data-galaTue, 14 Nov 2023 22:13:20 GMT',"
		"  'https://e.org/a-canal-panama-banana-data-gala', '', 'https://e.org/feed', 0),"
		" ('/2011/11/11/11-of-1111112023-11-14T22:13:20Z',"
		"  'https://e.org/2011/11/11/11-of-111111', '', 'https://e.org/feed', 0);";
	static const struct words doc[] = {
		{ .url = "https://e.org/a-canal-panama-banana-data-gala", .title = "1" },
		{ .url = "https://e.org/2011/11/11/11-of-111111", .title = "2" },
	};
	struct world *w = *state;

	import_cache(w, cache);
	INGEST(w, 1, doc);
	assert_string_equal(world_sql(w, "SELECT group_concat(guid, ' ') FROM waiting"), "");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM item WHERE read"), "2");
}

#define DATED "Tue, 14 Nov 2023 22:13:"

/* A service's link is newsboat's, and the publisher's is ours. */
static void an_item_without_id_is_found_by_date_and_title(void **state)
{
	static const char cache[] = CACHE_TABLES
		"INSERT INTO rss_item (guid, url, title, feedurl, unread, flags) VALUES"
		" ('http://fb.org/1" DATED
		"20 GMT', 'http://fb.org/1', 'One', 'https://e.org/feed', 0, ''),"
		" ('http://fb.org/2" DATED "20 GMT', 'http://fb.org/2', ' <b>Two</b> &amp;\n 2',"
		"  'https://e.org/feed', 0, 'x'),"
		" ('https://e.org/3" DATED
		"20 GMT', 'https://e.org/3', 'Old', 'https://e.org/feed', 0, ''),"
		" ('https://e.org/c" DATED
		"20 GMT', 'https://e.org/c', 'C 1', 'https://e.org/feed', 0, ''),"
		" ('https://e.org/c" DATED
		"21 GMT', 'https://e.org/c', 'C 2', 'https://e.org/feed', 1, '');";
	static const struct words doc[] = {
		{ .url = "https://e.org/1", .title = "One", .published_s = 1700000000 },
		{ .url = "https://e.org/2", .title = "Two & 2", .published_s = 1700000000 },
		{ .url = "https://e.org/3", .title = "New", .published_s = 1700000000 },
		{ .url = "https://e.org/c", .title = "C 1", .published_s = 1700000000 },
		{ .url = "https://e.org/c", .title = "C 2", .published_s = 1700000001 },
	};
	static const char which[] =
		"SELECT group_concat(title, ', ') FROM (SELECT title FROM item WHERE read"
		" ORDER BY title)";
	struct world *w = *state;

	import_cache(w, cache);
	assert_int_equal(restored.waiting, 4);
	INGEST(w, 1, doc);
	assert_string_equal(world_sql(w, which), "C 1, New, One, Two & 2");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM waiting"), "0");

	/* and where the items are there before */
	world_mark_all(w, STORE_MARK_UNREAD, NULL, UINT64_MAX);
	import_cache(w, cache);
	assert_int_equal(restored.waiting, 0);
	assert_string_equal(world_sql(w, which), "C 1, New, One, Two & 2");
}

/* Two of one date and one title, here or there, and two of one link. */
static void of_several_nobody_guesses_one(void **state)
{
	static const char cache[] = CACHE_TABLES
		"INSERT INTO rss_item (guid, url, title, feedurl, unread) VALUES"
		" ('http://fb.org/1" DATED
		"20 GMT', 'http://fb.org/1', 'One', 'https://e.org/feed', 0),"
		" ('http://fb.org/2" DATED
		"20 GMT', 'http://fb.org/2', 'Two', 'https://e.org/feed', 0),"
		" ('http://fb.org/3" DATED
		"20 GMT', 'http://fb.org/3', 'Two', 'https://e.org/feed', 1),"
		" ('https://e.org/c" DATED
		"20 GMT', 'https://e.org/c', 'C 1', 'https://e.org/feed', 0),"
		" ('https://e.org/c" DATED
		"21 GMT', 'https://e.org/c', 'C 2', 'https://e.org/feed', 1);";
	static const struct words doc[] = {
		{ .url = "https://e.org/1", .title = "One", .published_s = 1700000000 },
		{ .url = "https://e.org/1b", .title = "One", .published_s = 1700000000 },
		{ .url = "https://e.org/3", .title = "Two", .published_s = 1700000000 },
		{ .url = "https://e.org/c", .title = "C 2", .published_s = 1700000001 },
		{ .guid = "g",
			.url = "https://e.org/g",
			.title = "C 1",
			.published_s = 1700000000 },
	};
	static const struct words later[] = {
		{ .url = "https://e.org/1c", .title = "One", .published_s = 1700000000 }
	};
	struct world *w = *state;

	import_cache(w, cache);
	INGEST(w, 1, doc);
	import_cache(w, cache);
	INGEST(w, 1, later);
	assert_string_equal(world_sql(w, "SELECT count(*) FROM item WHERE read"), "0");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM waiting"), "3");
}

static void what_waits_by_its_date_can_be_put_back(void **state)
{
	static const struct words doc[] = {
		{ .url = "https://e.org/1", .title = "One", .published_s = 1700000000 },
		{ .url = "https://e.org/2", .title = "Two", .published_s = 1700000000 }
	};
	static const char dump[] =
		"feedd-dump 1\nfeed\thttps://e.org/feed\n"
		"item\thttps://e.org/feed\t\\\\dhttp://fb.org/1\\n1700000000\\nOne"
		"\t2026-01-01T00:00:00Z\tread\n"
		"item\thttps://e.org/feed\t\\\\d\\nno number\\nTwo"
		"\t2026-01-01T00:00:00Z\tread\n";
	struct world *w = *state;

	restore(w, dump, false);
	assert_int_equal(restored.waiting, 2);
	INGEST(w, 1, doc);
	assert_string_equal(world_list(w, NULL), "2 R One\n1 N Two\n");
	world_mark_all(w, STORE_MARK_UNREAD, NULL, UINT64_MAX);
	restore(w, dump, false);
	assert_int_equal(restored.waiting, 1);
	assert_string_equal(world_list(w, NULL), "2 R One\n1 N Two\n");
}

static double cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What no document could say: a dump that had it could not be put back, or made. */
static void what_is_no_text_is_refused(void **state)
{
	struct world *w = *state;

	import_cache(w,
		CACHE_TABLES "UPDATE rss_feed SET title = CAST(x'ff' AS TEXT);"
			     "INSERT INTO rss_item (guid, url, feedurl, unread) VALUES"
			     " (CAST(x'67ff' AS TEXT), '', 'https://e.org/feed', 0),"
			     " ('/2#' || CAST(x'ff' AS TEXT) || '2Tue, 14 Nov 2023 22:13:20 GMT',"
			     "  'https://e.org/2#' || CAST(x'ff' AS TEXT) || '2',"
			     "  'https://e.org/feed', 0),"
			     " (printf('%.*c', 100000, 'x'), '', 'https://e.org/feed', 0),"
			     " ('a', '', 'https://e.org/feed', 0);");
	assert_int_equal(restored.refused, 4); /* and a program's output */
	assert_string_equal(world_sql(w, "SELECT group_concat(guid) FROM waiting"), "a");
	assert_string_equal(world_sql(w, "SELECT own_title IS NULL FROM feed"), "1");
}

/* A link and an id that are one letter, a million times. */
static void a_long_link_keeps_nobody_waiting(void **state)
{
	static const char cache[] = CACHE_TABLES
		"INSERT INTO rss_item (guid, url, title, feedurl, unread) VALUES"
		" (printf('%.*c', 1000000, 'a'), printf('%.*c', 1000000, 'a'), '',"
		"  'https://e.org/feed', 0),"
		" (printf('%.*c', 4000, 'a'), printf('%.*c', 4000, 'a'), '',"
		"  'https://e.org/feed', 0);";
	double from_s = cpu_s();

	import_cache(*state, cache);
	assert_int_equal(restored.refused, 1 + 1); /* and a program's output */
	assert_int_equal(restored.waiting, 1);
	assert_true(cpu_s() - from_s < 5); /* it was a quarter of a minute */
}

static void a_cache_takes_nothing_off(void **state)
{
	static const char cache[] = CACHE_TABLES
		"INSERT INTO rss_item (guid, feedurl, unread, flags) VALUES"
		" ('a', 'https://e.org/feed', 0, ''),"
		" ('https://e.org/2', 'https://e.org/feed', 1, 'b');";
	struct world *w = *state;

	restore(w,
		"feedd-dump 1\nfeed\thttps://e.org/feed\n"
		"item\thttps://e.org/feed\ta\t2026-01-01T00:00:00Z\tstarred,tag:mine\n"
		"item\thttps://e.org/feed\thttps://e.org/2\t2026-01-01T00:00:00Z\tread\n",
		false);
	import_cache(w, cache);
	INGEST(w, 1, items);
	assert_string_equal(world_list(w, NULL), "4 R* A\n3 R B\n2 N C\n1 N no key at all\n");
	world_mark(w, STORE_TAG, "a", "later");
	import_cache(w, cache);
	assert_string_equal(world_list(w, NULL), "4 R* A\n3 R B\n2 N C\n1 N no key at all\n");
	assert_string_equal(world_sql(w, "SELECT group_concat(tag) FROM item_tag"), "b,later,mine");
}

/* The same feed as from newsboat's list of addresses; a password is told to nobody. */
static void a_caches_addresses_are_those_of_a_list(void **state)
{
	static const char cache[] = CACHE_TABLES
		"DELETE FROM rss_feed;"
		"INSERT INTO rss_feed VALUES ('HTTPS://joe:secret@E.org:443/feed', '', 'Boat'),"
		" ('https://e.org:0x/', '', 'none');"
		"INSERT INTO rss_item (guid, feedurl, unread, flags) VALUES"
		" ('a', 'HTTPS://joe:secret@E.org:443/feed', 0, ''),"
		" ('b', 'https://e.org:0x/', 0, '');";
	struct world *w = *state;

	import_cache(w, cache);
	assert_int_equal(restored.feeds, 1);
	assert_int_equal(restored.refused, 1);
	assert_string_equal(
		world_sql(w, "SELECT url, auth FROM feed"), "https://e.org/feed|joe:secret");
	assert_string_equal(
		world_sql(w, "SELECT feed_url, guid FROM waiting"), "https://e.org/feed|a");
	INGEST(w, 1, items);
	assert_string_equal(world_list(w, NULL), "4 R A\n3 N B\n2 N C\n1 N no key at all\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(newsboats_cache_is_read),
		TEST(newsboats_own_ids_are_understood),
		TEST(an_id_that_begins_as_the_link_ends_is_the_feeds),
		TEST(newsboats_own_ids_have_the_link_as_it_was_written),
		TEST(a_link_that_is_written_in_another_way_may_have_any_letters),
		TEST(an_item_without_id_is_found_by_date_and_title),
		TEST(of_several_nobody_guesses_one),
		TEST(what_waits_by_its_date_can_be_put_back),
		TEST(what_is_no_text_is_refused),
		TEST(a_long_link_keeps_nobody_waiting),
		TEST(a_cache_takes_nothing_off),
		TEST(a_caches_addresses_are_those_of_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
