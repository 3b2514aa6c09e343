#include "articles.h"

/* Where articles lie, as the stock shell sees it, and what is read from there. */

#define LONG                                                                                       \
	"<p>The quick brown fox jumps over the lazy dog, and the dog, being lazy, lets it: "       \
	"nothing is gained by barking at what is already gone.</p>"

static const struct words three[] = {
	{ "1", "https://e.org/1", "A", LONG "<p>first</p>", NULL, NULL, NULL, NOW - 300 },
	{ "2", "https://e.org/2", "B", NULL, NULL, NULL, NULL, NOW - 200 },
	{ "3", "https://e.org/3", "C", LONG "<p>third</p>", NULL, NULL, NULL, NOW - 100 },
};

#define BUNDLES "SELECT count(*), coalesce(sum(live), 0) FROM bundle"
#define CONTENTS "SELECT count(*) FROM content"

static void a_first_document_is_one_bundle(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, three);
	assert_string_equal(world_sql(w, BUNDLES), "1|2");
	assert_string_equal(world_sql(w, CONTENTS), "0");
	assert_string_equal(world_articles(w), "A:" LONG "<p>first</p>\n"
					       "B:-\n"
					       "C:" LONG "<p>third</p>\n");
}

static void a_changed_article_leaves_its_bundle(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words edited[3];

	INGEST(w, feed, three);
	memcpy(edited, three, sizeof(three));
	edited[0].text = "<p>again</p>";
	INGEST(w, feed, edited);
	assert_int_equal(w->delta.changed, 1);
	assert_string_equal(world_sql(w, BUNDLES), "1|1");
	assert_string_equal(world_sql(w, CONTENTS), "1");
	assert_string_equal(world_articles(w), "A:<p>again</p>\n"
					       "B:-\n"
					       "C:" LONG "<p>third</p>\n");
	/* The text before the edit is kept alone. */
	assert_string_equal(world_sql(w, "SELECT item_id, revision FROM previous"), "1|1");
	/* The last one stays where it is while the feed leaves it out. */
	edited[2].text = NULL;
	edited[2].title = "D";
	INGEST(w, feed, edited);
	assert_int_equal(w->delta.changed, 1);
	assert_string_equal(world_sql(w, BUNDLES), "1|1");
	edited[2].text = "<p>other</p>";
	INGEST(w, feed, edited);
	assert_string_equal(world_sql(w, BUNDLES), "0|0");
	assert_string_equal(world_articles(w), "A:<p>again</p>\n"
					       "B:-\n"
					       "D:<p>other</p>\n");
}

static void large_articles_share_several_bundles(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char *text = mem_alloc(30001);
	struct words large[3];

	memset(text, 'x', 30000);
	text[30000] = '\0';
	memcpy(large, three, sizeof(three));
	large[0].text = text;
	large[2].text = LONG;
	INGEST(w, feed, large);
	assert_string_equal(world_sql(w, BUNDLES), "1|2");
	text[0] = 'y';
	large[0].guid = "4";
	large[1].guid = "5";
	large[1].text = mem_printf("%s!", text);
	large[2].guid = "6";
	INGEST(w, world_add(w, "https://f.org/feed"), large);
	assert_string_equal(world_sql(w, BUNDLES), "3|5");
	assert_string_equal(world_sql(w, "SELECT group_concat(live) FROM bundle"), "2,1,2");
	free((char *)(uintptr_t)large[1].text);
	free(text);
}

/* ------------------------------------------------------- one by one ---- */

/* Twelve items of a feed, an hour apart, each in a document of its own. */
static int64_t add_twelve(struct world *w, const char *url, const char *letter)
{
	int64_t feed = world_add(w, url);
	char guid[16], text[256];
	struct words item = { .guid = guid, .text = text };
	int i;

	guid[0] = '\0';
	text[0] = '\0';
	item.title = "first";
	world_ingest(w, feed, &item, 1);
	w->now_s |= 1; /* no hint that a document is the first (world.h) */
	for (i = 0; i < 12; i++) {
		w->now_s += HOUR;
		snprintf(guid, sizeof(guid), "%s%d", letter, i);
		snprintf(text, sizeof(text), LONG "<p>%s number %d</p>", letter, i);
		item.title = guid;
		item.plain = i % 3 == 0 ? "in plain words" : NULL;
		world_ingest(w, feed, &item, 1);
	}
	return feed;
}

