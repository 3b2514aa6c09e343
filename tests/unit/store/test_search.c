#include "daemon/store/search_query.h"
#include "world.h"

/* Words find items, and go on finding them whatever happens to the items. */

static const struct words texts[] = {
	{ .guid = "1",
		.title = "Émile Zola",
		.text = "<p>Germinal <b>mine</b>",
		.published_s = NOW - 1 },
	{ .guid = "2", .title = "Straße", .text = "Fußball &amp; Ёлка", .published_s = NOW - 2 },
	{ .guid = "3", .title = "東京都庁", .text = "日本語 text 水", .published_s = NOW - 3 },
	{ .guid = "4", .title = "İstanbul", .text = "ISPARTA ılık", .published_s = NOW - 4 },
	{ .guid = "5", .title = "ภาษาไทย", .text = "ประเทศไทย", .published_s = NOW - 5 },
	{ .guid = "6",
		.title = "한국어",
		.text = "서울에서 <script>hidden</script>",
		.published_s = NOW - 6 },
	{ .guid = "7",
		.title = "Release 2.0🎉🚀",
		.text = "by 👩🏽‍💻 and ❤️ in 🇩🇪 &#x1F41B; 1→2",
		.published_s = NOW - 7 },
};

static void words_find(void **state)
{
	static const struct {
		const char *match, *found;
	} cases[] = {
		{ "emile", "1" },
		{ "ÉMILE zola", "1" },
		{ "\"zola emile\"", "" },
		{ "germ*", "1" },
		{ "germ", "" },
		{ "title:germinal", "" },
		{ "text:germinal", "1" },
		{ "mine -zola", "" },
		{ "strasse", "2" },
		{ "STRAẞE", "2" },
		{ "fussball", "2" },
		{ "елка", "2" },
		{ "ЁЛКА", "2" },
		{ "amp", "" },
		{ "東京", "3" },
		{ "京都", "3" },
		{ "京都庁", "3" },
		{ "都京", "" },
		{ "京", "3" },
		{ "庁", "3" },
		{ "水", "3" },
		{ "\"日本語 text\"", "3" },
		{ "istanbul", "4" },
		{ "isparta ilik", "4" },
		{ "ไทย", "5" },
		{ "서울", "6" },
		{ "한국", "6" },
		{ "hidden", "" },
		{ "🎉", "7" },
		{ "🚀 release", "7" },
		{ "🎉🚀", "7" },
		{ "🚀🎉", "" },
		{ "👩‍💻", "7" },
		{ "💻", "7" },
		{ "👩🏿", "7" },
		{ "❤", "7" },
		{ "🇩🇪", "7" },
		{ "🐛", "7" },
		{ "title:🐛", "" },
		{ "release -🎉", "" },
		{ "zola OR 東京 OR fussball -title:zola", "23" },
		{ "zola OR 東京 OR fussball title:-zola", "23" },
		{ "zola OR 東京 OR fussball title:-\"emile zola\"", "23" },
		{ "zola title:-germinal", "1" },
		{ "zola text:-germinal", "" },
		{ "1→2", "7" },
		{ "zola OR 東京", "13" },
		{ "germinal & mine", "1" },
		{ "fussball - елка", "2" },
		{ "-! zola", "1" },
		{ "東京　水", "3" },
		{ "zola\u00a0germinal", "1" },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct store_filter filter;
	size_t i;

	INGEST(w, feed, texts);
	world_wait_for_index(w);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *title;
		char found[16] = "";
		size_t k;

		filter_any(&filter);
		filter.match = cases[i].match;
		world_list(w, &filter);
		for (k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
			title = texts[k].title;
			if (strstr(w->text, title) != NULL)
				strcat(found, texts[k].guid);
		}
		if (strcmp(found, cases[i].found) != 0)
			fail_msg("%s: found \"%s\", not \"%s\"", cases[i].match, found,
				cases[i].found);
		assert_int_equal(world_count(w, &filter), strlen(cases[i].found));
	}
}

