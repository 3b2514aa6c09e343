#include "daemon/store/filter.h"
#include "daemon/store/internal.h"
#include "daemon/store/tag.h"
#include "world.h"

/* Marks, stars, tags, in bulk and back; what followers are told; retention. */

static void undo(struct world *w)
{
	store_undo(w->store, w->now_s, on_changed, w);
	world_wait(w);
	assert_false(w->failed);
}

static const struct words three[] = {
	{ .guid = "c", .url = "https://e.org/c", .title = "C", .published_s = NOW - 10 },
	{ .guid = "b", .url = "https://e.org/b", .title = "B", .published_s = NOW - 20 },
	{ .guid = "a", .url = "https://e.org/a", .title = "A", .published_s = NOW - 30 },
};

static const char *counts(struct world *w)
{
	return world_sql(w, "SELECT f.total, f.unread, f.starred, s.items, s.unread, s.starred"
			    " FROM feed f, store s WHERE f.id = 1");
}

static void marks_are_counted(void **state)
{
	struct world *w = *state;

	world_add(w, "https://e.org/feed");
	INGEST(w, w->id, three);
	assert_string_equal(counts(w), "3|3|0|3|3|0");
	world_mark(w, STORE_MARK_READ, "1", NULL);
	world_mark(w, STORE_MARK_READ, "1", NULL);
	assert_int_equal(w->number, 0);
	world_mark(w, STORE_STAR, "2", NULL);
	assert_string_equal(counts(w), "3|2|1|3|2|1");
	world_mark(w, STORE_MARK_UNREAD, "1", NULL);
	world_mark(w, STORE_UNSTAR, "2", NULL);
	assert_string_equal(counts(w), "3|3|0|3|3|0");
}

static void undo_takes_the_last_bulk_change_back(void **state)
{
	struct world *w = *state;

	world_add(w, "https://e.org/feed");
	INGEST(w, w->id, three);
	world_mark(w, STORE_MARK_READ, "1", NULL);
	world_mark_all(w, STORE_MARK_READ, NULL, 0);
	assert_int_equal(w->rows, 3);
	assert_int_equal(w->number, 2);
	undo(w);
	assert_int_equal(w->number, 2);
	assert_string_equal(world_list(w, NULL), "3 N C\n2 N B\n1 R A\n");
	undo(w);
	assert_int_equal(w->number, 0);
}

static void a_bulk_change_touches_what_existed_when_asked(void **state)
{
	struct world *w = *state;
	uint64_t asked;
	const struct words later[] = { { .guid = "d", .title = "D", .published_s = NOW } };

	world_add(w, "https://e.org/feed");
	INGEST(w, w->id, three);
	asked = w->delta.seq;
	world_ingest_doc(w, w->id, words_doc(later, 1), false);
	world_mark_all(w, STORE_MARK_READ, NULL, asked);
	assert_int_equal(w->number, 3);
	assert_string_equal(world_list(w, NULL), "4 N D\n3 R C\n2 R B\n1 R A\n");
}

static void filters_are_any_of_each_and_all_of_different(void **state)
{
	struct world *w = *state;
	int64_t first = world_add(w, "https://e.org/feed"), second;
	const char *tag = "News";
	struct store_filter filter;
	struct words others[3];
	int64_t both[2];

	INGEST(w, first, three);
	second = world_add(w, "https://e.net/feed");
	/* Other stories, or reading one would read both. */
	memcpy(others, three, sizeof(others));
	others[0].url = others[1].url = others[2].url = NULL;
	others[0].text = others[1].text = others[2].text = "elsewhere";
	others[0].guid = "f";
	others[1].guid = "e";
	others[2].guid = "d";
	INGEST(w, second, others);
	world_mark(w, STORE_TAG, "1", "News/Linux");
	world_mark(w, STORE_TAG, "2", "Newsletter");
	world_mark(w, STORE_MARK_READ, "3", NULL);
	world_mark(w, STORE_STAR, "4", NULL);
	filter_any(&filter);
	filter.tags = &tag;
	filter.tag_count = 1;
	assert_string_equal(world_list(w, &filter), "1 N A\n");
	filter_any(&filter);
	both[0] = first;
	both[1] = second;
	filter.feed_ids = both;
	filter.feed_count = 1;
	filter.read = STORE_UNREAD;
	assert_string_equal(world_list(w, &filter), "2 N B\n1 N A\n");
	filter.feed_count = 2;
	assert_int_equal(world_count(w, &filter), 5);
	filter_any(&filter);
	filter.starred = 1;
	assert_string_equal(world_list(w, &filter), "4 N* A\n");
	filter.starred = 0;
	assert_int_equal(world_count(w, &filter), 5);
	filter_any(&filter);
	filter.since_s = NOW - 20;
	filter.until_s = NOW - 10;
	assert_string_equal(world_list(w, &filter), "5 N B\n2 N B\n");
}

