#include "world.h"

/* Housekeeping: the log's length, when upkeep comes again, and that no step of it
 * keeps the writer to itself. */

/* How often it was called until there was nothing left to do. */
static unsigned maintain(struct world *w)
{
	unsigned calls = 0;

	do {
		store_maintain(w->store, w->now_s, world_on_maintained, w);
		world_wait(w);
		assert_false(w->failed);
		calls++;
	} while (w->id <= w->now_s);
	return calls;
}

/* -------------------------------------------------------------- log ---- */

/* Rows of a feed or, with 0, of none, all newer than those before. */
static void fill_log(struct world *w, int64_t feed_id, unsigned rows)
{
	char *sql = mem_printf("INSERT INTO log (seq, feed_id, at_s, event)"
			       " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
			       " WHERE i < %u) SELECT i + coalesce((SELECT max(seq) FROM log), 0),"
			       " nullif(%lld, 0), %d, 'e' FROM n",
		rows, (long long)feed_id, NOW);

	world_sql(w, sql);
	free(sql);
}

static void of_the_log_a_thousand_rows_a_feed_are_kept(void **state)
{
	struct world *w = *state;
	int64_t one = world_add(w, "https://e.org/one"), two = world_add(w, "https://e.org/two");

	fill_log(w, one, 700);
	fill_log(w, 0, 1300);
	fill_log(w, two, 1000);
	fill_log(w, one, 700);
	maintain(w);
	assert_string_equal(
		world_sql(w, "SELECT coalesce(feed_id, 0), count(*), min(seq), max(seq) FROM log"
			     " GROUP BY feed_id"),
		"0|1000|1001|2000\n1|1000|401|3700\n2|1000|2001|3000");
}

/* Somebody who marks something meanwhile waits for a few milliseconds. */
static void a_long_log_is_trimmed_a_little_at_a_time(void **state)
{
	struct world *w = *state;

	int64_t feed = world_add(w, "https://e.org/feed");

	fill_log(w, feed, 6000);
	assert_true(maintain(w) > 5);
	assert_string_equal(world_sql(w, "SELECT count(*), min(seq) FROM log"), "1000|5001");
	/* Once a day. */
	fill_log(w, feed, 10);
	assert_int_equal(maintain(w), 1);
}

/* -------------------------------------------------------- retention ---- */

static void keep(struct world *w, int64_t feed_id, const char *value)
{
	struct store_setting setting = { "keep", value };

	store_feeds_set(w->store, &feed_id, 1, &setting, 1, no_plan, NULL, w->now_s, on_changed, w);
	world_wait(w);
	assert_false(w->failed);
}

static int64_t until_next(struct world *w)
{
	maintain(w);
	return w->id - w->now_s;
}

static void a_feeds_own_keep_of_an_hour_counts_by_the_hour(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed"), other = world_add(w, "https://e.org/2");

	assert_int_equal(until_next(w), DAY);
	keep(w, other, "forever");
	keep(w, feed, "10d");
	assert_int_equal(until_next(w), DAY);
	keep(w, feed, "1h");
	assert_int_equal(until_next(w), HOUR);
	keep(w, feed, "0s");
	assert_int_equal(until_next(w), 60);
	keep(w, feed, "");
	assert_int_equal(until_next(w), DAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(of_the_log_a_thousand_rows_a_feed_are_kept),
		TEST(a_long_log_is_trimmed_a_little_at_a_time),
		TEST(a_feeds_own_keep_of_an_hour_counts_by_the_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
