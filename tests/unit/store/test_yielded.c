#include "dumped.h"
#include "feeds.h"

/* A feed that was removed, and is kept for its starred items, gives its address up to one
 * that moves there or is set to it; its items and their marks stay. */

#define OLD "https://old.e.org/feed"
#define HERE "https://e.org/feed"

static const struct words three[] = { { .guid = "1", .title = "One" },
	{ .guid = "2", .title = "Two" }, { .guid = "3", .title = "Three" } };

static const char *url_of(struct world *w, int64_t id)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "SELECT url FROM feed WHERE id = %lld", (long long)id);
	return world_sql(w, sql);
}

/* With three items, of which the second one is starred and all that is left. */
static int64_t add_removed(struct world *w, const char *url)
{
	int64_t id = world_add(w, url);

	world_ingest(w, id, three, 3);
	world_mark(w, STORE_STAR, "2", NULL);
	remove_feed(w, id, false);
	return id;
}

/* Its ids may be others when somebody subscribes to it again. */
static void what_stayed_is_known_by_its_link_and_words(void **state)
{
	static const struct words before[] = {
		{ .guid = "a1",
			.url = "https://e.org/1",
			.title = "One",
			.published_s = NOW - DAY },
		{ .guid = "a2", .title = "Two", .text = "two", .published_s = NOW - DAY },
		{ .guid = "a3", .url = "https://e.org/3", .title = "Three" },
	};
	static const struct words then[] = {
		{ .guid = "b1",
			.url = "https://e.org/1",
			.title = "One",
			.published_s = NOW - DAY },
		{ .guid = "b2", .title = "Two", .text = "two", .published_s = NOW - DAY },
		{ .guid = "b3", .url = "https://e.org/3", .title = "Three" },
	};
	struct world *w = *state;
	int64_t id = world_add(w, HERE);

	world_ingest(w, id, before, 3);
	world_mark(w, STORE_STAR, "1", NULL);
	world_mark(w, STORE_STAR, "2", NULL);
	remove_feed(w, id, false);
	assert_int_equal(world_count(w, NULL), 2);
	assert_int_equal(world_add(w, HERE), id);
	world_ingest(w, id, then, 3);
	assert_int_equal(w->delta.rekeyed, 2);
	assert_int_equal(w->delta.fresh, 1);
	assert_true(w->delta.initial);
	assert_int_equal(world_count(w, NULL), 3);
	world_ingest(w, id, then, 3);
	assert_int_equal(w->delta.rekeyed, 0);
}

static void a_feed_moves_to_where_a_removed_one_was(void **state)
{
	struct world *w = *state;
	int64_t gone = add_removed(w, HERE), here = world_add(w, OLD);

	assert_int_equal(note_move(w, here, HERE), STORE_MOVED);
	assert_string_equal(url_of(w, here), HERE);
	assert_string_equal(url_of(w, gone), HERE "#1");
	assert_string_equal(world_list(w, NULL), "2 N* Two\n");
	assert_string_equal(
		world_sql(w, "SELECT event FROM log ORDER BY seq DESC LIMIT 1"), "feed.moved");
	/* Another one, and another. */
	world_ingest(w, here, three, 3);
	world_mark(w, STORE_STAR, "6", NULL);
	remove_feed(w, here, false);
	assert_int_equal(note_move(w, world_add(w, "https://e.org/third"), HERE), STORE_MOVED);
	assert_string_equal(url_of(w, here), HERE "#2");
	assert_int_equal(world_count(w, NULL), 2);
}

static void a_move_is_taken_back_to_where_a_removed_feed_was(void **state)
{
	struct world *w = *state;
	int64_t here = world_add(w, OLD), gone;

	note_move(w, here, HERE);
	gone = add_removed(w, OLD);
	change(w, here, STORE_REVERT);
	assert_int_equal(w->number, 1);
	assert_string_equal(url_of(w, here), OLD);
	assert_string_equal(url_of(w, gone), OLD "#2");
	assert_string_equal(world_list(w, NULL), "2 N* Two\n");
}

static void a_feed_is_set_to_where_a_removed_one_was(void **state)
{
	struct world *w = *state;
	int64_t gone = add_removed(w, HERE), here = world_add(w, OLD);

	assert_true(world_set(w, here, "url", HERE));
	assert_string_equal(url_of(w, here), HERE);
	assert_string_equal(url_of(w, gone), HERE "#1");
	assert_string_equal(world_list(w, NULL), "2 N* Two\n");
	/* Once more is no change, and no reason to give it up. */
	assert_true(world_set(w, here, "url", HERE));
	assert_string_equal(url_of(w, here), HERE);
	assert_true(world_set(w, here, "url", OLD));
	assert_int_equal(world_add(w, HERE), gone);
	assert_string_equal(url_of(w, gone), HERE);
	assert_false(world_set(w, here, "url", HERE));
	assert_int_equal(w->err.code, ERR_EXISTS);
}

static void who_gave_its_address_up_is_subscribed_again_once_that_is_free(void **state)
{
	struct world *w = *state;
	int64_t gone = add_removed(w, HERE), here = world_add(w, OLD);

	note_move(w, here, HERE);
	assert_int_equal(world_add(w, HERE), here);
	change(w, here, STORE_REVERT);
	assert_int_equal(world_add(w, HERE), gone);
	assert_string_equal(url_of(w, gone), HERE);
	world_ingest(w, gone, three, 3);
	assert_string_equal(world_list(w, NULL), "5 N One\n4 N Three\n2 N* Two\n");
}

