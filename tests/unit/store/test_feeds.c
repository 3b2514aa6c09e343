#include "feeds.h"

#include "daemon/store/store_backfill.h"

/* Subscriptions: added once, removed without losing stars, set. */

static const struct words two[] = {
	{ .guid = "b", .url = "https://e.org/b", .title = "B", .published_s = NOW - 10 },
	{ .guid = "a", .url = "https://e.org/a", .title = "A", .published_s = NOW - 20 },
};

static void on_marked(void *ctx, const struct store_marked *marked, const struct err *err)
{
	(void)marked;
	world_answer(ctx, err);
}

static void star(struct world *w, const char *word)
{
	struct store_selection selection = { .words = &word, .count = 1 };

	store_mark(w->store, &selection, STORE_STAR, NULL, w->now_s, on_marked, w);
	world_wait(w);
}

/* "state title unread/total tags\n" */
static int on_feed(void *ctx, const struct store_feed_row *row)
{
	struct world *w = ctx;
	size_t used = strlen(w->text);

	snprintf(w->text + used, sizeof(w->text) - used, "%s %s %llu/%llu %s\n", row->state,
		row->title, (unsigned long long)row->unread, (unsigned long long)row->total,
		row->tags_json != NULL ? row->tags_json : "-");
	return 0;
}

static const char *feeds(struct world *w, const struct store_feed_filter *filter)
{
	struct store_feed_filter all;

	memset(&all, 0, sizeof(all));
	w->text[0] = '\0';
	store_feeds(w->store, filter != NULL ? filter : &all, NULL, 100, on_feed, on_page, w);
	world_wait(w);
	assert_false(w->failed);
	return w->text;
}

static void a_feed_is_added_once(void **state)
{
	struct world *w = *state;
	int64_t id = world_add(w, "https://e.org/feed");

	assert_int_equal(w->number, 0);
	assert_int_equal(world_add(w, "https://e.org/feed"), id);
	assert_int_equal(w->number, 1);
}

static void starred_items_outlive_their_feed(void **state)
{
	struct world *w = *state;
	int64_t id = world_add(w, "https://e.org/feed");

	INGEST(w, id, two);
	star(w, "1");
	remove_feed(w, id, false);
	assert_int_equal(w->number, 1);
	assert_string_equal(world_list(w, NULL), "1 N* A\n");
	assert_string_equal(feeds(w, NULL), "");
	assert_string_equal(
		world_sql(w, "SELECT feeds, items, unread, starred FROM store"), "0|1|1|1");
	/* Subscribed again it is the same feed, and the star is where it was. */
	assert_int_equal(world_add(w, "https://e.org/feed"), id);
	assert_int_equal(w->number, 0);
	INGEST(w, id, two);
	assert_true(w->delta.initial);
	assert_int_equal(w->delta.fresh, 1);
	assert_string_equal(world_list(w, NULL), "3 N B\n1 N* A\n");
	assert_string_equal(world_sql(w, "SELECT total, unread, starred FROM feed"), "2|2|1");
}

static void without_their_star_they_go_after_a_day(void **state)
{
	struct world *w = *state;
	int64_t id = world_add(w, "https://e.org/feed");

	INGEST(w, id, two);
	star(w, "1");
	star(w, "2");
	remove_feed(w, id, false);
	world_mark(w, STORE_UNSTAR, "1", NULL);
	world_maintain(w);
	assert_string_equal(world_list(w, NULL), "2 N* B\n1 N A\n");
	w->now_s += DAY + 1;
	world_maintain(w);
	assert_string_equal(world_list(w, NULL), "2 N* B\n");
	world_mark(w, STORE_UNSTAR, "2", NULL);
	w->now_s += DAY + 1;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 0);
	assert_string_equal(
		world_sql(w, "SELECT (SELECT count(*) FROM feed) + (SELECT count(*) FROM key)"),
		"0");
	/* Of one that is subscribed nothing goes but by its age. */
	INGEST(w, world_add(w, "https://e.org/feed"), two);
	w->now_s += DAY + 1;
	world_maintain(w);
	assert_int_equal(world_count(w, NULL), 2);
}

