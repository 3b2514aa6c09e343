#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/db.h"
#include "world.h"

/* The index of words: it says what the items do, and is kept small. */

static void on_marked(void *ctx, const struct store_marked *marked, const struct err *err)
{
	if (marked != NULL)
		((struct world *)ctx)->number = marked->changed;
	world_answer(ctx, err);
}

static void a_bulk_change_waits_for_the_index(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct store_selection selection;
	struct store_filter filter;
	struct words items[50];
	char guids[50][8];
	size_t i;

	memset(items, 0, sizeof(items));
	memset(&selection, 0, sizeof(selection));
	for (i = 0; i < 50; i++) {
		snprintf(guids[i], sizeof(guids[i]), "%zu", i);
		items[i].guid = guids[i];
		items[i].title = "common word";
	}
	filter_any(&filter);
	filter.match = "common";
	selection.filter = &filter;
	INGEST(w, feed, items);
	store_mark(w->store, &selection, STORE_MARK_READ, NULL, w->now_s, on_marked, w);
	world_wait(w);
	assert_false(w->failed);
	assert_int_equal(w->number, 50);
}

/* The index and the rows agree about every word. */
static void require_integrity(struct world *w)
{
	char *path = mem_printf("%s/feedd.db", w->dir);
	struct err err;
	struct db db;
	int result;

	world_wait_for_index(w);
	world_close(w);
	result = db_open(&db, path, DB_WRITE, &err);
	if (result == 0)
		result = db_script(&db,
			"INSERT INTO search (search, rank) VALUES ('integrity-check', 1)", &err);
	db_close(&db);
	free(path);
	if (result < 0)
		fail_msg("%s", err.text);
	world_open(w);
}

static void the_index_survives_any_history(void **state)
{
	static const char *const pool[] = { "alpha", "beta gamma", "東京都", "<p>delta</p>", "ёлка",
		"omega omega", "" };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	unsigned seed = 42, round, i;

	for (round = 0; round < 60; round++) {
		struct words items[12];
		char guids[12][16];
		unsigned count = 1 + (unsigned)rand_r(&seed) % 12;

		memset(items, 0, sizeof(items));
		for (i = 0; i < count; i++) {
			snprintf(guids[i], sizeof(guids[i]), "g%u", i + round / 4);
			items[i].guid = guids[i];
			items[i].title = pool[(unsigned)rand_r(&seed) % 7];
			items[i].text = pool[(unsigned)rand_r(&seed) % 7];
		}
		w->now_s += DAY;
		world_ingest(w, feed, items, count);
		if (round % 5 == 0) {
			w->now_s += 400 * DAY;
			world_maintain(w);
		}
		if (round % 20 == 19)
			require_integrity(w);
	}
	store_feeds_remove(w->store, &feed, 1, true, w->now_s, on_changed, w);
	world_wait(w);
	require_integrity(w);
}

static void upkeep_brings_the_pieces_of_the_index_together(void **state)
{
	static const char *const pieces = "SELECT count(DISTINCT segid) FROM search_idx";
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct store_filter filter;
	int before, i;

	for (i = 0; i < 15; i++) {
		char guid[16];
		struct words item = { .guid = guid, .title = "Pieces", .text = "of an index" };

		snprintf(guid, sizeof(guid), "g%d", i);
		world_ingest(w, feed, &item, 1);
		world_wait_for_index(w);
	}
	before = atoi(world_sql(w, pieces));
	w->now_s += DAY;
	world_maintain(w);
	assert_in_range(atoi(world_sql(w, pieces)), 1, before - 1);
	filter_any(&filter);
	filter.match = "pieces";
	assert_int_equal(world_count(w, &filter), 15);
	require_integrity(w);
}

/* As an index is that another version made: its pages are let go as they are. */
static void what_is_given_up_is_not_written(void **state)
{
	struct world *w = *state;
	char *path = mem_printf("%s/other.db", w->dir), *wal = mem_printf("%s-wal", path);
	struct stat filled, emptied;
	struct db db;
	struct err err;

	assert_return_code(close(creat(path, 0600)), errno); /* a store makes its file itself */
	assert_int_equal(db_open(&db, path, DB_WRITE, &err), 0);
	assert_int_equal(db_script(&db,
				 "CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB);"
				 " WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL"
				 " SELECT i + 1 FROM n WHERE i < 1000)"
				 " INSERT INTO t SELECT i, zeroblob(3000) FROM n",
				 &err),
		0);
	assert_int_equal(stat(wal, &filled), 0);
	assert_int_equal(db_script(&db, "PRAGMA wal_checkpoint(TRUNCATE); DELETE FROM t", &err), 0);
	assert_int_equal(stat(wal, &emptied), 0);
	assert_in_range(emptied.st_size, 1, filled.st_size / 50);
	db_close(&db);
	free(path);
	free(wal);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bulk_change_waits_for_the_index),
		TEST(the_index_survives_any_history),
		TEST(upkeep_brings_the_pieces_of_the_index_together),
		TEST(what_is_given_up_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
