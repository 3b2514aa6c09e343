#include "world.h"

/* The items of a change, read before it is made: the same ones, the same answers. */

static const struct words three[] = {
	{ .guid = "c", .title = "Gamma", .text = "third", .published_s = NOW - 10 },
	{ .guid = "b", .title = "beta", .text = "second", .published_s = NOW - 20 },
	{ .guid = "a", .title = "Alpha", .text = "first", .published_s = NOW - 30 },
};

struct picked {
	struct world *w;
	int64_t ids[8];
	size_t count;
};

static void on_picked(void *ctx, const int64_t *ids, size_t count, const struct err *err)
{
	struct picked *picked = ctx;

	assert_in_range(count, 0, 8);
	if (count > 0)
		memcpy(picked->ids, ids, count * sizeof(*ids));
	picked->count = count;
	world_answer(picked->w, err);
}

static void pick(struct picked *picked, struct world *w, const char *where, uint64_t bound_seq)
{
	struct store_filter filter;

	filter_any(&filter);
	filter.where = where;
	filter.now_s = w->now_s;
	picked->w = w;
	store_select(w->store, &filter, bound_seq, on_picked, picked);
	world_wait(w);
}

static void mark_picked(
	struct world *w, enum store_mark what, const char *tag, const struct picked *picked)
{
	struct store_selection selection = {
		.ids = picked->ids, .id_count = picked->count, .bulk = true
	};

	store_mark(w->store, &selection, what, tag, w->now_s, world_on_marked, w);
	world_wait(w);
	assert_false(w->failed);
}

static uint64_t undo(struct world *w)
{
	store_undo(w->store, w->now_s, on_changed, w);
	world_wait(w);
	assert_false(w->failed);
	return w->number;
}

static void fill(struct world *w)
{
	world_add(w, "https://e.org/feed");
	INGEST(w, w->id, three);
	world_mark(w, STORE_MARK_READ, "1", NULL);
}

static void they_are_those_of_the_filter(void **state)
{
	static const char *const cases[] = { "title =~ \"m|l\"", "content =~ \"^(sec|th)\"",
		"title !~ \"a$\"", "unread = \"yes\" and title =~ \"a\"", "age > 1" };
	struct world *w = *state;
	struct store_filter filter;
	struct picked picked;
	char *listed;
	size_t i;

	fill(w);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t rows, changed;

		filter_any(&filter);
		filter.where = cases[i];
		filter.now_s = w->now_s;
		world_mark_all(w, STORE_MARK_READ, &filter, 0);
		rows = w->rows;
		changed = w->number;
		listed = mem_strdup(world_list(w, NULL));
		assert_int_equal(undo(w), changed);
		pick(&picked, w, cases[i], w->delta.seq);
		mark_picked(w, STORE_MARK_READ, NULL, &picked);
		assert_int_equal(w->rows, rows);
		assert_int_equal(w->number, changed);
		assert_string_equal(world_list(w, NULL), listed);
		free(listed);
		assert_int_equal(undo(w), changed);
		assert_string_equal(world_list(w, NULL), "3 N Gamma\n2 N beta\n1 R Alpha\n");
	}
}

/* Of one feed behind the other, of all in a row. */
static void each_feed_counts_what_was_changed_of_it(void **state)
{
	static const char counts[] = "SELECT group_concat(unread || '/' || starred) FROM feed";
	struct world *w = *state;
	struct store_filter all;
	struct picked picked;
	int64_t one = world_add(w, "https://e.org/one"),
		other = world_add(w, "https://e.org/other");

	INGEST(w, one, three);
	INGEST(w, other, three);
	pick(&picked, w, "title =~ \"a$\"", w->delta.seq);
	assert_int_equal(picked.count, 6);
	mark_picked(w, STORE_STAR, NULL, &picked);
	assert_string_equal(world_sql(w, counts), "3/3,3/3");
	picked.ids[1] = picked.ids[4] = picked.ids[5];
	mark_picked(w, STORE_MARK_READ, NULL, &picked);
	assert_int_equal(w->number, 4);
	filter_any(&all);
	world_mark_all(w, STORE_UNSTAR, &all, 0);
	assert_string_equal(world_sql(w, counts), "1/0,1/0");
	assert_int_equal(undo(w), 6);
	assert_string_equal(world_sql(w, counts), "1/3,1/3");
}

static void a_tag_is_taken_back_where_it_was_new(void **state)
{
	struct world *w = *state;
	struct picked picked;

	fill(w);
	world_mark(w, STORE_TAG, "2", "Later");
	pick(&picked, w, "title =~ \"a\"", w->delta.seq);
	mark_picked(w, STORE_TAG, "Later", &picked);
	assert_int_equal(w->rows, 3);
	assert_int_equal(w->number, 2);
	assert_int_equal(undo(w), 2);
	assert_string_equal(world_sql(w, "SELECT group_concat(item_id) FROM item_tag"), "2");
}

static void what_comes_meanwhile_is_left_out(void **state)
{
	const struct words later[] = { { .guid = "d", .title = "Delta", .published_s = NOW } };
	struct world *w = *state;
	struct picked picked;
	uint64_t asked;

	fill(w);
	asked = w->delta.seq;
	world_ingest_doc(w, w->id, words_doc(later, 1), false);
	pick(&picked, w, "title =~ \"a\"", asked);
	mark_picked(w, STORE_MARK_READ, NULL, &picked);
	assert_int_equal(w->number, 2);
	assert_string_equal(world_list(w, NULL), "4 N Delta\n3 R Gamma\n2 R beta\n1 R Alpha\n");
}

static void what_is_gone_or_changed_meanwhile_is_passed_over(void **state)
{
	int64_t other;
	struct world *w = *state;
	struct picked picked;

	fill(w);
	other = world_add(w, "https://e.net/feed");
	world_ingest(w, other, three, 2);
	pick(&picked, w, "title =~ \"a\"", w->delta.seq);
	assert_int_equal(picked.count, 5);
	world_mark(w, STORE_MARK_READ, "2", NULL);
	store_feeds_remove(w->store, &other, 1, true, w->now_s, on_changed, w);
	world_wait(w);
	mark_picked(w, STORE_MARK_READ, NULL, &picked);
	assert_int_equal(w->number, 1);
	assert_string_equal(world_list(w, NULL), "3 R Gamma\n2 R beta\n1 R Alpha\n");
	assert_int_equal(undo(w), 1);
	assert_string_equal(world_list(w, NULL), "3 N Gamma\n2 R beta\n1 R Alpha\n");
}

static void who_cancels_is_told_nothing(void **state)
{
	struct world *w = *state;
	struct picked picked = { .w = w };
	struct store_read_job *read;
	struct store_filter filter;

	fill(w);
	filter_any(&filter);
	filter.where = "title =~ \"a\"";
	read = store_select(w->store, &filter, w->delta.seq, on_picked, &picked);
	store_read_cancel(read);
	assert_int_equal(world_count(w, NULL), 3); /* a read behind it */
	assert_int_equal(picked.count, 0);
	pick(&picked, w, "title ~ \"a\"", w->delta.seq);
	assert_true(w->failed);
	assert_int_equal(picked.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			they_are_those_of_the_filter, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			each_feed_counts_what_was_changed_of_it, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_tag_is_taken_back_where_it_was_new, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			what_comes_meanwhile_is_left_out, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(what_is_gone_or_changed_meanwhile_is_passed_over,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			who_cancels_is_told_nothing, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
