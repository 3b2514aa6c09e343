#include "articles.h"
#include "restored.h"

/* Rules act on what comes, before anybody sees it. */

static void on_rule(void *ctx, int64_t rule_id, const struct err *err)
{
	((struct world *)ctx)->number = (uint64_t)rule_id;
	world_answer(ctx, err);
}

static int64_t add_rule(struct world *w, const char *expr, const char *action, const char *second)
{
	const char *const actions[] = { action, second, NULL };

	store_rule_add(w->store, expr, actions, w->now_s, on_rule, w);
	world_wait(w);
	return (int64_t)w->number;
}

static int on_listed(
	void *ctx, int64_t id, const char *expr, const char *action, uint64_t hits, const char *why)
{
	struct world *w = ctx;
	size_t used = strlen(w->text);

	snprintf(w->text + used, sizeof(w->text) - used, "%lld %s: %s %llu%s\n", (long long)id,
		expr, action, (unsigned long long)hits, why != NULL ? "?" : "");
	return 0;
}

static const char *list_rules(struct world *w)
{
	w->text[0] = '\0';
	store_rules(w->store, on_listed, on_page, w);
	world_wait(w);
	return w->text;
}

static const struct words three[] = {
	{ .guid = "1", .title = "Sponsored: buy", .text = "an advert", .published_s = NOW - 1 },
	{ .guid = "2", .title = "News", .text = "of <b>Zürich</b>", .published_s = NOW - 2 },
	{ .guid = "3", .title = "More news", .text = "of Bern", .published_s = NOW - 3 },
};

static void rules_act_on_new_items_alone(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	add_rule(w, "title =~ \"^news\"", "mark-read", "star");
	INGEST(w, feed, three);
	assert_string_equal(world_list(w, NULL), "3 N Sponsored: buy\n2 R* News\n1 N More news\n");
	assert_string_equal(list_rules(w), "1 title =~ \"^news\": mark-read, star 1\n");
	assert_int_equal(world_sql(w, "SELECT unread || '/' || starred FROM store")[0], '2');
	assert_string_equal(w->text, "2/1");
}

/* It is in the same document. */
static void a_rule_knows_the_feed_from_its_first_document_on(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	add_rule(w, "feedtitle = \"Loud\" and feedlink = \"https://loud.org/\"", "mark-read", NULL);
	add_rule(w, "feed = \"Loud\" and latest_article_age < 10", "star", NULL);
	world_say(w, feed,
		"<rss version='2.0'><channel><title>Loud</title><link>https://loud.org/</link>"
		"<item><guid isPermaLink='false'>1</guid><title>First</title></item>"
		"</channel></rss>",
		true);
	assert_string_equal(world_list(w, NULL), "1 R* First\n");
}

static void words_of_a_rule_match_before_the_index_has_them(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	add_rule(w, "match \"zurich\"", "mark-read", NULL);
	INGEST(w, feed, three);
	assert_string_equal(world_list(w, NULL), "3 N Sponsored: buy\n2 R News\n1 N More news\n");
}

/* Another feedd took it, or more was allowed once. */
static void a_rule_that_cant_be_read_keeps_no_item_away(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	add_rule(w, "title =~ \"sponsored\"", "mark-read", NULL);
	world_sql(w, "INSERT INTO rule (expr, actions, added_s) VALUES ('colour = 3', 'star', 1)");
	add_rule(w, "title =~ \"^news\"", "mark-read", NULL);
	INGEST(w, feed, three);
	assert_string_equal(world_list(w, NULL), "3 R Sponsored: buy\n2 R News\n1 N More news\n");
	assert_non_null(strstr(list_rules(w), "\n2 colour = 3: star 0?\n"));
}

static void what_is_dropped_never_comes_again(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed"), rule;

	rule = add_rule(w, "title =~ \"sponsored\"", "drop", NULL);
	INGEST(w, feed, three);
	assert_int_equal(w->delta.fresh, 2);
	assert_string_equal(world_list(w, NULL), "2 N News\n1 N More news\n");
	store_rule_remove(w->store, rule, on_changed, w);
	world_wait(w);
	assert_int_equal(w->number, 1);
	w->now_s += HOUR;
	INGEST(w, feed, three);
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(world_count(w, NULL), 2);
	assert_string_equal(world_sql(w, "SELECT items || '/' || unread FROM store"), "2/2");
}