/* Beside a feed of two hundred; the rows are the same as by date. */
static void few_are_found_by_their_feeds_and_tags(void **state)
{
	static const struct words few[] = {
		{ .guid = "x", .title = "X", .text = "ex", .published_s = NOW - 10 },
		{ .guid = "y", .title = "Y", .text = "why", .published_s = NOW - 3000 },
	};
	struct words crowd[200];
	char guids[200][8];
	struct world *w = *state;
	int64_t large = world_add(w, "https://e.org/large"), both[2];
	const char *tag = "Small";
	struct store_filter filter;

	for (int i = 0; i < 200; i++) {
		snprintf(guids[i], sizeof(guids[i]), "%d", i);
		crowd[i] = (struct words){
			.guid = guids[i], .title = guids[i], .published_s = NOW - 20 - i
		};
	}
	INGEST(w, large, crowd);
	both[0] = world_add(w, "https://e.org/few");
	INGEST(w, both[0], few);
	both[1] = world_add(w, "https://e.org/none");
	assert_true(world_set(w, both[0], "tags", "Small"));
	world_mark(w, STORE_TAG, "7", "Small/own");
	world_mark(w, STORE_TAG, "x", "Small"); /* of a tagged feed, too */
	filter_any(&filter);
	filter.tags = &tag;
	filter.tag_count = 1;
	assert_true(filter_is_few(&filter, UINT64_MAX, world_look(w)));
	assert_string_equal(world_list(w, &filter), "202 N X\n7 N 193\n201 N Y\n");
	assert_int_equal(world_count(w, &filter), 3);
	world_mark_all(w, STORE_MARK_READ, &filter, 0);
	assert_int_equal(world_count(w, NULL), 202);
	filter.read = STORE_UNREAD;
	assert_int_equal(world_count(w, &filter), 0);
	filter_any(&filter);
	filter.feed_ids = both;
	filter.feed_count = 2;
	assert_true(filter_is_few(&filter, 1, world_look(w)));
	assert_string_equal(world_list(w, &filter), "202 R X\n201 R Y\n");
	assert_int_equal(world_count(w, &filter), 2);
	both[1] = large;
	assert_false(filter_is_few(&filter, UINT64_MAX, world_look(w)));
	assert_int_equal(world_count(w, &filter), 202);
}

/* Likewise what came behind a cursor, and what was edited. */
static void few_are_found_by_when_they_came_or_changed(void **state)
{
	static const struct words first[] = {
		{ .guid = "x", .title = "X", .text = "ex", .published_s = NOW - 10 },
		{ .guid = "y", .title = "Y", .text = "why", .published_s = NOW - 3000 },
	};
	static const struct words edited[] = {
		{ .guid = "x", .title = "X", .text = "ex", .published_s = NOW - 10 },
		{ .guid = "y", .title = "Yes", .text = "because", .published_s = NOW - 3000 },
	};
	struct words crowd[200];
	char guids[200][8];
	struct world *w = *state;
	int64_t feed;
	struct store_filter filter;

	for (int i = 0; i < 200; i++) {
		snprintf(guids[i], sizeof(guids[i]), "%d", i);
		crowd[i] = (struct words){
			.guid = guids[i], .title = guids[i], .published_s = NOW - 20 - i
		};
	}
	INGEST(w, world_add(w, "https://e.org/large"), crowd);
	filter_any(&filter);
	filter.since_seq = store_seq(w->store);
	assert_true(filter_is_few(&filter, 1, world_look(w)));
	assert_string_equal(world_list(w, &filter), "");
	feed = world_add(w, "https://e.org/few");
	INGEST(w, feed, first);
	assert_true(filter_is_few(&filter, 1, world_look(w)));
	assert_string_equal(world_list(w, &filter), "202 N X\n201 N Y\n");
	assert_int_equal(world_count(w, &filter), 2);
	world_mark(w, STORE_MARK_READ, "x", NULL);
	filter.read = STORE_UNREAD;
	assert_string_equal(world_list(w, &filter), "201 N Y\n");
	filter_any(&filter);
	filter.since_seq = 1; /* the first item's */
	assert_false(filter_is_few(&filter, UINT64_MAX, world_look(w)));
	assert_int_equal(world_count(w, &filter), 201);

	filter_any(&filter);
	filter.changed = true;
	assert_string_equal(world_list(w, &filter), "");
	INGEST(w, feed, edited);
	assert_true(filter_is_few(&filter, 1, world_look(w)));
	assert_string_equal(world_list(w, &filter), "201 N+ Yes\n");
	assert_int_equal(world_count(w, &filter), 1);
	world_mark_all(w, STORE_MARK_READ, &filter, 0);
	assert_string_equal(world_list(w, &filter), "201 R+ Yes\n");
}

