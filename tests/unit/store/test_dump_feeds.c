#include "dumped.h"

/* A feed's number is one store's alone: what a person says of feeds by their numbers means
 * the same feeds in another store, or is not taken. */

static void add_rule(struct world *w, const char *expr)
{
	static const char *const actions[] = { "star", NULL };

	store_rule_add(w->store, expr, actions, w->now_s, on_rule, w);
	world_wait(w);
	assert_false(w->failed);
}

static void add_query(struct world *w, const char *name, const char *expr)
{
	store_query_put(w->store, name, expr, on_done, w);
	world_wait(w);
	assert_false(w->failed);
}

static void add_feeds(struct world *w, const char *first, const char *second, const char *third)
{
	world_add(w, first);
	world_add(w, second);
	world_add(w, third);
}

static const char *expressions(struct world *w)
{
	return world_sql(w,
		"SELECT expr FROM (SELECT id, expr FROM rule"
		" UNION ALL SELECT 1000, name || ': ' || expr FROM query) ORDER BY id, expr");
}

#define FIRST "https://e.org/a"
#define SECOND "https://e.org/b"
#define THIRD "push:c"

static void numbers_of_feeds_mean_the_same_feeds_in_another_store(void **state)
{
	struct world *w = *state;
	char *first, *second;

	add_feeds(w, FIRST, SECOND, THIRD);
	add_rule(w, "feed=2");
	add_rule(w, "title = \"feed = 1\"");
	add_rule(w, "(feedindex = \"3\" or feed = 1) and not (feed != 3)");
	add_query(w, "q", "feedindex = 2");
	first = dump(w, false);
	assert_non_null(
		strstr(first, "\nquery\tq\tfeedindex = 1\t" SECOND "\n"
			      "rule\tfeed = 1\tstar\t" SECOND "\n"
			      "rule\ttitle = \"feed = 1\"\tstar\n"
			      "rule\t(feedindex = 1 or feed = 2) and not feed != 3\tstar\t" THIRD
			      " " FIRST " " THIRD "\n"));
	renew(w);
	add_feeds(w, "https://e.org/other", THIRD, SECOND);
	restore(w, first, false);
	assert_string_equal(w->text, "");
	assert_string_equal(expressions(w),
		"feed = 3\ntitle = \"feed = 1\"\n"
		"(feedindex = 2 or feed = 4) and not feed != 2\nq: feedindex = 3");

	renew(w);
	restore(w, first, false);
	assert_string_equal(w->text, "");
	second = dump(w, false);
	assert_string_equal(first, second);
	free(first);
	free(second);
}

static void what_says_the_same_in_other_words_is_there_already(void **state)
{
	static const char *const before = "feed=2\nfeedindex  =  \"1\"\nq: (feed=2)";
	struct world *w = *state;
	char *first;

	add_feeds(w, FIRST, SECOND, THIRD);
	add_rule(w, "feed=2");
	add_rule(w, "feedindex  =  \"1\"");
	add_query(w, "q", "(feed=2)");
	first = dump(w, false);
	restore(w, first, false);
	assert_string_equal(w->text, "");
	assert_string_equal(expressions(w), before);
	restore(w, first, true);
	assert_string_equal(expressions(w), before);
	free(first);
}

static void numbers_that_a_dump_says_nothing_of_are_refused_unless_they_are_there(void **state)
{
	static const char old[] = "feedd-dump 1\n"
				  "feed\t" FIRST "\n"
				  "query\tq\tfeedindex != 1\n"
				  "query\tr\tage < 2\n"
				  "rule\tfeed = 1\tstar\n"
				  "rule\tfeed > 1 or articleindex = 5\tstar\n";
	struct world *w = *state;

	restore(w, old, false);
	assert_int_equal(restored.refused, 3);
	assert_non_null(strstr(w->text, "q: it means a feed or an item by a number of the store"));
	assert_non_null(strstr(w->text, "feed = 1: it means a feed or an item by a number"));
	assert_non_null(strstr(w->text, "feed > 1 or articleindex = 5: it means"));
	assert_string_equal(expressions(w), "r: age < 2");

	add_rule(w, "feed = 1");
	add_rule(w, "feed > 1 or articleindex = 5");
	add_query(w, "q", "feedindex != 1");
	restore(w, old, false);
	assert_int_equal(restored.refused, 0);
	add_query(w, "q", "feedindex != 2");
	restore(w, old, true);
	assert_int_equal(restored.refused, 0);
	restore(w, old, false);
	assert_int_equal(restored.refused, 1);
	assert_string_equal(expressions(w), "feed = 1\nfeed > 1 or articleindex = 5\n"
					    "q: feedindex != 2\nr: age < 2");
}

static void what_no_address_says_stands_in_a_dump_as_it_is(void **state)
{
	struct world *w = *state;
	int64_t gone;
	char *text;

	add_feeds(w, FIRST, SECOND, THIRD);
	gone = 2;
	add_rule(w, "feed = 1 or feed = 2");
	add_rule(w, "feed between 1:2");
	store_feeds_remove(w->store, &gone, 1, false, w->now_s, on_changed, w);
	world_wait(w);
	text = dump(w, false);
	assert_non_null(strstr(text, "rule\tfeed = 1 or feed = 2\tstar\n"
				     "rule\tfeed between 1:2\tstar\n"));
	restore(w, text, false);
	assert_string_equal(w->text, "");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM rule"), "2");
	free(text);
}

static void a_line_whose_feeds_are_not_here_is_named(void **state)
{
	static const char *const wrong[] = {
		"query\tq\tfeed = 1\t" SECOND,
		"query\tq\tfeed = 1\tftp://e.org/",
		"query\tq\tfeed = 2\t" FIRST,
		"query\tq\tfeed = 1 or feed = 2\t" FIRST,
		"query\tq\tfeed = 1\t" FIRST " " FIRST,
		"query\tq\tfeed > 1\t" FIRST,
		"query\tq\tage < 2\t" FIRST,
		"query\tq\tfeed = 1\t",
		"query\tq\tfeed = 1\t" FIRST "\tmore",
	};
	struct world *w = *state;
	size_t i;

	world_add(w, FIRST);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *text = mem_printf("feedd-dump 1\n%s\n", wrong[i]);

		restore(w, text, false);
		assert_false(w->failed);
		if (restored.refused == 0)
			fail_msg("%s", wrong[i]);
		free(text);
	}
	assert_string_equal(world_sql(w, "SELECT count(*) FROM query"), "0");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_of_feeds_mean_the_same_feeds_in_another_store),
		TEST(what_says_the_same_in_other_words_is_there_already),
		TEST(numbers_that_a_dump_says_nothing_of_are_refused_unless_they_are_there),
		TEST(what_no_address_says_stands_in_a_dump_as_it_is),
		TEST(a_line_whose_feeds_are_not_here_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