static void purged_with_their_feed_they_are_gone(void **state)
{
	struct world *w = *state;
	int64_t id = world_add(w, "https://e.org/feed");

	INGEST(w, id, two);
	star(w, "1");
	remove_feed(w, id, true);
	assert_int_equal(world_count(w, NULL), 0);
	assert_string_equal(
		world_sql(w, "SELECT (SELECT count(*) FROM feed) + (SELECT count(*) FROM key) +"
			     " (SELECT count(*) FROM content) + (SELECT count(*) FROM story) +"
			     " (SELECT count(*) FROM poll) + (SELECT count(*) FROM shown)"),
		"0");
}

static void settings_are_checked_and_kept(void **state)
{
	struct world *w = *state;
	int64_t id = world_add(w, "https://e.org/feed");

	assert_true(world_set(w, id, "title", "Mine"));
	assert_true(world_set(w, id, "every", "30m"));
	assert_true(world_set(w, id, "tags", "News, Linux"));
	assert_true(world_set(w, id, "tags+", "More"));
	assert_true(world_set(w, id, "tags-", "News"));
	assert_true(world_set(w, id, "insecure", "yes"));
	assert_true(world_set(w, id, "proxy", "none"));
	assert_string_equal(feeds(w, NULL), "new Mine 0/0 [\"Linux\",\"More\"]\n");
	assert_string_equal(
		world_sql(w, "SELECT every_s, insecure, quote(proxy) FROM feed"), "1800|1|''");
	assert_true(world_set(w, id, "title", ""));
	assert_string_equal(feeds(w, NULL), "new https://e.org/feed 0/0 [\"Linux\",\"More\"]\n");
	assert_false(world_set(w, id, "every", "soon"));
	assert_int_equal(w->err.code, ERR_USAGE);
	assert_false(world_set(w, id, "every", "0"));
	assert_int_equal(w->err.code, ERR_USAGE);
	assert_true(world_set(w, id, "every", "366d"));
	assert_false(world_set(w, id, "every", "31622401s"));
	assert_int_equal(w->err.code, ERR_USAGE);
	assert_true(world_set(w, id, "keep", "0"));
	assert_false(world_set(w, id, "colour", "red"));
	assert_false(world_set(w, id, "insecure", "maybe"));
	assert_false(world_set(w, id, "tagsoup", "News"));
	assert_false(world_set(w, id, "url", "gopher://e.org/"));
}

/* Of the host that the feed has with its new address, in whatever order they are said. */
static void what_is_private_is_the_new_address(void **state)
{
	static const struct store_setting settings[] = { { "private", "yes" },
		{ "url", "http://10.0.0.1:8080/x" } };
	struct world *w = *state;
	int64_t id = world_add(w, "https://e.org/feed");

	assert_true(world_set_all(w, &id, 1, settings, 2));
	assert_string_equal(world_sql(w, "SELECT private_at FROM feed"), "10.0.0.1:8080");
}

static void another_address_keeps_items_and_marks(void **state)
{
	struct world *w = *state;
	int64_t id = world_add(w, "https://e.org/feed");

	INGEST(w, id, two);
	star(w, "1");
	assert_true(world_set(w, id, "url", "https://e.net/feed"));
	INGEST(w, id, two);
	assert_int_equal(w->delta.fresh, 0);
	assert_string_equal(world_list(w, NULL), "2 N B\n1 N* A\n");
	world_add(w, "https://e.org/other");
	assert_false(world_set(w, w->id, "url", "https://e.net/feed"));
	assert_int_equal(w->err.code, ERR_EXISTS);
}