static void a_bad_tag_is_refused(void **state)
{
	struct world *w = *state;

	world_add(w, "https://e.org/feed");
	INGEST(w, w->id, three);
	world_mark(w, STORE_TAG, "1", "a,b");
	assert_true(w->failed);
	assert_int_equal(w->err.code, ERR_USAGE);
}

/* ---------------------------------------------------------- changes ---- */

static int on_change(void *ctx, const struct store_item *item)
{
	struct world *w = ctx;
	size_t used = strlen(w->text);

	snprintf(w->text + used, sizeof(w->text) - used, "%s %s\n", item->event, item->title);
	w->number = item->seq;
	return 0;
}

static const char *changes_since(
	struct world *w, uint64_t *after, int64_t since_s, bool states, bool initial)
{
	struct store_filter any;
	struct store_changes_page page = {
		.filter = &any, .since_s = since_s, .limit = 2, .states = states, .initial = initial
	};

	filter_any(&any);
	w->text[0] = '\0';
	do {
		page.after_seq = *after;
		store_changes(w->store, &page, on_change, on_page, w);
		world_wait(w);
		assert_false(w->failed);
		if (w->rows > 0)
			*after = w->number;
	} while (w->more);
	return w->text;
}

static const char *changes(struct world *w, uint64_t *after, bool states, bool initial)
{
	return changes_since(w, after, INT64_MIN, states, initial);
}

static void a_time_to_begin_at_is_each_rows_own(void **state)
{
	struct world *w = *state;
	struct words items[4] = { { .guid = "d", .title = "D", .published_s = NOW }, three[0],
		three[1], three[2] };
	uint64_t from = 0, late = 0;
	int64_t since_s;

	world_add(w, "https://e.org/feed");
	INGEST(w, w->id, three);
	world_mark(w, STORE_STAR, "3", NULL);
	since_s = w->now_s + 1;
	assert_string_equal(changes_since(w, &from, since_s, true, true), "");
	w->now_s += HOUR;
	items[2].title = "B, edited";
	INGEST(w, w->id, items);
	world_mark(w, STORE_STAR, "1", NULL);
	assert_string_equal(changes_since(w, &from, since_s, true, true),
		"changed B, edited\nnew D\nstate A\n");
	since_s = w->now_s + 1;
	assert_string_equal(changes_since(w, &late, since_s, true, true), "");
}

static void followers_are_told_in_order_and_once(void **state)
{
	struct world *w = *state;
	struct words items[4] = { { .guid = "d", .title = "D", .published_s = NOW }, three[0],
		three[1], three[2] };
	uint64_t quiet = 0, all = 0, states = 0;

	world_add(w, "https://e.org/feed");
	INGEST(w, w->id, three);
	assert_string_equal(changes(w, &quiet, false, false), "");
	assert_string_equal(changes(w, &all, false, true), "initial A\ninitial B\ninitial C\n");
	w->now_s += HOUR;
	items[2].title = "B, edited";
	INGEST(w, w->id, items);
	world_mark(w, STORE_STAR, "1", NULL);
	assert_string_equal(changes(w, &all, false, true), "changed B, edited\nnew D\n");
	assert_string_equal(changes(w, &all, false, true), "");
	assert_string_equal(changes(w, &quiet, false, false), "changed B, edited\nnew D\n");
	assert_string_equal(
		changes(w, &states, true, false), "changed B, edited\nnew D\nstate A\n");
	world_mark(w, STORE_UNSTAR, "1", NULL);
	assert_string_equal(changes(w, &states, true, false), "state A\n");
}

/* -------------------------------------------------------- retention ---- */

static void what_the_feed_shows_is_kept_however_old(void **state)
{
	struct world *w = *state;

	world_add(w, "https://e.org/feed");
	INGEST(w, w->id, three);
	world_mark_all(w, STORE_MARK_READ, NULL, 0);
	w->now_s += 400 * (int64_t)DAY;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 3);
}

