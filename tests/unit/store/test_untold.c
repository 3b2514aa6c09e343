#include "world.h"

/* Edits that come within six hours of one that was told: told once when those are over. */

#define APART (6 * HOUR)

static void on_told(void *ctx, uint64_t seq, int64_t next_s, const struct err *err)
{
	struct world *w = ctx;

	w->number = seq;
	w->id = next_s;
	world_answer(w, err);
}

/* Whether there is news for followers. */
static bool tell(struct world *w)
{
	store_tell_edits(w->store, w->now_s, on_told, w);
	world_wait(w);
	assert_false(w->failed);
	return w->number != 0;
}

static void on_waits(void *ctx, int64_t tell_s)
{
	*(int64_t *)ctx = tell_s;
}

static void edit(struct world *w, int64_t feed, const char *text)
{
	const struct words item = { .guid = "1", .title = "A", .text = text };

	world_ingest(w, feed, &item, 1);
}

/* Told at NOW, edited an hour later. */
static int64_t edit_twice(struct world *w)
{
	int64_t feed = world_add(w, "https://e.org/feed");

	edit(w, feed, "first");
	edit(w, feed, "second");
	assert_int_equal(w->delta.changed, 1);
	w->now_s += HOUR;
	edit(w, feed, "third");
	assert_int_equal(w->delta.changed, 0);
	assert_int_equal(w->delta.untold, 1);
	return feed;
}

static const char changed[] = "SELECT revision, changed_seq = seq, changed_s - 1780000000"
			      " FROM item, store";

static void a_second_edit_is_told_once_when_six_hours_are_over(void **state)
{
	struct world *w = *state;
	int64_t waits_s = 0;

	store_on_edit(w->store, on_waits, &waits_s);
	edit_twice(w);
	assert_int_equal(waits_s, NOW + APART);
	w->now_s = NOW + APART - 1;
	assert_false(tell(w));
	assert_int_equal(w->id, NOW + APART);
	assert_string_equal(world_sql(w, changed), "3|0|0");
	w->now_s = NOW + APART;
	assert_true(tell(w));
	assert_int_equal(w->number, store_seq(w->store));
	assert_int_equal(w->id, INT64_MAX);
	assert_string_equal(world_sql(w, changed), "3|1|21600");
	w->now_s += DAY;
	assert_false(tell(w));
	assert_string_equal(world_sql(w, changed), "3|1|21600");
}

static void it_is_told_after_a_restart_too(void **state)
{
	struct world *w = *state;

	edit_twice(w);
	world_close(w);
	w->now_s += DAY;
	world_open(w);
	assert_true(tell(w));
	assert_string_equal(world_sql(w, changed), "3|1|90000");
	world_close(w);
	world_open(w);
	assert_false(tell(w));
}

static void who_follows_finds_it_behind_their_cursor(void **state)
{
	struct world *w = *state;
	struct store_filter any;
	struct store_changes_page page = { .filter = &any, .since_s = INT64_MIN, .limit = 9 };

	edit_twice(w);
	page.after_seq = store_seq(w->store);
	w->now_s = NOW + APART;
	assert_true(tell(w));
	filter_any(&any);
	w->text[0] = '\0';
	store_changes(w->store, &page, on_row, on_page, w);
	world_wait(w);
	assert_string_equal(w->text, "1 N+ A\n");
}

static void it_is_not_told_again_behind_a_later_edit(void **state)
{
	struct world *w = *state;
	int64_t feed = edit_twice(w);

	w->now_s = NOW + APART + 1;
	edit(w, feed, "fourth");
	assert_int_equal(w->delta.changed, 1);
	assert_false(tell(w));
	assert_int_equal(w->id, INT64_MAX);
	/* From that one on six hours are counted. */
	w->now_s += HOUR;
	edit(w, feed, "fifth");
	assert_int_equal(w->delta.untold, 1);
	assert_int_equal(w->delta.tell_s, NOW + APART + 1 + APART);
}

/* What comes meanwhile does not put it off, nor is it told for itself. */
static void many_edits_are_told_as_one(void **state)
{
	struct world *w = *state;
	int64_t feed = edit_twice(w);

	w->now_s += HOUR;
	edit(w, feed, "fourth");
	assert_int_equal(w->delta.tell_s, NOW + APART);
	w->now_s = NOW + APART;
	assert_true(tell(w));
	edit(w, feed, "fifth");
	assert_int_equal(w->delta.untold, 1);
	assert_false(tell(w));
	assert_int_equal(w->id, NOW + 2 * APART);
}

