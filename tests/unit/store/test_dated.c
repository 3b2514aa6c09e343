#include "settle.h"

/* Items in order of date, some of which have their places and some wait. */

/* Items whose dates are between those of the others: numbers from, from + step … */
static void ingest_between(struct world *w, int64_t feed, int from, int step, int count)
{
	struct words *items = MEM_ARRAY((size_t)count, struct words);
	int i;

	for (i = 0; i < count; i++) {
		int n = from + i * step;

		items[i].guid = mem_printf("id-%d", n);
		items[i].title = mem_printf("T%d", n);
		items[i].url = mem_printf("https://e.org/%d", n);
		/* Three of each date, so that ids decide, too. */
		items[i].published_s = NOW - 100 * DAY + n / 3;
	}
	world_ingest_doc(w, feed, words_doc(items, (size_t)count), false);
	for (i = 0; i < count; i++) {
		free((void *)(uintptr_t)items[i].guid);
		free((void *)(uintptr_t)items[i].title);
		free((void *)(uintptr_t)items[i].url);
	}
	free(items);
}

static char *listed_by_hand(struct world *w, const char *condition, bool reverse)
{
	char *sql = mem_printf("SELECT id || ' ' || iif(read, 'R', 'N') || ' ' || title FROM item"
			       " WHERE %s ORDER BY date_s %s, id %s",
		condition, reverse ? "DESC" : "", reverse ? "DESC" : "");
	char *lines = mem_printf("%s\n", world_sql(w, sql));

	free(sql);
	return lines;
}

/* settles: between two pages, too. */
static void list(struct world *w, const struct store_filter *filter, bool reverse, bool settles)
{
	struct store_page page = {
		.filter = filter,
		.sort = STORE_BY_DATE,
		.reverse = reverse,
		.limit = 5,
		.position = &w->position,
	};
	char *lines = mem_strdup("");

	store_position_release(&w->position);
	do {
		char *before = lines;

		w->text[0] = '\0';
		store_items(w->store, &page, on_row, on_page, w);
		world_wait(w);
		assert_false(w->failed);
		lines = mem_printf("%s%s", before, w->text);
		free(before);
		if (settles)
			settle(w);
	} while (w->more);
	strcpy(w->text, lines);
	free(lines);
}

static void assert_lists(
	struct world *w, const struct store_filter *filter, const char *condition, bool settles)
{
	int reverse;

	for (reverse = 0; reverse < 2; reverse++) {
		char *wanted = listed_by_hand(w, condition, reverse);

		list(w, filter, reverse, settles);
		assert_string_equal(w->text, wanted);
		free(wanted);
	}
}

static void assert_all_lists(struct world *w, bool settles)
{
	struct store_filter filter;

	filter_any(&filter);
	assert_lists(w, &filter, "1", settles);
	filter.read = STORE_UNREAD;
	assert_lists(w, &filter, "read = 0", settles);
	filter.read = STORE_READ;
	assert_lists(w, &filter, "read = 1", settles);
	assert_int_equal(world_count(w, &filter), atoi(world_sql(w, "SELECT sum(read) FROM item")));
	filter.read = STORE_ANY;
	filter.since_s = NOW - 100 * DAY + 3;
	filter.until_s = NOW - 100 * DAY + 11;
	assert_lists(w, &filter,
		"date_s >= 1780000000 - 8640000 + 3 AND date_s < 1780000000 - 8640000 + 11",
		settles);
	assert_int_equal(world_count(w, &filter),
		atoi(world_sql(w,
			"SELECT count(*) FROM item WHERE date_s >= 1780000000 - 8640000 + 3"
			" AND date_s < 1780000000 - 8640000 + 11")));
}

static void both_are_listed_as_one(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	ingest_between(w, feed, 0, 2, 20);
	settle(w);
	ingest_between(w, feed, 1, 2, 20);
	world_mark(w, STORE_MARK_READ, "3", NULL);
	world_mark(w, STORE_MARK_READ, "33", NULL);
	assert_string_equal(world_sql(w, "SELECT count(*) FROM dated"), "20");
	assert_all_lists(w, false);
	assert_all_lists(w, true);
	ingest_between(w, feed, 40, 1, 9);
	assert_all_lists(w, true);
}