static void a_paused_feed_is_not_due(void **state)
{
	struct world *w = *state;
	int64_t id = world_add(w, "https://e.org/feed");

	change(w, id, STORE_PAUSE);
	assert_int_equal(w->number, 1);
	assert_string_equal(feeds(w, NULL), "paused https://e.org/feed 0/0 []\n");
	change(w, id, STORE_RESUME);
	assert_int_equal(w->number, 1);
	assert_string_equal(feeds(w, NULL), "new https://e.org/feed 0/0 []\n");
}

/* -------------------------------------------------------------- FEED ---- */

static void on_found(
	void *ctx, const struct store_found *found, size_t count, const struct err *err)
{
	struct world *w = ctx;

	assert_int_equal(count, 1);
	w->id = found[0].feed_id;
	snprintf(w->text, sizeof(w->text), "%s", found[0].feed_id == 0 ? found[0].err.text : "");
	world_answer(w, err);
}

static int64_t find(struct world *w, const char *word)
{
	store_feeds_find(w->store, &word, 1, on_found, w);
	world_wait(w);
	return w->id;
}

static void a_feed_is_found_by_what_people_call_it(void **state)
{
	struct world *w = *state;
	int64_t lwn = world_add(w, "https://lwn.example/headlines"), blog, push;

	world_set(w, lwn, "title", "LWN.net");
	blog = world_add(w, "https://blog.example/atom.xml");
	world_set(w, blog, "title", "Ein Übungsblog");
	push = world_add(w, "push:backup");
	assert_int_equal(find(w, "1"), lwn);
	assert_int_equal(find(w, "https://lwn.example/headlines"), lwn);
	assert_int_equal(find(w, "LWN.net"), lwn);
	assert_int_equal(find(w, "lwn"), lwn);
	assert_int_equal(find(w, "übung"), blog);
	assert_int_equal(find(w, "backup"), push);
	assert_int_equal(find(w, "example"), 0);
	assert_non_null(strstr(w->text, "fits 2 feeds"));
	world_set(w, push, "title", "Ein langer Titel, der nicht mitten in \u00fcber endet");
	assert_int_equal(find(w, "ein"), 0);
	assert_non_null(strstr(w->text, "ein fits 2 feeds: 2 Ein \u00dcbungsblog,"
					" 3 Ein langer Titel, der nicht mitten in \u00fc…"));
	assert_int_equal(find(w, "99"), 0);
	assert_int_equal(find(w, ""), 0);
	assert_int_equal(find(w, "nothing like it"), 0);
}

static void a_whole_title_goes_before_the_name_of_a_pushed_feed(void **state)
{
	struct world *w = *state;
	int64_t news = world_add(w, "push:news"), other = world_add(w, "push:other");

	assert_int_equal(find(w, "news"), news);
	world_set(w, other, "title", "news");
	assert_int_equal(find(w, "news"), other);
	assert_int_equal(find(w, "push:news"), news);
}

static void of_an_address_there_is_one_feed_at_most(void **state)
{
	struct world *w = *state;
	struct store_feed_filter of_url = { .url = "https://a.example/feed", .brief = true };

	world_add(w, "https://a.example/feed2");
	assert_string_equal(feeds(w, &of_url), "");
	world_add(w, "https://a.example/feed");
	assert_string_equal(feeds(w, &of_url), "new https://a.example/feed 0/0 -\n");
}

static void a_sign_that_folds_to_a_letter_is_found_by_it(void **state)
{
	struct world *w = *state;
	int64_t kelvin = world_add(w, "https://a.example/1");

	world_set(w, kelvin, "title", "300 \u212A");
	world_set(w, world_add(w, "https://a.example/2"), "title", "plain");
	assert_int_equal(find(w, "300 k"), kelvin);
}