static void words_and_other_filters_meet(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed"), other = feed + 1;
	struct store_filter filter;
	const char *first, *second;

	INGEST(w, feed, texts);
	world_wait_for_index(w);
	filter_any(&filter);
	filter.match = "zola OR istanbul OR \"日本語 text\"";
	world_list(w, &filter);
	first = strstr(w->text, "Émile");
	second = strstr(w->text, "東京都庁");
	assert_non_null(first);
	assert_true(second > first && strstr(w->text, "İstanbul") > second);
	filter.since_s = NOW - 3;
	filter.until_s = NOW - 1;
	world_list(w, &filter);
	assert_null(strstr(w->text, "Émile"));
	assert_non_null(strstr(w->text, "東京都庁"));
	assert_int_equal(world_count(w, &filter), 1);
	filter.feed_ids = &other;
	filter.feed_count = 1;
	assert_string_equal(world_list(w, &filter), "");
}

/* Documents of items whose titles have one word, every other one another. */
#define CROWD_DOCS 26
#define CROWD_ITEMS 4000
static void ingest_crowd(struct world *w, int64_t feed)
{
	static struct words items[CROWD_ITEMS];
	static char guids[CROWD_ITEMS][16];

	for (int doc = 0; doc < CROWD_DOCS; doc++) {
		for (int i = 0; i < CROWD_ITEMS; i++) {
			int n = doc * CROWD_ITEMS + i;

			snprintf(guids[i], sizeof(guids[i]), "%d", n);
			items[i] = (struct words){ .guid = guids[i],
				.title = n % 2 == 0 ? "crowd even" : "crowd odd",
				.published_s = NOW - 1 - n * 7919LL % 100003 };
		}
		INGEST(w, feed, items);
	}
}

/* Rows of a listing, and whether each came behind the one before it. */
struct listed {
	struct world *w;
	enum store_sort sort;
	uint64_t rows;
	int64_t date_s, id;
	bool disordered;
};

static int on_listed(void *ctx, const struct store_item *item)
{
	struct listed *listed = ctx;
	bool same = listed->sort == STORE_BY_ADDED || item->date_s == listed->date_s;

	listed->disordered |= listed->rows > 0 &&
			      (same ? item->id >= listed->id : item->date_s > listed->date_s);
	listed->date_s = item->date_s;
	listed->id = item->id;
	listed->rows++;
	return 0;
}

static void on_listed_page(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	on_page(((struct listed *)ctx)->w, rows, more, err);
}

static void more_than_can_be_gathered_are_listed(void **state)
{
	static const enum store_sort sorts[] = { STORE_BY_DATE, STORE_BY_ADDED, STORE_BY_FEED };
	struct world *w = *state;
	struct store_filter filter;
	struct store_page page = {
		.filter = &filter, .reverse = true, .line = true, .position = &w->position
	};

	ingest_crowd(w, world_add(w, "https://e.org/feed"));
	world_wait_for_index(w);
	filter_any(&filter);
	/* The first page's few rows are looked for one by one, those of others not, nor
	 * the beginning of a word. */
	for (size_t i = 0; i < 3 * sizeof(sorts) / sizeof(sorts[0]); i++) {
		struct listed listed = { .w = w, .sort = sorts[i / 3] };

		filter.match = i % 3 == 2 ? "crow*" : "crowd";
		page.sort = listed.sort;
		page.limit = i % 3 == 1 ? 50000 : 3;
		store_position_release(&w->position);
		do {
			store_items(w->store, &page, on_listed, on_listed_page, &listed);
			world_wait(w);
			assert_false(w->failed);
			page.limit = 50000;
		} while (w->more);
		assert_int_equal(listed.rows, CROWD_DOCS * CROWD_ITEMS);
		assert_false(listed.disordered);
	}
	filter.match = "odd";
	assert_int_equal(world_count(w, &filter), CROWD_DOCS * CROWD_ITEMS / 2);
}

