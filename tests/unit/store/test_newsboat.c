#include <fcntl.h>
#include <time.h>
#include <unistd.h>
#include <sqlite3.h>

#include "restored.h"

/* Newsboat's cache: what a person did there is taken over, and nothing taken off. */

/* A copy of a database as an upload leaves it: a file without a name. */
static int file_of(const void *bytes, size_t length)
{
	int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	assert_true(file >= 0);
	assert_int_equal(write(file, bytes, length), length);
	return file;
}

#define CACHE_TABLES                                                                               \
	"CREATE TABLE rss_feed (rssurl VARCHAR(1024) PRIMARY KEY, url VARCHAR(1024),"              \
	" title VARCHAR(1024));"                                                                   \
	"CREATE TABLE rss_item (id INTEGER PRIMARY KEY, guid VARCHAR(64), title TEXT,"             \
	" author TEXT, url TEXT, feedurl TEXT, pubDate INTEGER, content TEXT,"                     \
	" unread INTEGER, flags VARCHAR(52), deleted INTEGER DEFAULT 0);"                          \
	"INSERT INTO rss_feed VALUES ('https://e.org/feed', '', 'Boat'),"                          \
	" ('exec:ls', '', 'no');"

/* To be freed by sqlite3_free(). */
static unsigned char *make_cache(const char *sql, sqlite3_int64 *out_size)
{
	unsigned char *bytes;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	bytes = sqlite3_serialize(db, "main", out_size, 0);
	sqlite3_close(db);
	return bytes;
}

static void import_bytes(struct world *w, const unsigned char *bytes, sqlite3_int64 size)
{
	int file = file_of(bytes, (size_t)size);

	store_import_newsboat(w->store, file, w->now_s, w->now_s, 0, on_restored, w);
	world_wait(w);
}

static void import_cache(struct world *w, const char *sql)
{
	sqlite3_int64 size;
	unsigned char *bytes = make_cache(sql, &size);

	import_bytes(w, bytes, size);
	sqlite3_free(bytes);
	if (w->failed)
		fail_msg("%s", w->err.text);
}

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

static void what_is_no_cache_is_refused(void **state)
{
	struct world *w = *state;
	char bytes[5016] = "SQLite format 3";
	int i;

	for (i = 16; i < 5016; i++)
		bytes[i] = (char)i;
	store_import_newsboat(
		w->store, file_of(bytes, sizeof(bytes)), w->now_s, w->now_s, 0, on_restored, w);
	world_wait(w);
	assert_true(w->failed);
	assert_int_equal(w->err.code, ERR_SYNTAX);
}

static void refuse(struct world *w, const unsigned char *bytes, sqlite3_int64 size)
{
	import_bytes(w, bytes, size);
	assert_true(w->failed);
	assert_int_equal(w->err.code, ERR_SYNTAX);
}

/* What is worked out row by row may take the writer as long as it likes. */
static void a_table_that_is_more_than_rows_is_refused(void **state)
{
	static const char feeds[] = "CREATE TABLE rss_feed (rssurl TEXT, title TEXT);";
	static const char *const others[] = {
		"CREATE TABLE rss_item (feedurl, unread, flags, guid AS (hex(zeroblob(9))))",
		"CREATE VIRTUAL TABLE rss_item USING fts5 (feedurl, unread, flags, guid)",
		"CREATE VIEW rss_item AS SELECT 1 AS feedurl, 1 AS unread, 1 AS flags, 1 AS guid",
	};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		char *sql = mem_printf("%s%s", feeds, others[i]);
		sqlite3_int64 size;
		unsigned char *bytes = make_cache(sql, &size);

		refuse(*state, bytes, size);
		sqlite3_free(bytes);
		free(sql);
	}
}

#define PAGE 4096
#define CHILDREN 400

static void put_big(unsigned char *at, uint32_t value, int length)
{
	while (length-- > 0) {
		at[length] = (unsigned char)value;
		value >>= 8;
	}
}

/* Makes the page one of a tree whose children are all the same page. */
static void lead_to(unsigned char *bytes, uint32_t page, uint32_t child)
{
	unsigned char *at = bytes + (size_t)(page - 1) * PAGE;
	uint32_t begin = PAGE - 5 * CHILDREN, i;

	memset(at, 0, PAGE);
	at[0] = 5; /* https://sqlite.org/fileformat2.html#b_tree_pages */
	put_big(at + 3, CHILDREN, 2);
	put_big(at + 5, begin, 2);
	put_big(at + 8, child, 4);
	for (i = 0; i < CHILDREN; i++) {
		put_big(at + 12 + 2 * i, begin + 5 * i, 2);
		put_big(at + begin + 5 * i, child, 4);
		at[begin + 5 * i + 4] = (unsigned char)(1 + i % 100);
	}
}

/* Ten pages of which each is there four hundred times in the one above it. */
static void rows_without_end_are_no_cache(void **state)
{
	/* The root of rss_item is the third page, its leaves are those behind it. */
	static const char cache[] =
		"PRAGMA page_size = 4096; CREATE TABLE rss_feed (rssurl TEXT, title TEXT);"
		"CREATE TABLE rss_item (feedurl TEXT, guid TEXT, unread INT, flags TEXT);"
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
		"INSERT INTO rss_item SELECT 'https://e.org/feed', 'g', 1, '' FROM n";
	sqlite3_int64 size;
	unsigned char *bytes = make_cache(cache, &size);
	uint32_t page;

	assert_int_equal(bytes[2 * PAGE], 5);
	assert_int_equal(bytes[3 * PAGE], 13);
	assert_true(size > 10 * PAGE);
	for (page = 5; page < 10; page++)
		lead_to(bytes, page, page - 1);
	lead_to(bytes, 3, page - 1);
	refuse(*state, bytes, size);
	sqlite3_free(bytes);
}

/* Its file is no part of the store. */
static void a_cache_that_cant_be_mapped_breaks_nothing(void **state)
{
	struct world *w = *state;
	char bytes[5016] = "SQLite format 3", *path;
	int file = file_of(bytes, sizeof(bytes));

	path = mem_printf("/proc/self/fd/%d", file);
	store_import_newsboat(
		w->store, open(path, O_RDONLY | O_CLOEXEC), w->now_s, w->now_s, 0, on_restored, w);
	world_wait(w);
	assert_true(w->failed);
	close(file);
	free(path);
	world_add(w, "https://e.org/feed");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(newsboats_cache_is_read),
		TEST(newsboats_own_ids_are_understood),
		TEST(an_id_that_begins_as_the_link_ends_is_the_feeds),
		TEST(newsboats_own_ids_have_the_link_as_it_was_written),
		TEST(an_item_without_id_is_found_by_date_and_title),
		TEST(of_several_nobody_guesses_one),
		TEST(what_waits_by_its_date_can_be_put_back),
		TEST(what_is_no_text_is_refused),
		TEST(a_long_link_keeps_nobody_waiting),
		TEST(a_cache_takes_nothing_off),
		TEST(a_caches_addresses_are_those_of_a_list),
		TEST(what_is_no_cache_is_refused),
		TEST(a_table_that_is_more_than_rows_is_refused),
		TEST(rows_without_end_are_no_cache),
		TEST(a_cache_that_cant_be_mapped_breaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