static void what_is_gone_is_not_told(void **state)
{
	struct world *w = *state;
	int64_t feed = edit_twice(w);
	uint64_t seq;

	store_feeds_remove(w->store, &feed, 1, true, w->now_s, on_changed, w);
	world_wait(w);
	seq = store_seq(w->store);
	w->now_s += DAY;
	assert_false(tell(w));
	assert_int_equal(w->id, INT64_MAX);
	assert_int_equal(store_seq(w->store), seq);
}

static void on_rule(void *ctx, int64_t rule_id, const struct err *err)
{
	((struct world *)ctx)->id = rule_id;
	world_answer(ctx, err);
}

static void what_a_rule_dropped_is_told_if_it_comes_back(void **state)
{
	static const char *const actions[] = { "drop", NULL };
	struct world *w = *state;
	const int64_t item = 1;
	int64_t waits_s = 1;

	edit_twice(w);
	store_rule_add(w->store, "title = \"A\"", actions, w->now_s, on_rule, w);
	world_wait(w);
	store_rule_apply(w->store, w->id, &item, 1, w->now_s, on_changed, w);
	world_wait(w);
	assert_int_equal(world_count(w, NULL), 0);
	w->now_s = NOW + APART;
	assert_false(tell(w));
	assert_int_equal(w->id, INT64_MAX);
	store_on_edit(w->store, on_waits, &waits_s);
	store_undo(w->store, w->now_s, on_changed, w);
	world_wait(w);
	assert_int_equal(waits_s, 0);
	assert_true(tell(w));
	assert_string_equal(world_sql(w, changed), "3|1|21600");
}

static void many_are_told_some_at_a_time(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[450];
	char guids[450][8], text[8];
	int calls = 1;

	for (int n = 0; n < 3; n++) {
		snprintf(text, sizeof(text), "%d", n);
		for (int i = 0; i < 450; i++) {
			snprintf(guids[i], sizeof(guids[i]), "%d", i);
			items[i] = (struct words){
				.guid = guids[i], .title = guids[i], .text = text
			};
		}
		INGEST(w, feed, items);
	}
	assert_int_equal(w->delta.untold, 450);
	w->now_s = NOW + APART;
	for (; tell(w) && w->id <= w->now_s; calls++)
		assert_true(calls < 9);
	assert_int_equal(calls, 3);
	assert_string_equal(world_sql(w, "SELECT count(DISTINCT changed_seq) FROM item"
					 " WHERE changed_s = 1780021600"),
		"450");
}

/* By a clock that is a year ahead one is told and another waits; then it is right. */
static void a_clock_ahead_puts_none_off_for_long(void **state)
{
	struct world *w = *state;
	int64_t feed;

	w->now_s += 365 * DAY;
	feed = edit_twice(w);
	w->now_s = NOW;
	store_clamp(w->store, &(struct store_clock){ .now_s = w->now_s, .trusted = true }, HOUR,
		DAY, on_done, w);
	world_wait(w);
	assert_false(tell(w));
	assert_int_equal(w->id, NOW + APART);
	w->now_s = NOW + APART;
	assert_true(tell(w));
	w->now_s = NOW + 2 * APART;
	edit(w, feed, "fourth");
	assert_int_equal(w->delta.changed, 1);
}

/* It was told by that clock alone. */
static void nor_what_is_edited_by_the_right_one(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	w->now_s += 365 * DAY;
	edit(w, feed, "first");
	edit(w, feed, "second");
	w->now_s = NOW;
	edit(w, feed, "third");
	assert_int_equal(w->delta.tell_s, NOW + APART);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(a_second_edit_is_told_once_when_six_hours_are_over),
		TEST(it_is_told_after_a_restart_too),
		TEST(who_follows_finds_it_behind_their_cursor),
		TEST(it_is_not_told_again_behind_a_later_edit),
		TEST(many_edits_are_told_as_one),
		TEST(what_is_gone_is_not_told),
		TEST(what_a_rule_dropped_is_told_if_it_comes_back),
		TEST(many_are_told_some_at_a_time),
		TEST(a_clock_ahead_puts_none_off_for_long),
		TEST(nor_what_is_edited_by_the_right_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
