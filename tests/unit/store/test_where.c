#include "daemon/store/where.h"
#include "world.h"

/* --where: newsboat's language and ours, to the letter. */

static void print_again(const char *text, char *out, size_t size)
{
	struct where_node *node;
	struct buf buf;
	struct err err;

	if (where_parse(text, &node, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	buf_init(&buf, 1 << 16);
	assert_int_equal(where_print(node, &buf), 0);
	snprintf(out, size, "%s", buf.data);
	buf_release(&buf);
	where_free(node);
}

static void expressions_print_as_they_are_meant(void **state)
{
	static const struct {
		const char *text, *printed;
	} cases[] = {
		{ "title=\"x\"", "title = \"x\"" },
		{ "title == \"x\"", "title = \"x\"" },
		{ "unread = \"yes\" and age between 0:10",
			"unread = \"yes\" and age between 0:10" },
		{ "((title =~ \"a\"))", "title =~ \"a\"" },
		{ "title =~ \"a\" or title =~ \"b\" and title =~ \"c\"",
			"title =~ \"a\" or title =~ \"b\" and title =~ \"c\"" },
		{ "(title =~ \"a\" or title =~ \"b\") and title =~ \"c\"",
			"(title =~ \"a\" or title =~ \"b\") and title =~ \"c\"" },
		{ "not not (unread = \"no\")", "not not unread = \"no\"" },
		{ "not (starred = \"yes\" and age < 2w)", "not (starred = \"yes\" and age < 2w)" },
		{ "tags # \"News\" and tags !# \"Old\"", "tags # \"News\" and tags !# \"Old\"" },
		{ "title = \"a \\\"b\\\" c\\\\\"", "title = \"a \\\"b\\\" c\\\\\"" },
		{ "date >= 2026-06-03", "date >= 2026-06-03" },
		{ "date between 2026-06-03T10:00:00+02:00:2026-06-04",
			"date between 2026-06-03T08:00:00Z:2026-06-04" },
		{ "age < 90m", "age < 90m" },
		{ "age < \"90m\"", "age < 90m" },
		{ "age between \"0\":\"1\"", "age between 0:1" },
		{ "date between 2026-06-03:\"2026-06-04\"", "date between 2026-06-03:2026-06-04" },
		{ "match \"two words\"", "match \"two words\"" },
		{ "feed = 3", "feed = 3" },
		{ "feed = \"3\"", "feed = \"3\"" },
		{ "feed >= \"3\"", "feed >= 3" },
		{ "feed between 1:3", "feed between 1:3" },
	};
	char out[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_again(cases[i].text, out, sizeof(out));
		assert_string_equal(out, cases[i].printed);
	}
}

static void errors_point_at_the_column(void **state)
{
	static const struct {
		const char *text, *column;
	} cases[] = {
		{ "", "1" },
		{ "colour = \"x\"", "1" },
		{ "title", "6" },
		{ "title = x", "9" },
		{ "title < \"x\"", "9" },
		{ "title < 3", "9" },
		{ "feed < \"x\"", "8" },
		{ "feed < 3d", "8" },
		{ "feed between 1:3d", "14" },
		{ "feed between 2026-06-03:2026-06-04", "14" },
		{ "title =~ \"(\"", "10" },
		{ "age = \"x\"", "7" },
		{ "unread = \"maybe\"", "10" },
		{ "(unread = \"yes\"", "16" },
		{ "unread = \"yes\" and", "19" },
		{ "unread = \"yes\" unread", "16" },
		{ "ünread = \"yes\"", "1" },
		{ "title = \"ü\" ?", "13" },
		{ "match \"\"", "7" },
		{ "title = \"x\" and match \"-linux\"", "23" },
		{ "match \"a\" or match \"\\\"a\"", "20" },
		{ "not (match \"&\")", "12" },
		{ "age between 3", "13" },
		{ "age between \"3\"", "13" },
		{ "age between \"3\":\"x\"", "13" },
		{ "age between \"3 \":4", "13" },
		{ "title = \"3\":\"4\"", "9" },
		{ "date between 2026-06-03T10:00:00Z:2026-13-04", "14" },
		{ "age < \"3 x\"", "7" },
		{ "title = \"open", "9" },
		{ "title =~ \"((x{999}){999}){999}\"", "10" },
		{ "title =~ \"(a)\\\\1\"", "10" },
		{ "title =~ \"x{2002}\"", "10" },
		{ "title =~ \"((((((((((x+)+)+)+)+)+)+)+)+)+)+\"", "10" },
		{ "title =~ \"x++++++++++++++++++++++++++++++++++++++++\"", "10" },
		{ "title =~ \"x*+?+{2}+++++++++++++++++\"", "10" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err;
		char wanted[32];

		snprintf(wanted, sizeof(wanted), "column %s:", cases[i].column);
		assert_int_equal(store_where_check(cases[i].text, &err), -1);
		assert_int_equal(err.code, ERR_USAGE);
		if (strstr(err.text, wanted) == NULL)
			fail_msg("%s: \"%s\" names no %s", cases[i].text, err.text, wanted);
	}
}

static void a_date_is_asked_for_as_one(void **state)
{
	static const char *const cases[] = { "date > \"2026-11-29 10:00\"", "date > 5",
		"date = \"x\"", "feeddate < \"yesterday\"", "date between 1:2" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err;

		assert_int_equal(store_where_check(cases[i], &err), -1);
		if (strstr(err.text, "date is a date, e.g. 2026-06-03") == NULL)
			fail_msg("%s: \"%s\"", cases[i], err.text);
	}
	assert_int_equal(store_where_check("date > 2026-06-03T10:00:00Z", &(struct err){ 0 }), 0);
}

static bool takes_pattern(const char *pattern)
{
	char *expr = mem_printf("title =~ \"a+\" or title =~ \"%s\"", pattern);
	struct err err;
	bool taken = store_where_check(expr, &err) == 0;

	free(expr);
	return taken;
}

/* What is short as it is typed can be more than memory or the stack have room for. */
static void repetitions_count_as_they_are_written_out(void **state)
{
	static const char *const small[] = { "x{2000}", ".{200}{5}", "(see )*(x+y+)+",
		"(https?://[^ ]{1,200} ){1,5}", "[{1,9}]{1,99}", "\\\\{9000}", "x{0}",
		"^a$|^b$|^c$|^d$|^e$|^f$", "(\\\\ba\\\\b|\\\\bb\\\\b|\\\\bc\\\\b|\\\\bd\\\\b)",
		"\\\\ba\\\\b.*\\\\bb\\\\b.*\\\\bc\\\\b", "(^| )*a", "[^$]{3}[^$]{3}[^$]{3}[^$]{3}",
		"([ ]*,?[ ]*)*x", "^(re: *)*(fwd?: *)*$",
		"(a?)*b|(c?)*d|(e?)*f|(g?)*h|(i?)*j|(k?)*l|(m?)*n|(o?)*p", "([a-z]* ?){0,30}",
		"(a?|b?|c?){200}", "(a|)*(b|)*(c|)*" };
	static const char *const large[] = { "x*++++++++++n", "(xxxxxxxxxx){201}", "x{45}{45}",
		"(see (x+)+){200}", "x{1,2002}", "x{2002,}", "[])]{1,1999}y{9}", "a)x{2002}",
		"^^^^^^^^", "(\\\\b)*(\\\\b)*(\\\\b)*", "(\\\\b|\\\\B|^|$)*", "(^|x){4}",
		"\\\\Ba*\\\\Ba*\\\\Ba*\\\\Ba*\\\\Ba*\\\\Ba*\\\\Ba*\\\\Ba*",
		"(a?)*(a?)*(a?)*(a?)*(a?)*(a?)*(a?)*(a?)*", "a?+{200}", "(a?){2,}{9}",
		"(a?|b*){10}+", "((a*)?|b){10}+",
		"(a?|b?)(a?|b?)(a?|b?)(a?|b?)(a?|b?)(a?|b?)(a?|b?)(c?)*",
		"((a|)|(b|)|(c|)|(d|)|(e|)|(f|)|(g|)|(h|))*", "(a*)?{100}", "(a*){0,100}" };
	char many[4000] = "(";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(small) / sizeof(small[0]); i++)
		if (!takes_pattern(small[i]))
			fail_msg("%s is refused", small[i]);
	for (i = 0; i < sizeof(large) / sizeof(large[0]); i++)
		if (takes_pattern(large[i]))
			fail_msg("%s is taken", large[i]);
	for (i = 0; i < 700; i++)
		strcat(many, "a?");
	assert_true(takes_pattern(strcat(many, ")")));
	assert_false(takes_pattern(strcat(many, "{255}")));
}

static void depth_and_length_have_limits(void **state)
{
	char text[WHERE_TEXT_MAX + 64];
	struct err err;

	(void)state;
	memset(text, '(', sizeof(text));
	text[2000] = '\0';
	assert_int_equal(store_where_check(text, &err), -1);
	assert_int_equal(store_where_check("((((((((((((age<8))))))))))))", &err), 0);
	assert_int_equal(
		store_where_check("not not not not not not not not not not not not age<8", &err),
		0);
	assert_int_equal(store_where_check("(((((((((((((age<8)))))))))))))", &err), -1);
	assert_non_null(strstr(err.text, "too many parentheses"));
	memset(text, ' ', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(store_where_check(text, &err), -1);
}

static const struct words items[] = {
	{ .guid = "1",
		.url = "https://e.org/1",
		.title = "Alpha",
		.text = "<p>one two\nthree",
		.published_s = NOW - HOUR },
	{ .guid = "2",
		.url = "https://e.org/2",
		.title = "beta",
		.text = "three",
		.published_s = NOW - 2 * DAY },
	{ .guid = "3",
		.url = "https://x.org/3",
		.title = "Gamma \"q\"",
		.plain = "plain text",
		.enclosure = "https://e.org/a.mp3",
		.published_s = NOW - 30 * DAY },
};

static void fill(struct world *w)
{
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, items);
	assert_true(world_set(w, feed, "tags", "News,Daily"));
	world_mark(w, STORE_MARK_READ, "2", NULL); /* by id: beta */
	world_mark(w, STORE_STAR, "https://x.org/3", NULL);
	world_mark(w, STORE_TAG, "https://x.org/3", "b");
}

static void expressions_select(void **state)
{
	static const struct {
		const char *where, *found; /* A b G */
	} cases[] = {
		{ "title = \"Alpha\"", "A" },
		{ "title = \"alpha\"", "" },
		{ "title =~ \"^a\"", "A" },
		{ "title !~ \"^a\"", "bG" },
		{ "title != \"Alpha\"", "bG" },
		{ "title = \"Gamma \\\"q\\\"\"", "G" },
		{ "link =~ \"//e\\.org\"", "Ab" },
		{ "content =~ \"two|three\"", "Ab" },
		{ "content =~ \"^plain\"", "G" },
		{ "unread = \"yes\"", "AG" },
		{ "unread = \"no\"", "b" },
		{ "unread != \"no\"", "AG" },
		{ "not unread = \"yes\"", "b" },
		{ "starred = \"yes\"", "G" },
		{ "flags # \"b\"", "G" },
		{ "flags = \"b\"", "G" },
		{ "tags # \"News\"", "AbG" },
		{ "tags # \"New\"", "" },
		{ "content # \"two\"", "A" },
		{ "content # \"three\"", "Ab" },
		{ "content !# \"three\"", "G" },
		{ "tags # \"b\"", "G" },
		{ "tags !# \"b\"", "Ab" },
		{ "tags # \"\"", "" },
		{ "tags !# \"\"", "AbG" },
		{ "categories # \"\"", "" },
		{ "not categories # \"\" and unread = \"yes\"", "AG" },
		{ "categories !# \"\"", "AbG" },
		{ "flags # \"\"", "" },
		{ "age = 0", "A" },
		{ "age < 2", "A" },
		{ "age <= 2", "Ab" },
		{ "age between 1:10", "b" },
		{ "age > 1w", "G" },
		{ "age < 90m", "A" },
		{ "age >= 2d", "bG" },
		{ "age < \"2\" and total_count == \"3\"", "A" },
		{ "age between \"1:10\"", "b" },
		{ "date < 2026-05-20", "G" },
		{ "date between 2026-05-26:2026-05-27", "b" },
		{ "date between 2026-05-28T00:00:00Z:2026-05-29T00:00:00.5+01:00", "A" },
		{ "date between 2026-05-26T00:00:2026-05-28T23:59:59", "Ab" },
		{ "date between \"2026-05-26:2026-05-27T00:00:00Z\"", "b" },
		{ "feedtitle = \"A feed\"", "AbG" },
		{ "feed = 1", "AbG" },
		{ "feed = 2", "" },
		{ "feed != 2", "AbG" },
		{ "feed < 2", "AbG" },
		{ "feed > 1", "" },
		{ "feed >= \"1\"", "AbG" },
		{ "feed <= 0", "" },
		{ "feed between 1:2", "AbG" },
		{ "feed between 2:3", "" },
		{ "feed between \"0:1\"", "AbG" },
		{ "feed =~ \"FEED\"", "AbG" },
		{ "rssurl = \"https://e.org/feed\"", "AbG" },
		{ "enclosure_url =~ \"mp3\"", "G" },
		{ "total_count = 3", "AbG" },
		{ "unread_count > 1 and title =~ \"m\"", "G" },
		{ "guid = \"2\" or guid = \"3\"", "bG" },
		{ "title =~ \"a\" and (unread = \"no\" or starred = \"yes\")", "bG" },
	};
	static const char *const letters[] = { "Alpha", "beta", "Gamma" };
	struct world *w = *state;
	struct store_filter filter;
	size_t i, k;

	fill(w);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char found[8] = "";

		filter_any(&filter);
		filter.where = cases[i].where;
		filter.now_s = w->now_s;
		world_list(w, &filter);
		for (k = 0; k < 3; k++)
			if (strstr(w->text, letters[k]) != NULL)
				strncat(found, letters[k], 1);
		if (strcmp(found, cases[i].found) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].where, found, cases[i].found);
		assert_int_equal(world_count(w, &filter), strlen(cases[i].found));
	}
}

