#include "feeds.h"
#include "restored.h"

/* Addresses that a server says have moved: adopted, taken back, refused; and feeds that
 * lead to another one. */

static const char *rest_of(struct world *w, int64_t id)
{
	char sql[160];

	snprintf(sql, sizeof(sql),
		"SELECT paused, coalesce(move_to, '-'), coalesce(move_seen, '-')"
		" FROM poll WHERE feed_id = %lld",
		(long long)id);
	return world_sql(w, sql);
}

static int on_feed(void *ctx, const struct store_feed_row *row)
{
	struct world *w = ctx;

	snprintf(w->text, sizeof(w->text), "%s %s", row->state, row->url);
	return 0;
}

/* The one that is shown as moved. */
static const char *moved(struct world *w)
{
	const struct store_feed_filter filter = { .state = "moved" };

	w->text[0] = '\0';
	store_feeds(w->store, &filter, NULL, 100, on_feed, on_page, w);
	world_wait(w);
	assert_false(w->failed);
	return w->text;
}

static void a_move_can_be_taken_back(void **state)
{
	struct world *w = *state;
	int64_t id = world_add(w, "http://e.org/feed");

	note_move(w, id, "https://e.org/feed");
	assert_string_equal(world_sql(w, "SELECT url FROM feed"), "https://e.org/feed");
	change(w, id, STORE_REVERT);
	assert_int_equal(w->number, 1);
	assert_string_equal(world_sql(w, "SELECT url FROM feed"), "http://e.org/feed");
	change(w, id, STORE_REVERT);
	assert_int_equal(w->number, 0);
}

/* It may come when its feed is somewhere else. */
static void a_restored_mark_goes_along(void **state)
{
	static const char dump[] = "feedd-dump 1\n"
				   "feed\thttp://e.org/feed\n"
				   "item\thttp://e.org/feed\t1\t2026-05-01T00:00:00Z\tread\n"
				   "item\thttp://e.org/feed\t2\t2026-05-01T00:00:00Z\tstarred\n"
				   "item\thttp://e.org/feed\t3\t2026-05-01T00:00:00Z\ttag:T\n";
	static const struct words three[] = { { .guid = "1", .title = "One" },
		{ .guid = "2", .title = "Two" }, { .guid = "3", .title = "Three" } };
	struct world *w = *state;

	restore(w, dump, false);
	note_move(w, 1, "https://e.org/feed");
	world_ingest(w, 1, three, 1);
	change(w, 1, STORE_REVERT);
	world_ingest(w, 1, three, 2);
	assert_true(world_set(w, 1, "url", "https://e.org/other"));
	world_ingest(w, 1, three, 3);
	assert_string_equal(world_list(w, NULL), "3 N Three\n2 N* Two\n1 R One\n");
	assert_string_equal(world_sql(w, "SELECT item_id || tag FROM item_tag"), "3T");
}

/* It says what was so before its feed moved. */
static void a_dump_from_before_a_move_is_of_the_feed_that_moved(void **state)
{
	static const char dump[] =
		"feedd-dump 1\n"
		"feed\thttps://old.e.org/feed\n"
		"feed\thttps://old.e.org/feed\tauth\tme:secret\n"
		"feed\thttps://old.e.org/feed\ttag\tNews\n"
		"item\thttps://old.e.org/feed\t1\t2026-05-01T00:00:00Z\tread\n"
		"item\thttps://old.e.org/feed\t2\t2026-05-01T00:00:00Z\tstarred\n";
	static const struct words both[] = { { .guid = "1", .title = "One" },
		{ .guid = "2", .title = "Two" } };
	struct world *w = *state;
	int64_t id = world_add(w, "https://old.e.org/feed");

	world_ingest(w, id, both, 1);
	note_move(w, id, "https://mid.e.org/feed");
	note_move(w, id, "https://e.org/feed");
	restore(w, dump, false);
	assert_false(w->failed);
	assert_int_equal(restored.feeds, 0);
	assert_int_equal(restored.states, 1);
	assert_int_equal(restored.waiting, 1);
	assert_string_equal(w->text, "auth: the feed has moved, and this was for another site\n");
	world_ingest(w, id, both, 2);
	assert_string_equal(world_list(w, NULL), "2 N* Two\n1 R One\n");
	assert_string_equal(
		world_sql(
			w, "SELECT url, auth IS NULL, tag FROM feed JOIN feed_tag ON feed_id = id"),
		"https://e.org/feed|1|News");
	/* Who subscribed to the address again meant that. */
	(void)world_add(w, "https://old.e.org/feed");
	restore(w, dump, false);
	assert_string_equal(w->text, "");
	assert_int_equal(restored.waiting, 2);
}

