#include "daemon/store/where.h"
#include "world.h"

/* A tag is a folder, too: `News/Linux` lies inside of `News`, whatever asks. */

static const struct words items[] = {
	{ .guid = "1", .title = "Sponsored: buy", .published_s = NOW - 1 },
	{ .guid = "2", .title = "News", .published_s = NOW - 2 },
	{ .guid = "3", .title = "More news", .published_s = NOW - 3 },
};

static void fill(struct world *w)
{
	int64_t feed = world_add(w, "https://e.org/feed");

	assert_true(world_set(w, feed, "tags", "News/Linux"));
	INGEST(w, feed, items);
}

static uint64_t count_where(struct world *w, const char *where)
{
	struct store_filter filter;

	filter_any(&filter);
	filter.where = where;
	return world_count(w, &filter);
}

static void option_and_expression_agree(void **state)
{
	static const struct {
		const char *tag;
		uint64_t items;
	} cases[] = { { "News", 3 }, { "News/Linux", 3 }, { "News/Linux/BSD", 1 }, { "news", 0 },
		{ "New", 0 }, { "News/", 0 }, { "News/Lin", 0 }, { "Linux", 0 }, { "Later", 1 },
		{ "Later/on", 1 }, { "Newsroom", 1 } };
	struct world *w = *state;
	size_t i;

	fill(w);
	world_mark(w, STORE_TAG, "3", "News/Linux/BSD");
	world_mark(w, STORE_TAG, "3", "Later/on");
	world_mark(w, STORE_TAG, "1", "Newsroom");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char has[64], has_not[64];
		struct store_filter filter;

		filter_any(&filter);
		filter.tags = &cases[i].tag;
		filter.tag_count = 1;
		assert_int_equal(world_count(w, &filter), cases[i].items);
		snprintf(has, sizeof(has), "tags # \"%s\"", cases[i].tag);
		snprintf(has_not, sizeof(has_not), "tags !# \"%s\"", cases[i].tag);
		if (count_where(w, has) != cases[i].items)
			fail_msg("%s is not what the option finds", has);
		if (count_where(w, has_not) != 3 - cases[i].items)
			fail_msg("%s is not the rest", has_not);
	}
}

static void other_operators_see_the_tag_as_it_is(void **state)
{
	struct world *w = *state;

	fill(w);
	assert_int_equal(count_where(w, "tags = \"News\""), 0);
	assert_int_equal(count_where(w, "tags != \"News\""), 3);
	assert_int_equal(count_where(w, "tags = \"News/Linux\""), 3);
	assert_int_equal(count_where(w, "tags =~ \"news/l\""), 3);
}

static void on_rule(void *ctx, int64_t rule_id, const struct err *err)
{
	(void)rule_id;
	world_answer(ctx, err);
}

static void add_rule(struct world *w, const char *expr, const char *action)
{
	const char *const actions[] = { action, NULL };

	store_rule_add(w->store, expr, actions, w->now_s, on_rule, w);
	world_wait(w);
	assert_false(w->failed);
}

/* Those of an earlier rule, too. */
static void rules_know_folders(void **state)
{
	struct world *w = *state;

	add_rule(w, "title =~ \"^sponsored\"", "tag Ads/Paid");
	add_rule(w, "tags # \"Ads\"", "mark-read");
	add_rule(w, "tags # \"News\" and tags !# \"Ads\"", "star");
	fill(w);
	assert_string_equal(world_list(w, NULL), "3 R Sponsored: buy\n2 N* News\n1 N* More news\n");
}

static void the_longest_chain_is_asked(void **state)
{
	char where[WHERE_TEXT_MAX] = "tags#\"a\"";
	struct world *w = *state;

	fill(w);
	while (strlen(where) < WHERE_TEXT_MAX - 32)
		strcat(where, " or tags#\"a\"");
	assert_int_equal(count_where(w, where), 0);
	strcat(where, " or tags#\"News\"");
	assert_int_equal(count_where(w, where), 3);
	assert_int_equal(count_where(w, "not(not(not(not(not(not(tags!#\"News\"))))))"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(option_and_expression_agree),
		TEST(other_operators_see_the_tag_as_it_is),
		TEST(rules_know_folders),
		TEST(the_longest_chain_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