static void old_items_that_are_dropped_do_not_count(void **state)
{
	struct world *w = *state;
	struct store_ingest in = { .feed_id = world_add(w, "https://e.org/feed"),
		.aside = true,
		.older = true,
		.status = 200 };

	add_rule(w, "title =~ \"sponsored\"", "drop", NULL);
	world_ingest(w, in.feed_id, three + 1, 1);
	in.now_s = w->now_s;
	in.doc = words_doc(three, 3);
	store_ingest(w->store, &in, on_ingested, w);
	world_wait(w);
	assert_int_equal(w->delta.backfill, 1);
	assert_string_equal(world_sql(w, "SELECT text FROM log WHERE event = 'feed.backfill'"),
		"1 old items were added without telling");
}

static uint64_t undo(struct world *w)
{
	store_undo(w->store, w->now_s, on_changed, w);
	world_wait(w);
	return w->number;
}

static int64_t applied; /* the rule of apply() */

static void on_items(void *ctx, const int64_t *ids, size_t count, const struct err *err)
{
	struct world *w = ctx;

	assert_null(err);
	store_rule_apply(w->store, applied, ids, count, w->now_s, on_changed, w);
}

static void on_ready(void *ctx, const char *expr, uint64_t bound_seq, const struct err *err)
{
	struct world *w = ctx;
	struct store_filter filter;

	if (err != NULL) {
		world_answer(w, err);
		return;
	}
	filter_any(&filter);
	filter.where = expr;
	filter.now_s = w->now_s;
	store_select(w->store, &filter, bound_seq, on_items, w);
}

static uint64_t apply(struct world *w, int64_t rule)
{
	applied = rule;
	store_rule_wait(w->store, rule, on_ready, w);
	world_wait(w);
	return w->number;
}

/* Items in the index's words, and whether it agrees with the rows. */
static const char *search(struct world *w, const char *words)
{
	struct store_filter filter;

	filter_any(&filter);
	filter.match = words;
	world_wait_for_index(w);
	return world_list(w, &filter);
}

static void what_a_rule_dropped_on_arrival_comes_back(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	add_rule(w, "title =~ \"sponsored\"", "tag Ad", "drop");
	INGEST(w, feed, three);
	assert_string_equal(world_list(w, NULL), "2 N News\n1 N More news\n");
	world_wait_for_index(w); /* and places by date with it, none for the dropped one */
	assert_int_equal(undo(w), 2);
	assert_string_equal(world_list(w, NULL), "3 N Sponsored: buy\n2 N News\n1 N More news\n");
	assert_string_equal(world_sql(w, "SELECT items || '/' || unread FROM store"), "3/3");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM item_tag"), "0");
	assert_string_equal(search(w, "advert"), "3 N Sponsored: buy\n");
	/* The document still has it: it is the same item, and is there once. */
	w->now_s += HOUR;
	INGEST(w, feed, three);
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(world_count(w, NULL), 3);
	assert_int_equal(undo(w), 0);
}

static void the_last_documents_drops_come_back_first(void **state)
{
	static const struct words two[] = {
		{ .guid = "4", .title = "Sponsored: sell", .published_s = NOW + 1 },
		{ .guid = "5", .title = "Sponsored: rent", .published_s = NOW + 2 },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed"), other;

	other = world_add(w, "https://e.org/other");
	add_rule(w, "title =~ \"sponsored\"", "drop", NULL);
	INGEST(w, feed, three);
	w->now_s += HOUR;
	INGEST(w, other, two);
	assert_int_equal(world_count(w, NULL), 2);
	assert_int_equal(undo(w), 2);
	assert_int_equal(world_count(w, NULL), 4);
	assert_int_equal(undo(w), 1);
	assert_int_equal(world_count(w, NULL), 5);
}

/* A person's bulk change is the last one then. */
static void a_bulk_change_comes_back_before_what_rules_did_since(void **state)
{
	static const struct words one[] = {
		{ .guid = "4", .title = "Sponsored: sell", .published_s = NOW + 1 },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed"), rule;

	INGEST(w, feed, three);
	rule = add_rule(w, "title =~ \"news\"", "mark-read", NULL);
	assert_int_equal(apply(w, rule), 2);
	add_rule(w, "title =~ \"sponsored\"", "drop", NULL);
	w->now_s += HOUR;
	INGEST(w, world_add(w, "https://e.org/other"), one);
	assert_int_equal(world_count(w, NULL), 3);
	assert_int_equal(undo(w), 2);
	assert_string_equal(world_sql(w, "SELECT unread FROM store"), "3");
	assert_int_equal(undo(w), 1);
	assert_int_equal(world_count(w, NULL), 4);
}

static void dropped_items_are_forgotten_with_their_undo(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	add_rule(w, "title =~ \"sponsored\"", "drop", NULL);
	INGEST(w, feed, three);
	assert_string_equal(world_sql(w, "SELECT count(*) FROM dropped"), "1");
	world_mark_all(w, STORE_MARK_READ, NULL, 0);
	assert_string_equal(world_sql(w, "SELECT count(*) FROM dropped"), "0");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM key WHERE item_id IS NULL"), "1");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM content"
					 " WHERE item_id NOT IN (SELECT id FROM item)"),
		"0");
	assert_int_equal(undo(w), 2);
	assert_int_equal(undo(w), 0);
	w->now_s += HOUR;
	INGEST(w, feed, three);
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(world_count(w, NULL), 2);
}