static void a_listing_in_order_of_feeds_finds_words(void **state)
{
	struct world *w = *state;
	struct store_filter filter;
	struct listed listed = { .w = w, .sort = STORE_BY_FEED };
	struct store_page page = {
		.filter = &filter, .sort = STORE_BY_FEED, .limit = 2000, .position = &w->position
	};

	INGEST(w, world_add(w, "https://e.org/feed"), texts);
	world_wait_for_index(w);
	filter_any(&filter);
	filter.match = "zola OR 東京 OR 한국";
	store_items(w->store, &page, on_listed, on_listed_page, &listed);
	world_wait(w);
	assert_int_equal(listed.rows, 3);
	assert_false(listed.disordered);
	/* Somebody who began with a few goes on. */
	page.limit = 1;
	listed.rows = 0;
	store_position_release(&w->position);
	do {
		store_items(w->store, &page, on_listed, on_listed_page, &listed);
		world_wait(w);
		assert_int_equal(w->rows, 1);
	} while (w->more);
	assert_int_equal(listed.rows, 3);
	assert_false(listed.disordered);
}

static void what_holds_no_word_is_refused(void **state)
{
	static const struct {
		const char *match, *why;
	} cases[] = {
		{ "", "no words to look for" },
		{ "! & \"-\"", "no words to look for" },
		{ "title:-zola", "only words that are not wanted: add one that is" },
		{ "-zola", "only words that are not wanted: add one that is" },
		{ "-a OR b", "OR beside a -word: it stands between words that are wanted" },
		{ "b OR -a", "OR beside a -word: it stands between words that are wanted" },
		{ "b OR title:-a c", "OR beside a -word: it stands between words that are wanted" },
		{ "c -a OR b", "OR beside a -word: it stands between words that are wanted" },
		{ "a \"b c", "this phrase has no closing quote: \"b c" },
	};
	struct err err;
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, SEARCH_QUERY_MAX);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(search_query(cases[i].match, &out, &err), -1);
		assert_int_equal(err.code, ERR_USAGE);
		assert_string_equal(err.text, cases[i].why);
	}
	buf_release(&out);
}

static void each_of_several_is_read_alone(void **state)
{
	static const struct {
		const char *match, *query;
	} cases[] = {
		{ "a" STORE_MATCH_EITHER "b -a", "(\"a\") OR ((\"b\") NOT (\"a\"))" },
		{ "a OR b" STORE_MATCH_EITHER "c d", "(\"a\" OR \"b\") OR (\"c\" AND \"d\")" },
		{ "a OR b -c", "(\"a\" OR \"b\") NOT (\"c\")" },
		{ "-c a OR b", "(\"a\" OR \"b\") NOT (\"c\")" },
		{ "-c" STORE_MATCH_EITHER "OR b", NULL },
		{ "a -c" STORE_MATCH_EITHER "OR b", "((\"a\") NOT (\"c\")) OR (\"OR\" AND \"b\")" },
		{ "\"a" STORE_MATCH_EITHER "b\"", NULL },
		{ "a" STORE_MATCH_EITHER "-b", NULL },
		{ "a" STORE_MATCH_EITHER, NULL },
	};
	struct err err;
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, SEARCH_QUERY_MAX);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&out);
		assert_int_equal(
			search_query(cases[i].match, &out, &err), cases[i].query != NULL ? 0 : -1);
		if (cases[i].query != NULL)
			assert_string_equal(out.data, cases[i].query);
	}
	buf_release(&out);
}

static void too_much_to_look_for_is_refused_for_what_it_is(void **state)
{
	char *many = mem_alloc(200), *long_one = mem_alloc(66000);
	struct err err;
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < 65; i++)
		memcpy(many + 2 * i, "a ", 3);
	memset(long_one, 'a', 65999);
	long_one[65999] = '\0';
	buf_init(&out, SEARCH_QUERY_MAX);
	assert_int_equal(search_query(many, &out, &err), -1);
	assert_string_equal(err.text, "more than 64 words to look for");
	assert_int_equal(search_query(long_one, &out, &err), -1);
	assert_string_equal(err.text, "the words to look for are longer than 64 KiB");
	buf_release(&out);
	free(many);
	free(long_one);
}

static void changed_text_is_found_and_the_old_one_is_not(void **state)
{
	struct world *w = *state;
	struct words item = { .guid = "1", .title = "apple", .text = "red fruit" };
	int64_t feed = world_add(w, "https://e.org/feed");
	struct store_filter filter;

	filter_any(&filter);
	world_ingest(w, feed, &item, 1);
	world_wait_for_index(w);
	item.title = "pear";
	item.text = "green fruit";
	w->now_s += HOUR;
	world_ingest(w, feed, &item, 1);
	filter.match = "apple OR red";
	assert_int_equal(world_count(w, &filter), 0);
	filter.match = "pear green fruit";
	assert_int_equal(world_count(w, &filter), 1);
}