static int64_t add_from(struct world *w, const char *url, bool listed, const char *leads_to)
{
	struct store_new_feed feed;

	memset(&feed, 0, sizeof(feed));
	feed.url = mem_strdup(url);
	feed.leads_to = mem_strdup(leads_to);
	feed.listed = listed;
	feed.settings.every_s = feed.settings.keep_s = -1;
	store_feeds_add(w->store, &feed, 1, on_added, w);
	world_wait(w);
	assert_false(w->failed);
	return w->id;
}

static void a_list_from_before_a_move_names_the_feed_that_moved(void **state)
{
	struct world *w = *state;
	int64_t id = world_add(w, "https://e.org/old"), again;

	note_move(w, id, "https://e.org/mid");
	note_move(w, id, "https://e.org/feed");
	assert_int_equal(add_from(w, "https://e.org/old", true, NULL), id);
	assert_int_equal(add_from(w, "https://e.org/mid", true, NULL), id);
	assert_int_equal(w->number, 1);
	/* Who subscribes to the address again means that, and then the list does, too. */
	again = world_add(w, "https://e.org/old");
	assert_int_not_equal(again, id);
	assert_int_equal(add_from(w, "https://e.org/old", true, NULL), again);
	/* A feed that is gone is nobody's. */
	remove_feed(w, id, false);
	assert_int_not_equal(add_from(w, "https://e.org/mid", true, NULL), id);
	assert_int_equal(w->number, 0);
}

static void an_address_that_leads_to_the_feed_that_had_it_is_that_feed(void **state)
{
	struct world *w = *state;
	int64_t id = world_add(w, "https://e.org/old");

	note_move(w, id, "https://e.org/feed");
	assert_int_equal(add_from(w, "https://e.org/old", false, "https://e.org/feed"), id);
	assert_int_equal(w->number, 1);
	assert_int_not_equal(add_from(w, "https://e.org/other", false, "https://e.org/feed"), id);
	assert_int_not_equal(add_from(w, "https://e.org/old", false, "https://e.org/else"), id);
	assert_int_equal(w->number, 0);
}

static int64_t add_moved(struct world *w, const char *from, const char *to)
{
	struct store_new_feed feed;

	memset(&feed, 0, sizeof(feed));
	feed.url = mem_strdup(to);
	feed.moved_from = mem_strdup(from);
	feed.added_at_s = w->now_s;
	feed.settings.every_s = feed.settings.keep_s = -1;
	store_feeds_add(w->store, &feed, 1, on_added, w);
	world_wait(w);
	assert_false(w->failed);
	return w->id;
}