/* Each of these is found by an index of its own. */
static void what_no_item_has_is_found_nowhere(void **state)
{
	struct store_filter unread, starred;
	struct world *w = *state;

	fill(w);
	filter_any(&unread);
	unread.where = "categories # \"\"";
	starred = unread;
	unread.read = STORE_UNREAD;
	starred.starred = 1;
	assert_int_equal(world_count(w, &unread), 0);
	assert_int_equal(world_count(w, &starred), 0);
	assert_string_equal(world_list(w, &starred), "");
	starred.where = "categories !# \"\"";
	assert_int_equal(world_count(w, &starred), 1);
}

static int on_query(void *ctx, const char *name, const char *expr, const char *why)
{
	struct world *w = ctx;
	size_t used = strlen(w->text);

	snprintf(w->text + used, sizeof(w->text) - used, "%s: %s%s\n", name, expr,
		why != NULL ? "?" : "");
	return 0;
}

static void a_saved_query_is_a_feed_among_feeds(void **state)
{
	const char *name = "mine";
	struct world *w = *state;
	struct store_filter filter;

	fill(w);
	store_query_put(w->store, "mine", "title =~ \"m\"", on_done, w);
	world_wait(w);
	assert_false(w->failed);
	filter_any(&filter);
	filter.queries = &name;
	filter.query_count = 1;
	assert_int_equal(world_count(w, &filter), 1);
	w->text[0] = '\0';
	store_queries(w->store, on_query, on_page, w);
	world_wait(w);
	assert_string_equal(w->text, "mine: title =~ \"m\"\n");
	store_query_put(w->store, "mine", NULL, on_done, w);
	world_wait(w);
	assert_false(w->failed);
	store_count(w->store, &filter, on_counted, w);
	world_wait(w);
	assert_int_equal(w->err.code, ERR_NOT_FOUND);
}

