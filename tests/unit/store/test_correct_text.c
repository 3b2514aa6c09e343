#include "articles.h"

/*
 * What becomes of a text that changes in what is no change: the query of an address
 * in it, and white space.
 */

#define LONG                                                                                       \
	"<p>The quick brown fox jumps over the lazy dog, and the dog, being lazy, lets it: "       \
	"nothing is gained by barking at what is already gone.</p>"
#define LINKED(query) LONG "<a href='https://e.org/watch" query "'>film</a>"

static void assert_article(struct world *w, const char *title, const char *article)
{
	char *line = mem_printf("%s:%s\n", title, article);

	if (strstr(world_articles(w), line) == NULL)
		fail_msg("no %sin %s", line, w->text);
	free(line);
}

static void assert_sql(struct world *w, const char *sql, const char *wanted)
{
	assert_string_equal(world_sql(w, sql), wanted);
}

/* As it stands in the file, once all is in it. */
static char *index_of(struct world *w)
{
	world_wait_for_index(w);
	return mem_strdup(world_sql(
		w, "SELECT sum(id), count(*), hex(group_concat(hex(block))) FROM search_data"));
}

static void nobody_is_told(struct world *w, const char *seq)
{
	assert_int_equal(w->delta.fresh + w->delta.changed + w->delta.untold, 0);
	assert_sql(w, "SELECT seq FROM store", seq);
	assert_sql(w,
		"SELECT count(*) FROM item WHERE revision > 1 OR changed_seq IS NOT NULL"
		" OR changed_s IS NOT NULL",
		"0");
	assert_sql(w, "SELECT count(*) FROM previous", "0");
}

static void say(struct world *w, int64_t feed, const char *body)
{
	world_say(w, feed, body, true);
}

/* ------------------------------------------------------------ texts ---- */

