#include "world.h"

/* Housekeeping: the log's length, when upkeep comes again, and that no step of it
 * keeps the writer to itself. */

#define GUID_MAX 16 /* of a number */

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
	assert_true(world_set(w, other, "keep", "forever"));
	assert_true(world_set(w, feed, "keep", "10d"));
	assert_int_equal(until_next(w), DAY);
	assert_true(world_set(w, feed, "keep", "1h"));
	assert_int_equal(until_next(w), HOUR);
	assert_true(world_set(w, feed, "keep", "0s"));
	assert_int_equal(until_next(w), 60);
	assert_true(world_set(w, feed, "keep", ""));
	assert_int_equal(until_next(w), DAY);
}

/* So many items, which the feed shows and then does not. */
static void pass_by(struct world *w, int64_t feed_id, unsigned count)
{
	struct words *items = MEM_ARRAY(count, struct words);
	char *guids = MEM_ARRAY((size_t)GUID_MAX * count, char), *guid;
	unsigned i;

	for (i = 0; i < count; i++) {
		guid = guids + (size_t)GUID_MAX * i;
		snprintf(guid, GUID_MAX, "%u", i);
		items[i] = (struct words){ .guid = guid, .title = guid };
	}
	world_ingest(w, feed_id, items, count);
	world_ingest(w, feed_id, items, 0);
	free(guids);
	free(items);
}

/* To look for those of each feed would be to go through all of them so often. */
static void what_is_over_of_many_feeds_goes_together(void **state)
{
	struct world *w = *state;
	char url[40];
	int i;

	for (i = 0; i < 60; i++) {
		snprintf(url, sizeof(url), "https://e.org/%d", i);
		pass_by(w, world_add(w, url), 2);
	}
	world_mark_all(w, STORE_MARK_READ, NULL, 0);
	world_mark(w, STORE_STAR, "31", NULL);
	world_mark(w, STORE_MARK_UNREAD, "32", NULL);
	w->now_s += 91 * DAY;
	assert_true(maintain(w) < 10);
	assert_string_equal(world_sql(w, "SELECT group_concat(id, ' ') FROM item"), "31 32");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM key WHERE item_id IS NULL"), "118");
}

static void what_is_marked_while_the_others_go_stays(void **state)
{
	struct world *w = *state;
	int64_t plain = world_add(w, "https://e.org/plain"),
		own = world_add(w, "https://e.org/own");
	int64_t ever = world_add(w, "https://e.org/ever");

	assert_true(world_set(w, own, "keep", "1d"));
	assert_true(world_set(w, ever, "keep", "forever"));
	pass_by(w, plain, 700);
	pass_by(w, own, 700);
	pass_by(w, ever, 700);
	world_mark_all(w, STORE_MARK_READ, NULL, 0);
	w->now_s += 91 * DAY;
	do {
		store_maintain(w->store, w->now_s, world_on_maintained, w);
		world_wait(w);
	} while (world_count(w, NULL) == 2100);
	world_mark(w, STORE_STAR, "698", NULL);
	world_mark(w, STORE_MARK_UNREAD, "699", NULL);
	world_mark(w, STORE_TAG, "700", "later");
	maintain(w);
	assert_string_equal(world_sql(w, "SELECT count(*), group_concat(id, ' ') FROM item"
					 " WHERE feed_id < 3"),
		"3|698 699 700");
	assert_int_equal(world_count(w, NULL), 703);
}

/* By a clock that is ten years ahead the feed ceases to show them, or somebody marks
 * them; from then on it is right. */
static void what_a_clock_ahead_has_touched_is_over_in_time(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed"), left = world_add(w, "https://e.org/2");
	static const struct words shown[] = { { .guid = "a", .title = "A" } };

	pass_by(w, feed, 2);
	world_ingest(w, left, shown, 1);
	w->now_s += 3650 * DAY;
	world_mark_all(w, STORE_MARK_READ, NULL, 0);
	world_ingest(w, left, shown, 0);
	w->now_s -= 3650 * DAY;
	store_clamp(w->store, &(struct store_clock){ .now_s = w->now_s, .trusted = true }, HOUR,
		DAY, on_done, w);
	world_wait(w);
	world_mark(w, STORE_STAR, "2", NULL);
	w->now_s += 89 * DAY;
	maintain(w);
	assert_int_equal(world_count(w, NULL), 3);
	w->now_s += 2 * DAY;
	maintain(w);
	assert_string_equal(world_sql(w, "SELECT group_concat(id, ' ') FROM item"), "2");
}