static void those_that_need_attention_come_first(void **state)
{
	struct world *w = *state;
	int64_t ids[3];
	struct store_note note;

	ids[0] = world_add(w, "https://a.example/");
	ids[1] = world_add(w, "https://b.example/");
	ids[2] = world_add(w, "https://c.example/");
	memset(&note, 0, sizeof(note));
	note.feed_id = ids[1];
	note.state.failures = 2;
	store_note(w->store, &note, on_noted, w);
	world_wait(w);
	memset(&note, 0, sizeof(note));
	note.feed_id = ids[2];
	note.state.gone = true;
	note.state.next_poll_s = INT64_MAX;
	store_note(w->store, &note, on_noted, w);
	world_wait(w);
	assert_string_equal(feeds(w, NULL), "gone https://c.example/ 0/0 []\n"
					    "failing https://b.example/ 0/0 []\n"
					    "new https://a.example/ 0/0 []\n");
}

static void who_looks_at_all_reads_them_in_brief(void **state)
{
	const struct store_feed_filter brief = { .brief = true };
	struct world *w = *state;

	world_add(w, "https://a.example/");
	assert_string_equal(feeds(w, &brief), "new https://a.example/ 0/0 -\n");
}

static void on_askable(void *ctx, const struct store_askable *feed)
{
	struct world *w = ctx;
	size_t length = strlen(w->text);

	snprintf(w->text + length, sizeof(w->text) - length, "%lld %s %s %d%d %lld %lld %s\n",
		(long long)feed->id, feed->url, feed->title, feed->paused, feed->gone,
		(long long)feed->last_attempt_s, (long long)feed->not_before_s,
		feed->effective_url != NULL ? feed->effective_url : "-");
}

static const char *askable(struct world *w, const int64_t *ids, size_t count)
{
	w->text[0] = '\0';
	store_askable(w->store, ids, count, on_askable, on_page, w);
	world_wait(w);
	assert_false(w->failed);
	return w->text;
}

static void who_asks_reads_what_keeps_from_asking(void **state)
{
	struct world *w = *state;
	static const char both[] =
		"1 https://b.example/ https://b.example/ 00 0 0 -\n"
		"2 https://a.example/ https://a.example/ 01 50 70 https://c.example/\n";
	struct store_note note = { .now_s = 50,
		.state = { .last_attempt_s = 50, .not_before_s = 70, .gone = true } };
	int64_t b = world_add(w, "https://b.example/");
	int64_t a = world_add(w, "https://a.example/");
	const int64_t ids[] = { a, 77, b, a };

	note.state.effective_url = mem_strdup("https://c.example/");
	note.feed_id = a;
	store_note(w->store, &note, on_noted, w);
	world_wait(w);
	assert_string_equal(askable(w, NULL, 0), both);
	assert_string_equal(askable(w, ids, 4), both);
	assert_string_equal(
		askable(w, &b, 1), "1 https://b.example/ https://b.example/ 00 0 0 -\n");
}

/* What backfill asks for is written down while another look may be under way. */
static void a_look_does_not_forget_one_without_validators(void **state)
{
	struct world *w = *state;
	struct store_backfill place = { .feed_id = world_add(w, "https://e.org/feed") };
	struct store_note note = { .feed_id = place.feed_id, .now_s = w->now_s };

	store_backfill_put(w->store, &place, NOW);
	store_note(w->store, &note, on_noted, w);
	world_wait(w);
	assert_int_equal(atoi(world_sql(w, "SELECT last_unconditional_s FROM poll")), NOW);
	store_backfill_drop(w->store, place.feed_id, NOW - 5);
	world_add(w, "https://e.org/other"); /* behind it */
	assert_int_equal(
		atoi(world_sql(w, "SELECT last_unconditional_s FROM poll WHERE feed_id = 1")),
		NOW - 5);
}

