#include "cache.h"

/* Files that are no cache of newsboat's, whatever they say, or one to break a reader. */

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
		TEST(what_is_no_cache_is_refused),
		TEST(a_table_that_is_more_than_rows_is_refused),
		TEST(rows_without_end_are_no_cache),
		TEST(a_cache_that_cant_be_mapped_breaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