/* What came while a listing was under way is none of it. */
static void a_listing_ends_where_it_began(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct store_filter filter;
	struct store_page page = {
		.filter = &filter, .sort = STORE_BY_DATE, .limit = 4, .position = &w->position
	};

	filter_any(&filter);
	ingest_between(w, feed, 0, 3, 3);
	settle(w);
	ingest_between(w, feed, 1, 3, 3);
	w->text[0] = '\0';
	store_items(w->store, &page, on_row, on_page, w);
	world_wait(w);
	assert_true(w->more);
	ingest_between(w, feed, 2, 3, 3);
	store_items(w->store, &page, on_row, on_page, w);
	world_wait(w);
	assert_false(w->more);
	assert_string_equal(w->text, "1 N T0\n4 N T1\n2 N T3\n5 N T4\n3 N T6\n6 N T7\n");
}

static void settled_items_change_and_go(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed"),
		other = world_add(w, "https://e.net/feed");
	struct words moved = { .guid = "id-4", .title = "T4", .url = "https://e.org/4" };

	ingest_between(w, feed, 0, 2, 10);
	ingest_between(w, other, 101, 2, 10);
	settle(w);
	moved.published_s = NOW - 50 * DAY;
	world_ingest_doc(w, feed, words_doc(&moved, 1), false);
	assert_string_equal(world_sql(w, "SELECT date_s FROM dated WHERE id = 3"), "1775680000");
	world_mark(w, STORE_MARK_READ, "2", NULL);
	assert_string_equal(world_sql(w, "SELECT read FROM dated WHERE id = 2"), "1");
	assert_all_lists(w, false);
	store_feeds_remove(w->store, &other, 1, true, w->now_s, on_changed, w);
	world_wait(w);
	assert_false(w->failed);
	assert_string_equal(world_sql(w, "SELECT count(*) FROM dated"), "10");
	assert_all_lists(w, false);
}

/* Many are settled by the transaction that brings them, whoever else comes. */
static void many_do_not_wait(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	int i;

	for (i = 0; i < 5; i++)
		ingest_between(w, feed, i * 3500, 1, 3500);
	assert_true(atoi(world_sql(w, "SELECT dated_id FROM store")) >= 17500 - 16384);
}

/* Who reads has the next transaction settle what was sorted for it. */
static void readers_do_not_sort_twice(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct store_filter filter;

	filter_any(&filter);
	filter.since_s = NOW; /* of none, which is found out by a look at all */
	ingest_between(w, feed, 0, 1, 2000);
	list(w, &filter, true, false);
	ingest_between(w, feed, 5000, 1, 1);
	assert_true(atoi(world_sql(w, "SELECT dated_id FROM store")) >= 2000);
}

struct filling {
	struct job job;
	struct world *world;
};

static int fill_run(struct job *job, struct writer *writer, struct err *err)
{
	(void)job;
	(void)writer;
	return err_set(err, ERR_NO_SPACE, "the disk is full");
}

static void fill_done(struct job *job, const struct err *err)
{
	world_answer(((struct filling *)job)->world, err);
}

/* Alone, for what is in one batch with it fails as well. */
static void fill_disk(struct world *w)
{
	struct filling *filling = MEM_NEW(struct filling);

	filling->job.run = fill_run;
	filling->job.done = fill_done;
	filling->job.release = job_release;
	filling->world = w;
	queue_push(w->store->queue, &filling->job);
	world_wait(w);
	assert_true(w->failed);
}

/* SQLite's own limit of pages answers like a disk that is full. */
static int limit_run(struct job *job, struct writer *writer, struct err *err)
{
	(void)job;
	return db_script(&writer->db, "PRAGMA max_page_count = 1", err);
}

/* Those that wait take room which something small does not. */
static void nothing_is_settled_on_a_full_disk(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	fill_disk(w);
	ingest_between(w, feed, 0, 1, 2000); /* it was on its way, and fits */
	push(w, limit_run);
	atomic_store(&w->store->writer.dated_is_read, true);
	world_mark(w, STORE_MARK_READ, "7", NULL);
	assert_false(w->failed);
	assert_string_equal(world_sql(w, "SELECT sum(read) FROM item"), "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, awake_setup, world_teardown)
		TEST(both_are_listed_as_one),
		TEST(a_listing_ends_where_it_began),
		TEST(settled_items_change_and_go),
		TEST(many_do_not_wait),
		TEST(readers_do_not_sort_twice),
		TEST(nothing_is_settled_on_a_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