/* Its look was led to https: as if it had been there before and moved. */
static void who_moves_while_it_is_added_has_moved(void **state)
{
	static const char dump[] = "feedd-dump 1\n"
				   "item\thttp://e.org/feed\t1\t2026-05-01T00:00:00Z\tstarred\n";
	static const struct words one[] = { { .guid = "1", .title = "One" } };
	static const char all[] =
		"SELECT url, from_url, to_url, event, text, removed_s IS NULL FROM feed f"
		" JOIN move m ON m.feed_id = f.id JOIN log l ON l.feed_id = f.id"
		" WHERE event = 'feed.moved' ORDER BY l.seq DESC LIMIT 1";
	static const char said[] = "https://e.org/feed|http://e.org/feed|https://e.org/feed|"
				   "feed.moved|https://e.org/feed|1";
	struct world *w = *state;
	int64_t id;

	restore(w, dump, false);
	id = add_moved(w, "http://e.org/feed", "https://e.org/feed");
	assert_int_equal(w->number, 0);
	assert_string_equal(world_sql(w, all), said);
	world_ingest(w, id, one, 1);
	assert_string_equal(world_list(w, NULL), "1 N* One\n");
	assert_int_equal(add_moved(w, "http://e.org/feed", "https://e.org/feed"), id);
	assert_int_equal(w->number, 1);
	assert_int_equal(add_from(w, "http://e.org/feed", true, NULL), id);
	assert_string_equal(world_sql(w, "SELECT count(*) FROM move"), "1");
	change(w, id, STORE_REVERT);
	assert_string_equal(world_sql(w, "SELECT url FROM feed"), "http://e.org/feed");
	/* What it left under its old address is its own. */
	remove_feed(w, id, false);
	assert_string_equal(world_list(w, NULL), "1 N* One\n");
	assert_int_equal(add_moved(w, "http://e.org/feed", "https://e.org/feed"), id);
	assert_string_equal(world_sql(w, all), said);
}

/* Or a second `revert` would lead it to where it is. */
static void who_had_moved_before_it_was_removed_moves_no_second_time(void **state)
{
	static const struct words one[] = { { .guid = "1", .title = "One" } };
	struct world *w = *state;
	int64_t id = add_moved(w, "http://e.org/feed", "https://e.org/feed");

	world_ingest(w, id, one, 1);
	world_mark(w, STORE_STAR, "1", NULL);
	remove_feed(w, id, false);
	assert_int_equal(add_moved(w, "http://e.org/feed", "https://e.org/feed"), id);
	assert_string_equal(world_sql(w, "SELECT count(*) FROM move"), "1");
	change(w, id, STORE_REVERT);
	assert_string_equal(world_sql(w, "SELECT url FROM feed"), "http://e.org/feed");
	change(w, id, STORE_REVERT);
	assert_int_equal(w->number, 0);
}

static void who_had_moved_elsewhere_before_it_was_removed_has_moved_again(void **state)
{
	static const struct words one[] = { { .guid = "1", .title = "One" } };
	struct world *w = *state;
	int64_t id = add_moved(w, "http://e.org/feed", "https://e.org/feed");

	world_ingest(w, id, one, 1);
	world_mark(w, STORE_STAR, "1", NULL);
	assert_true(world_set(w, id, "url", "https://e.org/new"));
	remove_feed(w, id, false);
	assert_int_equal(add_moved(w, "http://e.org/feed", "https://e.org/new"), id);
	assert_string_equal(
		world_sql(w,
			"SELECT group_concat(to_url, ' ') FROM (SELECT * FROM move ORDER BY id)"),
		"https://e.org/feed https://e.org/new");
}

static void a_move_is_taken_back_where_the_address_was_set_back(void **state)
{
	struct world *w = *state;
	int64_t id = add_moved(w, "http://e.org/feed", "https://e.org/feed");

	assert_true(world_set(w, id, "url", "http://e.org/feed"));
	change(w, id, STORE_REVERT);
	assert_int_equal(w->number, 1);
	assert_string_equal(
		world_sql(w, "SELECT url, move_to, (SELECT count(*) FROM move) FROM feed, poll"),
		"http://e.org/feed|https://e.org/feed|0");
}

static void two_feeds_never_get_one_address(void **state)
{
	struct world *w = *state;
	int64_t first = world_add(w, "https://e.org/feed"), second;
	second = world_add(w, "https://e.org/old");
	note_move(w, second, "https://e.org/feed");
	assert_string_equal(
		world_sql(
			w, "SELECT group_concat(url, ' ') FROM (SELECT url FROM feed ORDER BY id)"),
		"https://e.org/feed https://e.org/old");
	assert_string_equal(
		world_sql(w, "SELECT event FROM log ORDER BY seq LIMIT 1"), "feed.merge");
	assert_string_equal(moved(w), "moved https://e.org/old");
	(void)first;
}