/* The machine starts in 1970, until somebody tells it the time. */
static void what_has_left_has_not_done_so_by_a_clock_behind(void **state)
{
	static const struct words shown[] = { { .guid = "a", .title = "A" } };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_ingest(w, feed, shown, 1);
	world_mark_all(w, STORE_MARK_READ, NULL, 0);
	world_ingest(w, feed, shown, 0);
	store_clamp(w->store, &(struct store_clock){ .now_s = HOUR, .trusted = false }, HOUR, DAY,
		on_done, w);
	world_wait(w);
	w->now_s += 89 * DAY;
	maintain(w);
	assert_int_equal(world_count(w, NULL), 1);
	w->now_s += 2 * DAY;
	maintain(w);
	assert_int_equal(world_count(w, NULL), 0);
}

/* ------------------------------------------------------------ clock ---- */

static void begin_again(struct world *w)
{
	world_close(w);
	world_open(w);
}

static bool doubts_clock(struct world *w)
{
	int64_t seen_s;

	return store_doubts_clock(w->store, &seen_s);
}

/* Read items that their feed has not shown since NOW, when upkeep was last over. */
static void leave_some(struct world *w, unsigned count)
{
	pass_by(w, world_add(w, "https://e.org/feed"), count);
	world_mark_all(w, STORE_MARK_READ, NULL, 0);
	maintain(w);
	assert_false(doubts_clock(w));
}

/* Nor does what such a start writes make the next one believe it. */
static void by_a_start_years_ahead_nothing_is_old(void **state)
{
	static const struct words later[] = { { .guid = "later", .title = "Later" } };
	struct world *w = *state;
	int i;

	leave_some(w, 2);
	w->now_s += 3650 * DAY;
	for (i = 0; i < 3; i++) {
		begin_again(w);
		INGEST(w, 1, later);
		assert_true(until_next(w) <= HOUR);
		assert_true(doubts_clock(w));
		assert_int_equal(world_count(w, NULL), 3);
	}
	w->now_s += 1800;
	w->store->doubt.since_ms -= 1800000;
	assert_true(until_next(w) <= 1800);
	assert_int_equal(world_count(w, NULL), 3);
	/* Whom nobody puts right in an hour may be right. */
	w->now_s += 1800;
	w->store->doubt.since_ms -= 1800000;
	maintain(w);
	assert_false(doubts_clock(w));
	assert_string_equal(world_sql(w, "SELECT group_concat(title) FROM item"), "Later");
}

static void once_the_clock_is_set_right_items_grow_old_from_then_on(void **state)
{
	static const struct words later[] = { { .guid = "later", .title = "Later" } };
	struct world *w = *state;

	leave_some(w, 2);
	w->now_s += 3650 * DAY;
	begin_again(w);
	INGEST(w, 1, later);
	world_mark_all(w, STORE_MARK_READ, NULL, 0);
	world_ingest(w, 1, later, 0);
	maintain(w);
	w->now_s -= 3650 * DAY;
	store_clamp(w->store, &(struct store_clock){ .now_s = w->now_s, .trusted = true }, HOUR,
		DAY, on_done, w);
	world_wait(w);
	assert_int_equal(until_next(w), DAY);
	assert_false(doubts_clock(w));
	w->now_s += 89 * DAY;
	maintain(w);
	assert_int_equal(world_count(w, NULL), 3);
	w->now_s += 2 * DAY;
	maintain(w);
	assert_int_equal(world_count(w, NULL), 0);
}

static void a_year_that_feedd_was_off_is_no_reason_for_doubt(void **state)
{
	struct world *w = *state;

	leave_some(w, 2);
	w->now_s += 399 * DAY;
	begin_again(w);
	assert_int_equal(until_next(w), DAY);
	assert_int_equal(world_count(w, NULL), 0);
}

/* The machine starts in 1970, until somebody tells it the time. */
static void a_start_in_the_past_makes_no_doubt_of_the_present(void **state)
{
	struct world *w = *state;

	leave_some(w, 2);
	w->now_s = HOUR;
	begin_again(w);
	maintain(w);
	assert_false(doubts_clock(w));
	w->now_s = NOW + 91 * DAY;
	maintain(w);
	assert_false(doubts_clock(w));
	assert_int_equal(world_count(w, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(of_the_log_a_thousand_rows_a_feed_are_kept),
		TEST(a_long_log_is_trimmed_a_little_at_a_time),
		TEST(a_feeds_own_keep_of_an_hour_counts_by_the_hour),
		TEST(what_is_over_of_many_feeds_goes_together),
		TEST(what_is_marked_while_the_others_go_stays),
		TEST(what_a_clock_ahead_has_touched_is_over_in_time),
		TEST(what_has_left_has_not_done_so_by_a_clock_behind),
		TEST(by_a_start_years_ahead_nothing_is_old),
		TEST(once_the_clock_is_set_right_items_grow_old_from_then_on),
		TEST(a_year_that_feedd_was_off_is_no_reason_for_doubt),
		TEST(a_start_in_the_past_makes_no_doubt_of_the_present),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