static void dropped_items_go_with_their_feed(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	add_rule(w, "title =~ \"sponsored\"", "drop", NULL);
	INGEST(w, feed, three);
	store_feeds_remove(w->store, &feed, 1, false, w->now_s, on_changed, w);
	world_wait(w);
	assert_int_equal(undo(w), 0);
	assert_string_equal(
		world_sql(w, "SELECT (SELECT count(*) FROM dropped) + (SELECT count(*) FROM item)"
			     " + (SELECT count(*) FROM key) + (SELECT count(*) FROM bundle)"
			     " + (SELECT count(*) FROM content)"),
		"0");
}

static const struct words edited[] = {
	{ .guid = "1", .title = "Sponsored: rent", .text = "another", .published_s = NOW - 1 },
	{ .guid = "2", .title = "News", .text = "of <b>Zürich</b>", .published_s = NOW - 2 },
};

/* Nobody looks into its row meanwhile; once it is back it is compared. */
static void an_edit_while_an_item_is_dropped_is_seen_when_it_is_back(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	add_rule(w, "title =~ \"sponsored\"", "drop", NULL);
	INGEST(w, feed, three);
	w->now_s += HOUR;
	INGEST(w, feed, edited);
	assert_int_equal(w->delta.changed, 0);
	assert_int_equal(undo(w), 1);
	INGEST(w, feed, edited);
	assert_string_equal(world_list(w, NULL), "3 N+ Sponsored: rent\n2 N News\n1 N More news\n");
	assert_string_equal(search(w, "another"), "3 N+ Sponsored: rent\n");
}

/* By what they name it would be known to the feed's server and to us as unchanged. */
static void an_edit_that_went_by_is_sent_again(void **state)
{
	static const char names[] = "INSERT INTO validator (feed_id, etag) VALUES (1, x'31')";
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	int i;

	add_rule(w, "title =~ \"sponsored\"", "drop", NULL);
	INGEST(w, feed, three);
	world_sql(w, names);
	assert_int_equal(undo(w), 1);
	assert_string_equal(world_sql(w, "SELECT count(*) FROM validator"), "1");
	apply(w, 1);
	INGEST(w, feed, edited);
	assert_int_equal(undo(w), 1);
	assert_string_equal(world_sql(w, "SELECT count(*) FROM validator"), "0");
	/* An answer that was under way meanwhile. */
	for (i = STORE_MERGE_VALIDATORS; i <= STORE_RENEW_VALIDATORS; i++) {
		struct store_note note = { .feed_id = feed, .renewal = (enum store_renewal)i };

		note.validators.etag = mem_strdup("1");
		note.validators.etag_length = 1;
		store_note(w->store, &note, on_noted, w);
		world_wait(w);
		assert_false(w->failed);
	}
	assert_string_equal(world_sql(w, "SELECT count(*) FROM validator"), "0");
}

/* What its feed said of a forgotten one is forgotten with the subscription. */
static void what_was_dropped_comes_with_a_new_subscription(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed"), rule;

	rule = add_rule(w, "title =~ \"sponsored\"", "drop", NULL);
	INGEST(w, feed, three);
	store_rule_remove(w->store, rule, on_changed, w);
	world_wait(w);
	world_mark_all(w, STORE_STAR, NULL, 0);
	w->now_s += HOUR;
	INGEST(w, feed, edited);
	store_feeds_remove(w->store, &feed, 1, false, w->now_s, on_changed, w);
	world_wait(w);
	assert_int_equal(world_add(w, "https://e.org/feed"), feed);
	INGEST(w, feed, edited);
	assert_string_equal(
		world_list(w, NULL), "4 N Sponsored: rent\n2 N* News\n1 N* More news\n");
}