/* Another feed that leads to where the feed is, and rests for that. */
static int64_t add_merged(struct world *w, const char *url, const char *to)
{
	int64_t id = world_add(w, url);

	note_move(w, id, to);
	return id;
}

static void who_leads_to_a_feed_does_not_rest_without_it(void **state)
{
	struct world *w = *state;
	int64_t here = world_add(w, "https://e.org/feed");
	int64_t old = add_merged(w, "https://e.org/old", "https://e.org/feed");

	assert_string_equal(rest_of(w, old), "1|https://e.org/feed|0");
	note_move(w, here, "https://e.org/moved");
	assert_string_equal(rest_of(w, old), "1|https://e.org/moved|0");
	assert_true(world_set(w, here, "url", "https://e.org/another"));
	assert_string_equal(rest_of(w, old), "0|-|0");
	old = add_merged(w, "https://e.org/older", "https://e.org/another");
	assert_string_equal(rest_of(w, old), "1|https://e.org/another|0");
	remove_feed(w, here, false);
	assert_string_equal(rest_of(w, old), "0|-|0");
}

static int on_piece(void *ctx, const char *text, size_t length)
{
	struct world *w = ctx;

	w->number += memmem(text, length, "\tpaused\t", 8) != NULL;
	return 0;
}

/* Elsewhere it would rest for a feed that may not be there. */
static void who_rests_for_a_feed_is_dumped_as_one_that_does_not(void **state)
{
	struct world *w = *state;
	int64_t here = world_add(w, "https://e.org/feed");

	add_merged(w, "https://e.org/old", "https://e.org/feed");
	w->number = 0;
	store_dump(w->store, false, on_piece, on_page, w);
	world_wait(w);
	assert_int_equal(w->number, 0);
	change(w, here, STORE_PAUSE);
	w->number = 0;
	store_dump(w->store, false, on_piece, on_page, w);
	world_wait(w);
	assert_int_equal(w->number, 1);
}

static void who_is_paused_by_a_person_is_no_business_of_it(void **state)
{
	struct world *w = *state;
	int64_t here = world_add(w, "https://e.org/feed");
	int64_t old = world_add(w, "https://e.org/old");

	(void)world_sql(w, "UPDATE poll SET move_to = 'https://e.org/feed', move_seen = 1,"
			   " paused = 1 WHERE feed_id = 2");
	remove_feed(w, here, false);
	assert_string_equal(rest_of(w, old), "1|https://e.org/feed|1");
}

static void who_is_resumed_does_not_rest_for_that_again(void **state)
{
	struct world *w = *state;
	char refused[64];
	int64_t old;

	world_add(w, "https://e.org/feed");
	old = add_merged(w, "https://e.org/old", "https://e.org/feed");
	change(w, old, STORE_RESUME);
	assert_int_equal(w->number, 1);
	snprintf(refused, sizeof(refused), "0|https://e.org/feed|%u", STORE_MOVE_REFUSED);
	assert_string_equal(rest_of(w, old), refused);
	assert_string_equal(moved(w), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(a_move_can_be_taken_back),
		TEST(a_restored_mark_goes_along),
		TEST(a_dump_from_before_a_move_is_of_the_feed_that_moved),
		TEST(a_list_from_before_a_move_names_the_feed_that_moved),
		TEST(an_address_that_leads_to_the_feed_that_had_it_is_that_feed),
		TEST(who_moves_while_it_is_added_has_moved),
		TEST(who_had_moved_before_it_was_removed_moves_no_second_time),
		TEST(who_had_moved_elsewhere_before_it_was_removed_has_moved_again),
		TEST(a_move_is_taken_back_where_the_address_was_set_back),
		TEST(two_feeds_never_get_one_address),
		TEST(who_leads_to_a_feed_does_not_rest_without_it),
		TEST(who_rests_for_a_feed_is_dumped_as_one_that_does_not),
		TEST(who_is_paused_by_a_person_is_no_business_of_it),
		TEST(who_is_resumed_does_not_rest_for_that_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