/* Read or not, by when the feed last showed it. */
static void a_feeds_own_keep_counts_for_its_items_alone(void **state)
{
	struct world *w = *state;
	int64_t brief = world_add(w, "https://e.org/brief");
	int64_t ever = world_add(w, "https://e.org/ever");
	int64_t plain = world_add(w, "https://e.org/plain");

	assert_true(world_set(w, brief, "keep", "10d"));
	assert_true(world_set(w, ever, "keep", "forever"));
	INGEST(w, brief, three);
	INGEST(w, ever, three);
	INGEST(w, plain, three);
	world_mark(w, STORE_STAR, "2", NULL);
	world_mark(w, STORE_MARK_READ, "4", NULL);
	world_mark(w, STORE_MARK_READ, "7", NULL);
	world_ingest(w, brief, three, 0);
	world_ingest(w, ever, three, 0);
	world_ingest(w, plain, three, 0);
	w->now_s += 9 * DAY;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 9);
	w->now_s += 2 * DAY;
	world_maintain(w);
	assert_string_equal(
		world_sql(w, "SELECT group_concat(id, ' ') FROM item"), "2 4 5 6 7 8 9");
	w->now_s += 400 * (int64_t)DAY;
	world_maintain(w);
	assert_string_equal(world_sql(w, "SELECT group_concat(id, ' ') FROM item"), "2 4 5 6 8 9");
	/* The default again: what is over now goes. */
	assert_true(world_set(w, ever, "keep", ""));
	world_maintain(w);
	assert_string_equal(world_sql(w, "SELECT group_concat(id, ' ') FROM item"), "2 5 6 8 9");
	INGEST(w, brief, three);
	assert_int_equal(w->delta.fresh, 0);
}

static void what_was_purged_never_comes_back_as_new(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, three);
	world_mark(w, STORE_MARK_READ, "1", NULL);
	world_mark(w, STORE_MARK_READ, "2", NULL);
	world_mark(w, STORE_STAR, "2", NULL);
	world_ingest(w, feed, three, 0);
	w->now_s += 91 * DAY;
	world_maintain(w);
	/* Read and unstarred: gone.  Starred, and unread: kept. */
	assert_string_equal(world_list(w, NULL), "3 N C\n2 R* B\n");
	assert_string_equal(world_sql(w, "SELECT count(*), length(key) FROM key"
					 " WHERE item_id IS NULL AND ident IS NULL"),
		"1|16");
	assert_string_equal(counts(w), "2|1|1|2|1|1");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM story"), "4");
	INGEST(w, feed, three);
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(world_count(w, NULL), 2);
	INGEST(w, feed, three);
	assert_int_equal(w->delta.fresh, 0);
}

static void what_was_marked_by_mistake_is_there_to_be_undone(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, three);
	world_ingest(w, feed, three, 0);
	w->now_s += 200 * DAY;
	world_mark_all(w, STORE_MARK_READ, NULL, 0);
	w->now_s += HOUR;
	world_maintain(w);
	store_undo(w->store, w->now_s, on_changed, w);
	world_wait(w);
	assert_string_equal(world_list(w, NULL), "3 N C\n2 N B\n1 N A\n");
	assert_true(world_set(w, feed, "keep", "10d"));
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 3);
	/* A day is enough for that. */
	w->now_s += DAY + 1;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 0);
}

static bool is_json(struct db *db, const char *text)
{
	sqlite3_stmt *valid;
	bool is;

	assert_int_equal(sqlite3_prepare_v2(db->handle, "SELECT json_valid(?)", -1, &valid, NULL),
		SQLITE_OK);
	db_bind_text(valid, 1, text);
	is = sqlite3_step(valid) == SQLITE_ROW && sqlite3_column_int(valid, 0) == 1;
	sqlite3_finalize(valid);
	return is;
}

/* A list of a stranger's gives a feed as many as it likes; what is told of them stays
 * JSON, wherever the room ends. */
static void tags_without_room_are_left_out_whole(void **state)
{
	struct world *w = *state;
	struct db *db = world_look(w);
	size_t room;

	world_add(w, "https://e.org/feed");
	world_sql(w, "INSERT INTO feed_tag SELECT 1, value || replace('xxxx', 'x', char(34))"
		     " FROM json_each('[1, 2, 3, 4, 5, 6]')");
	for (room = 2; room < 80; room++) {
		struct buf json;
		struct err err;

		buf_init(&json, room);
		assert_int_equal(tag_feed_json(db, 1, &json, &err), 0);
		if (!is_json(db, json.data))
			fail_msg("%zu: %s", room, json.data);
		buf_release(&json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(marks_are_counted),
		TEST(undo_takes_the_last_bulk_change_back),
		TEST(a_bulk_change_touches_what_existed_when_asked),
		TEST(filters_are_any_of_each_and_all_of_different),
		TEST(few_are_found_by_their_feeds_and_tags),
		TEST(few_are_found_by_when_they_came_or_changed),
		TEST(a_bad_tag_is_refused),
		TEST(a_time_to_begin_at_is_each_rows_own),
		TEST(followers_are_told_in_order_and_once),
		TEST(what_the_feed_shows_is_kept_however_old),
		TEST(a_feeds_own_keep_counts_for_its_items_alone),
		TEST(what_was_purged_never_comes_back_as_new),
		TEST(what_was_marked_by_mistake_is_there_to_be_undone),
		TEST(tags_without_room_are_left_out_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