static void applied_drops_come_back_and_starred_items_stay(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed"), rule;
	char *before;

	INGEST(w, feed, three);
	rule = add_rule(w, "title =~ \"news\"", "drop", NULL);
	world_mark(w, STORE_STAR, "1", NULL);
	before = mem_strdup(world_list(w, NULL));
	assert_int_equal(apply(w, rule), 1);
	assert_string_equal(world_list(w, NULL), "3 N Sponsored: buy\n1 N* More news\n");
	assert_string_equal(search(w, "zurich"), "");
	assert_int_equal(undo(w), 1);
	assert_string_equal(world_list(w, NULL), before);
	assert_string_equal(search(w, "zurich"), "2 N News\n");
	free(before);
}

/* The row is moved with `SELECT *`. */
static void dropped_has_the_columns_of_item(void **state)
{
	struct world *w = *state;
	char *item = mem_strdup(
		world_sql(w, "SELECT group_concat(name || ' ' || type) FROM"
			     " (SELECT name, type FROM pragma_table_info('item') ORDER BY cid)"));

	assert_string_equal(item,
		world_sql(w,
			"SELECT group_concat(name || ' ' || type) FROM"
			" (SELECT name, type FROM pragma_table_info('dropped') ORDER BY cid)"));
	free(item);
}

static void applying_is_taken_back_by_undo(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed"), rule;

	INGEST(w, feed, three);
	rule = add_rule(w, "title =~ \"news\"", "tag Swiss", "mark-read");
	assert_int_equal(apply(w, rule), 2);
	assert_string_equal(world_list(w, NULL), "3 N Sponsored: buy\n2 R News\n1 R More news\n");
	(void)undo(w);
	assert_string_equal(world_list(w, NULL), "3 N Sponsored: buy\n2 N News\n1 N More news\n");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM item_tag"), "0");
}

static void what_is_no_rule_is_refused(void **state)
{
	const int64_t gone = 1;
	struct world *w = *state;

	add_rule(w, "title =~ \"x\"", "explode", NULL);
	assert_true(w->failed);
	assert_int_equal(w->err.code, ERR_USAGE);
	add_rule(w, "title =~", "star", NULL);
	assert_true(w->failed);
	add_rule(w, "title = \"x\"", NULL, NULL);
	assert_true(w->failed);
	apply(w, 77);
	assert_int_equal(w->err.code, ERR_NOT_FOUND);
	w->err.code = ERR_NONE;
	store_rule_apply(w->store, 77, &gone, 1, w->now_s, on_changed, w);
	world_wait(w);
	assert_int_equal(w->err.code, ERR_NOT_FOUND);
}

/* One that would never be asked is worse than none. */
static void no_more_rules_are_taken_than_are_judged_by(void **state)
{
	struct world *w = *state;

	(void)world_sql(w, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
			   " WHERE i < 999) INSERT INTO rule (expr, actions, added_s)"
			   " SELECT 'articleindex = ' || (1000 + i), 'star', 1 FROM n");
	add_rule(w, "title = \"News\"", "star", NULL);
	assert_false(w->failed);
	add_rule(w, "title = \"More news\"", "star", NULL);
	assert_true(w->failed);
	assert_string_equal(w->err.text, "there are no more than 1000 rules");
	restore(w, "feedd-dump 1\nrule\ttitle = \"News\"\tstar\nrule\ttitle = \"x\"\tstar\n",
		false);
	assert_string_equal(w->text, "title = \"x\": there are no more than 1000 rules\n");
	INGEST(w, world_add(w, "https://e.org/feed"), three);
	assert_string_equal(world_list(w, NULL), "3 N Sponsored: buy\n2 N* News\n1 N More news\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			rules_act_on_new_items_alone, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(a_rule_knows_the_feed_from_its_first_document_on,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(words_of_a_rule_match_before_the_index_has_them,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_rule_that_cant_be_read_keeps_no_item_away, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_dropped_never_comes_again, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			old_items_that_are_dropped_do_not_count, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			what_a_rule_dropped_on_arrival_comes_back, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			the_last_documents_drops_come_back_first, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_bulk_change_comes_back_before_what_rules_did_since, world_setup,
			world_teardown),
		cmocka_unit_test_setup_teardown(
			dropped_items_are_forgotten_with_their_undo, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			dropped_items_go_with_their_feed, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			an_edit_while_an_item_is_dropped_is_seen_when_it_is_back, world_setup,
			world_teardown),
		cmocka_unit_test_setup_teardown(
			an_edit_that_went_by_is_sent_again, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(what_was_dropped_comes_with_a_new_subscription,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(applied_drops_come_back_and_starred_items_stay,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			dropped_has_the_columns_of_item, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			applying_is_taken_back_by_undo, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_no_rule_is_refused, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			no_more_rules_are_taken_than_are_judged_by, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