static void what_is_no_change_is_stored_and_not_told(void **state)
{
	static const char *const texts[] = {
		LINKED("?v=WRONG"),
		LINKED("?v=RIGHT"),
		LINKED("?v=RIGHT#t=9"),
		LINKED("?v=RIGHT&amp;t=9"),
		LINKED("?v=RIGHT&amp;t=9") "\n",
		LINKED("?v=RIGHT&amp;t=9") "\n<pre>if x:\n  y</pre>",
		LINKED("?v=RIGHT&amp;t=9") "\n<pre>if x:\n      y</pre>",
		LINKED("?v=RIGHT&amp;t=9") "  <pre>if x:\n      y</pre>",
		"\t" LINKED("?v=RIGHT&amp;t=9") " <pre>if x:\n      y</pre>",
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[] = {
		{ .guid = "1", .title = "A", .text = texts[0] },
		{ .guid = "2", .title = "B", .text = LONG },
	};
	size_t i;

	INGEST(w, feed, items);
	for (i = 1; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *seq = mem_strdup(world_sql(w, "SELECT seq FROM store"));

		w->now_s += HOUR;
		items[0].text = texts[i];
		INGEST(w, feed, items);
		if (i != 5) /* that one is an edit */
			nobody_is_told(w, seq);
		else
			(void)world_sql(w, "UPDATE item SET revision = 1, changed_seq = NULL,"
					   " changed_s = NULL; DELETE FROM previous");
		free(seq);
		assert_article(w, "A", texts[i]);
		assert_article(w, "B", LONG);
	}
}

/* Programs write it anew with each copy of the same text. */
static void what_no_reader_sees_is_no_edit(void **state)
{
	static const char *const texts[] = {
		LONG "<p>one<br>two</p><img src='i.png?1' class=a>",
		LONG "<p>one<br/>two</p><img src='i.png?1' class=a>",
		LONG "\n<p>one<br />\ntwo</p>\n<img src='i.png?2' class=a>",
		LONG "<p>one<br>two</p><img src='i.png?3' class=a><!-- made at 10:00 -->",
		LONG "<p>one<br>two</p><img src='i.png?3' class=a><!-- made at 11:00 -->",
		LONG "<p id=p1>one<br>two</p><img data-key=671 src=i.png class='b c'>",
		LONG "<p id=p2>one<br>two</p><img data-key=672 src=i.png class='b c' nonce=4>",
		LONG "<style>.a2{}</style><p>one<br>&#116;wo</p><img src=i.png>",
		LONG "<div><P>one<BR><span>two</span></P></div><IMG SRC=i.png>",
		LONG "<p>one<br>two</p><img src=i.png><img src=t.gif width=1 height=1>",
	};
	static const char *const edits[] = {
		LONG "<p>one<br>three</p><img src='i.png'>",
		LONG "<p>one<br>three</p><img src='j.png'>",
		LONG "<p>one three</p><img src='j.png'>",
		LONG "<p>one <a href='x'>three</a></p><img src='j.png'>",
		LONG "<p>one <a href='y'>three</a></p><img src='j.png'>",
		LONG "<p>one <a href='y'>three</a></p><img src='j.png' alt='A jay'>",
		LONG "<p>one <a href='y'><b>three</b></a></p><img src='j.png' alt='A jay'>",
		LONG "<p>one <b>three</b></p><img src='lazy.gif' data-src='j.png'>",
		LONG "<p>one <b>three</b></p><img src='lazy.gif' data-src='k.png'>",
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words item = { .guid = "1", .title = "A", .text = texts[0] };
	char *seq;
	size_t i;

	world_ingest(w, feed, &item, 1);
	seq = mem_strdup(world_sql(w, "SELECT seq FROM store"));
	for (i = 1; i < sizeof(texts) / sizeof(texts[0]); i++) {
		item.text = texts[i];
		world_ingest(w, feed, &item, 1);
		nobody_is_told(w, seq);
		assert_article(w, "A", texts[i]);
	}
	free(seq);
	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		w->now_s += 7 * HOUR;
		item.text = edits[i];
		world_ingest(w, feed, &item, 1);
		assert_int_equal(w->delta.changed, 1);
		assert_article(w, "A", edits[i]);
	}
}

/* What was taken from one address and given to another. */
static void a_query_may_move(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words item = {
		.guid = "1", .title = "A", .text = "https://e.org/?a https://e.org/"
	};

	world_ingest(w, feed, &item, 1);
	item.text = "https://e.org/ https://e.org/?a";
	world_ingest(w, feed, &item, 1);
	assert_int_equal(w->delta.changed, 0);
	assert_article(w, "A", item.text);
}

#define ENTRY(title, rest)                                                                         \
	"<rss version='2.0' xmlns:c='http://purl.org/rss/1.0/modules/content/'><channel>"          \
	"<title>A feed</title><item><guid isPermaLink='false'>1</guid>" title rest                 \
	"</item></channel></rss>"
#define FULL "<c:encoded>words</c:encoded>"

static void titles_and_summaries_are_texts_too(void **state)
{
	static const struct {
		const char *before, *after, *column, *wanted;
	} cases[] = {
		{ ENTRY("<title>See https://e.org/?v=1</title>", ""),
			ENTRY("<title>See https://e.org/?v=2</title>", ""), "title",
			"See https://e.org/?v=2" },
		{ ENTRY("", "<description>See https://e.org/?v=1</description>" FULL),
			ENTRY("", "<description>See https://e.org/?v=2</description>" FULL),
			"summary", "See https://e.org/?v=2" },
		{ ENTRY("", "<description>See https://e.org/?v=1</description>"),
			ENTRY("", "<description>See https://e.org/?v=2</description>"), "fallback",
			"See https://e.org/?v=2" },
	};
	struct world *w = *state;
	char url[64], sql[64];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t feed;

		snprintf(url, sizeof(url), "https://e.org/feed%d", (int)i);
		snprintf(sql, sizeof(sql), "SELECT %s FROM item WHERE feed_id = %d",
			cases[i].column, (int)i + 1);
		feed = world_add(w, url);
		say(w, feed, cases[i].before);
		say(w, feed, cases[i].after);
		assert_int_equal(w->delta.changed, 0);
		assert_sql(w, sql, cases[i].wanted);
	}
}

/* The words were the same, and now they are plain. */
static void a_text_may_become_another_kind(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words item = { .guid = "1", .title = "A", .text = "Words" };

	world_ingest(w, feed, &item, 1);
	item.text = NULL;
	item.plain = "Words";
	world_ingest(w, feed, &item, 1);
	assert_int_equal(w->delta.changed, 0);
	assert_sql(w, "SELECT hex(body) FROM content", "00576F726473");
}