static void a_follower_misses_no_word(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct store_filter filter;
	struct store_changes_page page = {
		.filter = &filter, .since_s = INT64_MIN, .limit = 100, .initial = true
	};

	INGEST(w, feed, texts);
	filter_any(&filter);
	filter.match = "zola";
	filter.where = "match \"germinal\"";
	w->text[0] = '\0';
	store_changes(w->store, &page, on_row, on_page, w);
	world_wait(w);
	assert_false(w->failed);
	assert_string_equal(w->text, "7 N Émile Zola\n");
	world_wait_for_index(w);
	w->text[0] = '\0';
	store_changes(w->store, &page, on_row, on_page, w);
	world_wait(w);
	assert_string_equal(w->text, "7 N Émile Zola\n");
}

static int on_snippet(void *ctx, const struct store_item *item)
{
	struct world *w = ctx;

	snprintf(w->text, sizeof(w->text), "%s", item->snippet != NULL ? item->snippet : "(none)");
	return 0;
}

/* To w->text, of the one item in which they are. */
static void snippet_of(struct world *w, const char *words)
{
	struct store_filter filter;
	struct store_page page = { .filter = &filter,
		.limit = 7,
		.line = true,
		.snippets = true,
		.position = &w->position };

	filter_any(&filter);
	filter.match = words;
	store_position_release(&w->position);
	store_items(w->store, &page, on_snippet, on_page, w);
	world_wait(w);
	assert_int_equal(w->rows, 1);
}

/* A word's place in the text, else in the title or the author. */
static void a_snippet_shows_where_words_stand(void **state)
{
	static const struct {
		const char *match, *snippet;
	} cases[] = {
		{ "germinal", "Germinal mine" }, { "straße", "Straße" }, { "水", "日本語 text 水" },
		{ "needle", "l needle l" }, /* and as much again on both sides */
	};
	struct world *w = *state;
	char text[2048] = "<p>";
	struct words hay = { .guid = "7", .title = "Hay", .text = text };
	int64_t feed = world_add(w, "https://e.org/feed");

	for (size_t i = 0; i < 400; i++)
		strcat(text, i == 200 ? "needle\n " : "l  ");
	INGEST(w, feed, texts);
	world_ingest(w, feed, &hay, 1);
	world_wait_for_index(w);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snippet_of(w, cases[i].match);
		assert_non_null(strstr(w->text, cases[i].snippet));
		assert_true(strlen(w->text) < 80);
	}
}

/* To weigh each hit against each other takes half an hour. */
static void a_text_of_one_word_has_its_snippet_at_once(void **state)
{
	struct world *w = *state;
	size_t length = (size_t)900 << 10, i;
	char *text = mem_alloc(length + 1);
	struct words one = { .guid = "7", .title = "One", .text = text };
	int64_t feed = world_add(w, "https://e.org/feed");

	for (i = 0; i < length; i++)
		text[i] = "word "[i % 5];
	text[length] = '\0';
	world_ingest(w, feed, &one, 1);
	world_wait_for_index(w);
	snippet_of(w, "word");
	assert_int_equal(strncmp(w->text, "word word ", 10), 0);
	assert_int_equal(strlen(w->text), strlen("word ") * 24 - 1 + strlen("…"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(words_find, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			words_and_other_filters_meet, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			more_than_can_be_gathered_are_listed, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_listing_in_order_of_feeds_finds_words, world_setup, world_teardown),
		cmocka_unit_test(what_holds_no_word_is_refused),
		cmocka_unit_test(each_of_several_is_read_alone),
		cmocka_unit_test(too_much_to_look_for_is_refused_for_what_it_is),
		cmocka_unit_test_setup_teardown(
			changed_text_is_found_and_the_old_one_is_not, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_follower_misses_no_word, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_snippet_shows_where_words_stand, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_text_of_one_word_has_its_snippet_at_once, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