/* It was looked for there, and has moved on by the time that it was found. */
static void who_gave_its_address_up_is_found_by_where_it_was_looked_for(void **state)
{
	struct world *w = *state;
	int64_t gone = add_removed(w, HERE), here = world_add(w, OLD);
	struct store_new_feed feed = { .url = mem_strdup("https://e.org/new"),
		.moved_from = mem_strdup(HERE),
		.added_at_s = w->now_s,
		.settings = { .every_s = -1, .keep_s = -1 } };

	note_move(w, here, HERE);
	change(w, here, STORE_REVERT);
	store_feeds_add(w->store, &feed, 1, on_added, w);
	world_wait(w);
	assert_false(w->failed);
	assert_int_equal(w->id, gone);
	assert_string_equal(url_of(w, gone), "https://e.org/new");
	assert_string_equal(world_sql(w, "SELECT from_url FROM move"), HERE);
}

/* Elsewhere there is one feed of that address, and an item of it has one line. */
static void a_dump_has_the_marks_of_both_under_the_address(void **state)
{
	struct world *w = *state;
	int64_t here;
	char *first, *second;

	add_removed(w, HERE);
	w->now_s += 60;
	here = world_add(w, OLD);
	world_ingest(w, here, three, 3);
	world_mark(w, STORE_MARK_READ, "6", NULL);
	world_mark(w, STORE_MARK_READ, "5", NULL);
	note_move(w, here, HERE);
	first = dump(w, false);
	assert_null(strchr(first, '#'));
	assert_non_null(strstr(first, "item\t" HERE "\t1\t2026-05-28T20:27:40Z\tread\n"
				      "item\t" HERE "\t2\t2026-05-28T20:27:40Z\tread,starred\n"));
	assert_null(strstr(first, "\t3\t"));
	restore(w, first, false);
	assert_false(w->failed);
	second = dump(w, false);
	assert_string_equal(first, second);
	free(first);
	free(second);
}

/* As of one that has its address still. */
static void a_dump_puts_back_the_marks_of_who_gave_its_address_up(void **state)
{
	struct world *w = *state;
	int64_t here;
	char *first;

	add_removed(w, HERE);
	here = world_add(w, OLD);
	note_move(w, here, HERE);
	change(w, here, STORE_REVERT);
	world_mark(w, STORE_MARK_READ, "2", NULL);
	first = dump(w, false);
	w->now_s += 60;
	world_mark(w, STORE_MARK_UNREAD, "2", NULL);
	restore(w, first, false);
	assert_false(w->failed);
	assert_string_equal(world_list(w, NULL), "2 R* Two\n");
	free(first);
}

static void assert_dump_changes_nothing(struct world *w)
{
	char *first = dump(w, false), *second;

	restore(w, first, false);
	assert_false(w->failed);
	assert_int_equal(restored.refused, 0);
	assert_int_equal(restored.waiting, 0);
	second = dump(w, false);
	assert_string_equal(first, second);
	free(first);
	free(second);
}

/* What the feed that is there now has never had does not wait for it. */
static void a_dump_puts_back_what_only_who_gave_its_address_up_has(void **state)
{
	struct world *w = *state;
	int64_t here, first = add_removed(w, HERE);

	here = world_add(w, OLD);
	world_ingest(w, here, &items[0], 1);
	world_mark(w, STORE_STAR, "4", NULL);
	note_move(w, here, HERE);
	remove_feed(w, here, false);
	here = world_add(w, "https://third.e.org/feed");
	world_ingest(w, here, &three[0], 1);
	note_move(w, here, HERE);
	assert_string_equal(url_of(w, first), HERE "#1");
	assert_dump_changes_nothing(w);
	change(w, here, STORE_REVERT);
	assert_dump_changes_nothing(w);
}

/* The address means who moved on from there, too, but that one's own marks are under where
 * it is now. */
static void a_dump_tells_who_gave_its_address_up_from_who_moved_on(void **state)
{
	struct world *w = *state;
	int64_t here;

	add_removed(w, HERE);
	w->now_s += 60;
	here = world_add(w, OLD);
	world_ingest(w, here, three, 3);
	note_move(w, here, HERE);
	note_move(w, here, "https://a.e.org/feed");
	world_mark(w, STORE_MARK_READ, "5", NULL);
	assert_dump_changes_nothing(w);
	assert_string_equal(world_list(w, NULL), "6 N One\n5 R Two\n4 N Three\n2 N* Two\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_stayed_is_known_by_its_link_and_words, world_setup, world_teardown),
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(a_feed_moves_to_where_a_removed_one_was),
		TEST(a_move_is_taken_back_to_where_a_removed_feed_was),
		TEST(a_feed_is_set_to_where_a_removed_one_was),
		TEST(who_gave_its_address_up_is_subscribed_again_once_that_is_free),
		TEST(who_gave_its_address_up_is_found_by_where_it_was_looked_for),
		TEST(a_dump_puts_back_the_marks_of_who_gave_its_address_up),
		TEST(a_dump_has_the_marks_of_both_under_the_address),
		TEST(a_dump_puts_back_what_only_who_gave_its_address_up_has),
		TEST(a_dump_tells_who_gave_its_address_up_from_who_moved_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