static void both_texts_are_kept_and_corrected(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[] = {
		{ .guid = "1", .title = "A", .text = LONG, .plain = "one" },
		{ .guid = "2", .title = "B", .text = LONG, .plain = "two" },
	};
	char *before;

	INGEST(w, feed, items);
	assert_article(w, "A", LONG "one");
	assert_article(w, "B", LONG "two");
	before = index_of(w);
	items[1].plain = "three";
	INGEST(w, feed, items);
	assert_int_equal(w->delta.changed + w->delta.untold, 0);
	assert_article(w, "A", LONG "one");
	assert_article(w, "B", LONG "three");
	assert_int_equal(world_found(w, "dog"), 2);
	assert_string_equal(world_sql(w, "SELECT sum(id), count(*), hex(group_concat(hex(block)))"
					 " FROM search_data"),
		before);
	free(before);
}

/* The six hours of an edit that was told are not those of a correction. */
static void an_edit_is_told_after_a_correction(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words item = { .guid = "1", .title = "A", .text = LINKED("?1") };

	world_ingest(w, feed, &item, 1);
	item.text = LINKED("?2");
	w->now_s += HOUR;
	world_ingest(w, feed, &item, 1);
	assert_int_equal(w->delta.changed, 0);
	item.text = LINKED("?2") " and more";
	w->now_s += HOUR;
	world_ingest(w, feed, &item, 1);
	assert_int_equal(w->delta.changed, 1);
	/* And the other way round: what is corrected stays told. */
	item.text = LINKED("?3") " and more";
	w->now_s += HOUR;
	world_ingest(w, feed, &item, 1);
	assert_int_equal(w->delta.changed + w->delta.untold, 0);
	assert_article(w, "A", item.text);
	assert_sql(w, "SELECT revision, changed_s - 1780000000 FROM item", "2|7200");
	assert_sql(w, "SELECT count(*) FROM previous", "1");
}

/* ------------------------------------------------------------- cost ---- */

#define SHOWN 20

/* All of them with a token of this answer. */
static void fill_items(struct words *items, char (*texts)[512], int answer)
{
	static char guids[SHOWN][8];
	int i;

	memset(items, 0, SHOWN * sizeof(*items));
	for (i = 0; i < SHOWN; i++) {
		snprintf(guids[i], sizeof(guids[i]), "%d", i);
		snprintf(texts[i], sizeof(texts[i]),
			LONG "<p>number %d</p><img src='https://e.org/%d.png?sig=%06d'>", i, i,
			answer);
		items[i].guid = items[i].title = guids[i];
		items[i].text = texts[i];
	}
}

static void a_token_in_every_answer_costs_no_room(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char *before, *pages, *seq, texts[SHOWN][512];
	struct words items[SHOWN];
	int answer;

	fill_items(items, texts, 0);
	INGEST(w, feed, items);
	seq = mem_strdup(world_sql(w, "SELECT seq FROM store"));
	before = index_of(w);
	fill_items(items, texts, 1);
	INGEST(w, feed, items);
	pages = mem_strdup(world_sql(w, "PRAGMA page_count"));
	for (answer = 2; answer < 30; answer++) {
		w->now_s += HOUR;
		fill_items(items, texts, answer);
		INGEST(w, feed, items);
	}
	nobody_is_told(w, seq);
	assert_sql(w, "PRAGMA page_count", pages);
	free(pages);
	pages = index_of(w);
	assert_string_equal(pages, before);
	assert_article(w, "7", texts[7]);
	assert_sql(w, "SELECT count(*) FROM content", "20");
	assert_sql(w, "SELECT count(*) FROM bundle", "0");
	free(before);
	free(pages);
	free(seq);
}

static void words_that_changed_are_found(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words item = {
		.guid = "1", .title = "A", .plain = "see https://e.org/?film=wrong and hear"
	};

	world_ingest(w, feed, &item, 1);
	assert_int_equal(world_found(w, "wrong"), 1);
	item.plain = "see https://e.org/?film=right and hear";
	world_ingest(w, feed, &item, 1);
	assert_int_equal(world_found(w, "wrong"), 0);
	assert_int_equal(world_found(w, "right"), 1);
	assert_int_equal(world_found(w, "hear"), 1);
}