static void feeds_and_tags_by_the_hundred_are_filters(void **state)
{
	enum { FEEDS = 300000 };
	int64_t *ids = MEM_ARRAY(FEEDS, int64_t);
	const char *tags[STORE_FILTER_WORDS_MAX];
	char names[STORE_FILTER_WORDS_MAX][8];
	char where[WHERE_TEXT_MAX] = "age < 0";
	struct world *w = *state;
	struct store_filter filter;
	size_t i;

	fill(w);
	filter_any(&filter);
	filter.feed_ids = ids;
	filter.feed_count = FEEDS;
	for (i = 0; i < FEEDS; i++)
		ids[i] = i == 7 ? 1 : (int64_t)i + 1000;
	assert_int_equal(world_count(w, &filter), 3);
	filter.where = "starred = \"no\"";
	assert_string_equal(world_list(w, &filter), "3 N Alpha\n2 R beta\n");
	filter.feed_ids = NULL;
	filter.feed_count = 0;
	filter.tags = tags;
	for (i = 0; i < STORE_FILTER_WORDS_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "t%zu", i);
		tags[i] = i == 99 ? "News" : names[i];
	}
	filter.tag_count = STORE_FILTER_WORDS_MAX;
	assert_string_equal(world_list(w, &filter), "3 N Alpha\n2 R beta\n");
	/* And the longest chain of an expression with them. */
	while (strlen(where) < WHERE_TEXT_MAX - 12)
		strcat(where, " or age<99");
	filter.where = where;
	filter.now_s = w->now_s;
	assert_int_equal(world_count(w, &filter), 3);
	free(ids);
}