static void loose_articles_are_packed_together_when_they_are_quiet(void **state)
{
	struct world *w = *state;
	char *before;

	(void)add_twelve(w, "https://e.org/a", "a");
	assert_string_equal(world_sql(w, CONTENTS), "12");
	w->now_s += 6 * DAY;
	world_maintain(w);
	assert_string_equal(world_sql(w, CONTENTS), "12");
	before = mem_strdup(world_articles(w));
	assert_non_null(strstr(before, "a number 3"));
	w->now_s += 2 * DAY;
	world_maintain(w);
	assert_string_equal(world_sql(w, CONTENTS), "0");
	assert_string_equal(world_sql(w, BUNDLES), "1|12");
	assert_string_equal(world_articles(w), before);
	free(before);
}

static void few_articles_and_young_ones_stay_where_they_are(void **state)
{
	struct world *w = *state;

	(void)add_twelve(w, "https://e.org/a", "a");
	w->now_s += 7 * DAY - 5 * HOUR; /* seven are a week old */
	world_maintain(w);
	assert_string_equal(world_sql(w, BUNDLES), "0|0");
	assert_string_equal(world_sql(w, CONTENTS), "12");
	w->now_s += DAY;
	world_maintain(w);
	assert_string_equal(world_sql(w, CONTENTS), "0");
}

static void feeds_do_not_mix_in_a_bundle(void **state)
{
	struct world *w = *state;

	(void)add_twelve(w, "https://e.org/a", "a");
	(void)add_twelve(w, "https://e.org/b", "b");
	w->now_s += 9 * DAY;
	world_maintain(w);
	assert_string_equal(world_sql(w, BUNDLES), "2|24");
	assert_string_equal(world_sql(w, "SELECT max(n) FROM (SELECT count(DISTINCT feed_id) AS n"
					 " FROM item WHERE bundled IS NOT NULL"
					 " GROUP BY bundled >> 8)"),
		"1");
}

/* An edited article leaves a bundle; no other one is called as that is or as an item. */
static void an_edited_article_goes_into_another_bundle(void **state)
{
	struct world *w = *state;
	int64_t feed = add_twelve(w, "https://e.org/a", "a");
	struct words item = { .guid = "a0", .title = "a0", .text = LONG "<p>edited</p>" };
	struct words others[8];
	char guids[8][16];
	int i;

	w->now_s += 9 * DAY;
	world_maintain(w);
	assert_string_equal(world_sql(w, "SELECT id FROM bundle"), "14");
	world_ingest(w, feed, &item, 1);
	assert_string_equal(world_sql(w, "SELECT item_id FROM content"), "2");
	memset(others, 0, sizeof(others));
	for (i = 0; i < 8; i++) {
		snprintf(guids[i], sizeof(guids[i]), "later%d", i);
		others[i] = (struct words){ .guid = guids[i], .title = guids[i], .text = LONG };
	}
	INGEST(w, feed, others);
	w->now_s += 9 * DAY;
	world_maintain(w);
	assert_string_equal(world_sql(w, CONTENTS), "0");
	assert_string_equal(
		world_sql(w, "SELECT group_concat(id || ':' || live) FROM bundle"), "14:11,23:9");
	assert_non_null(strstr(world_articles(w), "edited"));
}

static void removed_items_take_their_bundle_along(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, three);
	store_feeds_remove(w->store, &feed, 1, false, w->now_s, on_changed, w);
	world_wait(w);
	assert_false(w->failed);
	assert_string_equal(world_sql(w, BUNDLES), "0|0");
	assert_string_equal(world_sql(w, "PRAGMA integrity_check"), "ok");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(a_first_document_is_one_bundle),
		TEST(a_changed_article_leaves_its_bundle),
		TEST(large_articles_share_several_bundles),
		TEST(loose_articles_are_packed_together_when_they_are_quiet),
		TEST(few_articles_and_young_ones_stay_where_they_are),
		TEST(feeds_do_not_mix_in_a_bundle),
		TEST(an_edited_article_goes_into_another_bundle),
		TEST(removed_items_take_their_bundle_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