static void only_articles_that_differ_are_written(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char texts[SHOWN][512];
	struct words items[SHOWN];

	fill_items(items, texts, 0);
	INGEST(w, feed, items);
	(void)world_sql(w, "CREATE TABLE writes (id);"
			   " CREATE TRIGGER writing AFTER INSERT ON content BEGIN"
			   " INSERT INTO writes VALUES (new.item_id); END;"
			   " CREATE TRIGGER rewriting AFTER UPDATE ON content BEGIN"
			   " INSERT INTO writes VALUES (new.item_id); END;"
			   " CREATE TRIGGER moving AFTER UPDATE ON item BEGIN"
			   " INSERT INTO writes VALUES (-new.id); END");
	/* As an older program left it. */
	(void)world_sql(w, "UPDATE shown SET keys = CAST(replace(keys, substr(keys, 9, 6),"
			   " x'010203040506') AS BLOB)");
	INGEST(w, feed, items);
	assert_int_equal(w->delta.fresh + w->delta.changed, 0);
	assert_sql(w, "SELECT count(*) FROM writes", "0");
	items[SHOWN - 1].text = LINKED("");
	items[SHOWN - 2].text = texts[0];
	texts[SHOWN - 3][strlen(texts[SHOWN - 3]) - 3] = '1';
	INGEST(w, feed, items);
	assert_int_equal(w->delta.changed, 2); /* the first is the last to come */
	assert_sql(w, "SELECT group_concat(id, ' ') FROM writes WHERE abs(id) = 3", "-3 3");
	assert_sql(w, "SELECT group_concat(DISTINCT abs(id)) FROM writes", "1,2,3");
}

/* ---------------------------------------------------------- bundles ---- */

/* An item that left the bundle that is called by it gives its name to no other one,
 * for readers may still have the first. */
static void a_corrected_article_names_no_bundle(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char *before, texts[SHOWN][512];
	struct words items[SHOWN];
	int answer;

	fill_items(items, texts, 0);
	INGEST(w, feed, items);
	assert_sql(w, "SELECT id, live FROM bundle", "1|20");
	(void)world_articles(w);
	for (answer = 1; answer < 4; answer++) {
		fill_items(items, texts, answer);
		INGEST(w, feed, items);
		before = mem_strdup(world_articles(w));
		assert_sql(w, "SELECT count(*) FROM bundle", "0");
		w->now_s += 9 * DAY;
		world_maintain(w);
		assert_sql(w, "SELECT count(*), live, id NOT IN (SELECT id FROM item) FROM bundle",
			"1|20|1");
		assert_string_equal(world_articles(w), before);
		free(before);
	}
	assert_int_equal(world_found(w, "fox"), SHOWN);
}

static void an_article_that_is_damaged_is_mended(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[] = {
		{ .guid = "1", .title = "A", .text = LINKED("?1") },
		{ .guid = "2", .title = "B", .text = LONG },
	};

	INGEST(w, feed, items);
	world_wait_for_index(w);
	(void)world_sql(w, "UPDATE bundle SET packing = 77");
	items[0].text = LINKED("?2");
	INGEST(w, feed, items);
	assert_sql(w, "SELECT count(*) FROM content", "1");
	(void)world_sql(w, "DELETE FROM bundle; UPDATE item SET bundled = NULL");
	assert_article(w, "A", items[0].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(what_is_no_change_is_stored_and_not_told),
		TEST(what_no_reader_sees_is_no_edit),
		TEST(a_query_may_move),
		TEST(titles_and_summaries_are_texts_too),
		TEST(a_text_may_become_another_kind),
		TEST(both_texts_are_kept_and_corrected),
		TEST(an_edit_is_told_after_a_correction),
		TEST(a_token_in_every_answer_costs_no_room),
		TEST(words_that_changed_are_found),
		TEST(only_articles_that_differ_are_written),
		TEST(a_corrected_article_names_no_bundle),
		TEST(an_article_that_is_damaged_is_mended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