static const char *list_sorted(
	struct world *w, enum store_sort sort, bool reverse, const char *match, uint64_t limit)
{
	struct store_filter filter;
	struct store_page page = { .filter = &filter,
		.sort = sort,
		.reverse = reverse,
		.limit = limit,
		.position = &w->position };

	filter_any(&filter);
	filter.match = match;
	filter.now_s = w->now_s;
	store_position_release(&w->position);
	w->text[0] = '\0';
	do {
		store_items(w->store, &page, on_row, on_page, w);
		world_wait(w);
		if (w->failed)
			return NULL;
	} while (w->more);
	return w->text;
}

static void lists_are_sorted_by_title_and_feed(void **state)
{
	static const struct words more[] = { { .guid = "z", .title = "«Äther»" } };
	struct world *w = *state;
	int64_t other;

	fill(w);
	other = world_add(w, "https://a.org/other");
	INGEST(w, other, more);
	assert_true(world_set(w, other, "title", "Zeitung"));
	assert_string_equal(list_sorted(w, STORE_BY_TITLE, false, NULL, 1),
		"3 N Alpha\n4 N «Äther»\n2 R beta\n1 N* Gamma \"q\"\n");
	assert_string_equal(list_sorted(w, STORE_BY_TITLE, true, NULL, 3),
		"1 N* Gamma \"q\"\n2 R beta\n4 N «Äther»\n3 N Alpha\n");
	assert_string_equal(list_sorted(w, STORE_BY_FEED, false, NULL, 1),
		"3 N Alpha\n2 R beta\n1 N* Gamma \"q\"\n4 N «Äther»\n");
	assert_string_equal(list_sorted(w, STORE_BY_FEED, true, NULL, 2),
		"4 N «Äther»\n3 N Alpha\n2 R beta\n1 N* Gamma \"q\"\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_print_as_they_are_meant),
		cmocka_unit_test(errors_point_at_the_column),
		cmocka_unit_test(a_date_is_asked_for_as_one),
		cmocka_unit_test(repetitions_count_as_they_are_written_out),
		cmocka_unit_test(depth_and_length_have_limits),
		TEST(expressions_select),
		TEST(what_no_item_has_is_found_nowhere),
		TEST(a_saved_query_is_a_feed_among_feeds),
		TEST(feeds_and_tags_by_the_hundred_are_filters),
		TEST(lists_are_sorted_by_title_and_feed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