static void only_those_that_need_attention(void **state)
{
	const struct store_feed_filter attention = { .brief = true, .only_304_before_s = 100 };
	struct world *w = *state;
	struct store_note note = { .state = { .failures = 1 } };

	world_add(w, "https://a.example/");
	note.feed_id = world_add(w, "https://b.example/");
	store_note(w->store, &note, on_noted, w);
	world_wait(w);
	for (int64_t since_s = 99; since_s <= 100; since_s++) {
		note = (struct store_note){ .state = {
						    .only_304 = 5, .only_304_since_s = since_s } };
		note.feed_id = world_add(
			w, since_s < 100 ? "https://c.example/" : "https://d.example/");
		store_note(w->store, &note, on_noted, w);
		world_wait(w);
	}
	assert_string_equal(feeds(w, &attention), "failing https://b.example/ 0/0 -\n"
						  "new https://c.example/ 0/0 -\n");
}

static int on_other(void *ctx, const struct store_feed_row *row)
{
	(void)ctx;
	(void)row;
	return 0;
}

static void a_page_goes_on_where_the_last_one_ended(void **state)
{
	struct world *w = *state;
	struct store_feed_filter all;
	struct store_feed_order *order = NULL, *other = NULL;
	uint64_t told = 0;
	int64_t ids[7];
	char url[32];
	int i;

	memset(&all, 0, sizeof(all));
	for (i = 0; i < 7; i++) {
		snprintf(url, sizeof(url), "https://%c.example/", 'g' - i);
		ids[i] = world_add(w, url);
	}
	w->text[0] = '\0';
	do {
		store_feeds(w->store, &all, &order, 2, on_feed, on_page, w);
		world_wait(w);
		assert_false(w->failed);
		told += w->rows;
		/* Those that come and go in between move nothing, nor does what else is
		 * listed meanwhile. */
		if (told == 2) {
			world_add(w, "https://0.example/");
			remove_feed(w, ids[6], false);
			remove_feed(w, ids[5], false);
			remove_feed(w, ids[2], false);
			store_feeds(w->store, &all, &other, 1, on_other, on_page, w);
			world_wait(w);
		}
	} while (order != NULL);
	store_feed_order_free(other);
	assert_int_equal(told, 6);
	assert_string_equal(w->text, "new https://a.example/ 0/0 []\n"
				     "new https://b.example/ 0/0 []\n"
				     "new https://c.example/ 0/0 []\n"
				     "new https://d.example/ 0/0 []\n"
				     "new https://f.example/ 0/0 []\n"
				     "new https://g.example/ 0/0 []\n");
}

static void on_hold(void *ctx, const struct store_hold *hold)
{
	*(struct store_hold *)ctx = *hold;
}

static void both_counts_of_a_hold_are_kept(void **state)
{
	struct world *w = *state;
	struct store_hold hold = { .site = "e.org", .strikes = 3, .herds = 2 }, got = { 0 };
	struct err err;

	store_hold_put(w->store, &hold);
	world_add(w, "https://e.org/feed"); /* behind it */
	assert_int_equal(store_holds_load(w->store, on_hold, &got, &err), 0);
	assert_int_equal(got.strikes, 3);
	assert_int_equal(got.herds, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(a_feed_is_added_once),
		TEST(starred_items_outlive_their_feed),
		TEST(without_their_star_they_go_after_a_day),
		TEST(purged_with_their_feed_they_are_gone),
		TEST(settings_are_checked_and_kept),
		TEST(what_is_private_is_the_new_address),
		TEST(another_address_keeps_items_and_marks),
		TEST(a_paused_feed_is_not_due),
		TEST(a_feed_is_found_by_what_people_call_it),
		TEST(a_whole_title_goes_before_the_name_of_a_pushed_feed),
		TEST(of_an_address_there_is_one_feed_at_most),
		TEST(a_sign_that_folds_to_a_letter_is_found_by_it),
		TEST(those_that_need_attention_come_first),
		TEST(who_looks_at_all_reads_them_in_brief),
		TEST(who_asks_reads_what_keeps_from_asking),
		TEST(a_look_does_not_forget_one_without_validators),
		TEST(only_those_that_need_attention),
		TEST(a_page_goes_on_where_the_last_one_ended),
		TEST(both_counts_of_a_hold_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
