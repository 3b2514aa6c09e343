#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/args.h"

/* A line is written with blanks between its words. */
struct line {
	char text[256];
	char *argv[32];
	int argc;
};

static void split(struct line *line, const char *text)
{
	char *rest = line->text, *word;

	assert_true(strlen(text) < sizeof(line->text));
	memcpy(line->text, text, strlen(text) + 1);
	line->argc = 0;
	line->argv[line->argc++] = (char *)"feedctl";
	while ((word = strsep(&rest, " ")) != NULL) {
		if (word[0] != '\0')
			line->argv[line->argc++] = word;
	}
	line->argv[line->argc] = NULL;
}

static void parsed(struct line *line, const char *text, struct args *args)
{
	struct err err;

	split(line, text);
	if (args_parse(line->argc, line->argv, args, &err) < 0)
		fail_msg("%s: %s", text, err.text);
}

static void commands_are_found_by_name_and_by_beginning(void **state)
{
	static const struct {
		const char *line;
		enum command_id id;
	} cases[] = {
		{ "", CMD_STATUS },
		{ "--json", CMD_STATUS },
		{ "list", CMD_LIST },
		{ "ref", CMD_REFRESH },
		{ "--unread list", CMD_LIST },
		{ "--since 2d list", CMD_LIST },
		{ "--socket=/x list", CMD_LIST },
		{ "query list", CMD_QUERY_LIST },
		{ "qu l", CMD_QUERY_LIST },
		{ "rule remove 3", CMD_RULE_REMOVE },
		{ "mark-r 1", CMD_MARK_READ },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct line line;
		struct args args;

		parsed(&line, cases[i].line, &args);
		assert_int_equal(args.id, cases[i].id);
		args_release(&args);
	}
}

static void values_stand_behind_a_blank_or_an_equals_sign(void **state)
{
	struct line line;
	struct args args;

	(void)state;
	parsed(&line, "list --sort -date --limit=5 --feed a --unread --feed b", &args);
	assert_string_equal(args_value(&args, "sort"), "-date");
	assert_string_equal(args_value(&args, "limit"), "5");
	assert_string_equal(args_value(&args, "feed"), "b");
	assert_true(args_has(&args, "unread"));
	assert_false(args_has(&args, "read"));
	assert_true(args_has_filter(&args));
	args_release(&args);
}

static void short_options_are_n_h_and_0(void **state)
{
	struct line line;
	struct args args;

	(void)state;
	parsed(&line, "list -n 7 -0 -h", &args);
	assert_string_equal(args_value(&args, "limit"), "7");
	assert_true(args_has(&args, "null"));
	assert_true(args_has(&args, "help"));
	args_release(&args);
	parsed(&line, "list -n7", &args);
	assert_string_equal(args_value(&args, "limit"), "7");
	args_release(&args);
	parsed(&line, "-0n 7 list -h0", &args);
	assert_string_equal(args_value(&args, "limit"), "7");
	assert_true(args_has(&args, "null"));
	assert_true(args_has(&args, "help"));
	args_release(&args);
}

static void repeated_options_come_one_after_the_other(void **state)
{
	struct line line;
	struct args args;
	size_t at = 0;

	(void)state;
	parsed(&line, "list --tag a --tag=b", &args);
	assert_string_equal(args_next(&args, "tag", &at), "a");
	assert_string_equal(args_next(&args, "tag", &at), "b");
	assert_null(args_next(&args, "tag", &at));
	args_release(&args);
}

static void two_dashes_end_the_options(void **state)
{
	struct line line;
	struct args args;

	(void)state;
	parsed(&line, "mark-read -- -x --unread", &args);
	assert_false(args_has(&args, "unread"));
	assert_string_equal(args_value(&args, "items"), "--unread");
	args_release(&args);
}

static void exec_takes_the_rest_as_it_stands(void **state)
{
	struct line line;
	struct args args;

	(void)state;
	parsed(&line, "watch --unread --exec cmd --json -- x", &args);
	assert_false(args_has(&args, "json"));
	assert_string_equal(args.rest[0], "cmd");
	assert_string_equal(args.rest[1], "--json");
	assert_string_equal(args.rest[2], "--");
	assert_string_equal(args.rest[3], "x");
	assert_null(args.rest[4]);
	args_release(&args);
}

static void settings_are_told_from_feeds(void **state)
{
	struct line line;
	struct args args;
	size_t at = 0;

	(void)state;
	parsed(&line, "set 1 every=2h https://x/?a=b tags+=News key=", &args);
	assert_string_equal(args_next(&args, "feeds", &at), "1");
	assert_string_equal(args_next(&args, "feeds", &at), "https://x/?a=b");
	assert_null(args_next(&args, "feeds", &at));
	at = 0;
	assert_string_equal(args_next(&args, "settings", &at), "every=2h");
	assert_string_equal(args_next(&args, "settings", &at), "tags+=News");
	assert_string_equal(args_next(&args, "settings", &at), "key=");
	args_release(&args);
}

static void an_action_may_be_two_words(void **state)
{
	struct line line;
	struct args args;
	size_t at = 0;

	(void)state;
	parsed(&line, "rule add expr tag News star", &args);
	assert_string_equal(args_next(&args, "actions", &at), "tag News");
	assert_string_equal(args_next(&args, "actions", &at), "star");
	args_release(&args);
}

static void what_cannot_be_read_is_a_usage_error_that_helps(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
		{ "lsit", "did you mean list?" },
		{ "ls", "did you mean list?" },
		{ "unsubscribe 3", "did you mean remove?" },
		{ "frobnicate", "feedctl help" },
		{ "list --sicne 2d", "did you mean --since?" },
		{ "list --frobnicate", "no option --frobnicate" },
		{ "list --unread=1", "takes no value" },
		{ "list --since", "needs a value" },
		{ "list stray", "one word too many" },
		{ "list -x", "no option -x" },
		{ "add", "URL is missing" },
		{ "query", "what?" },
		{ "watch --exec", "needs a command" },
		{ "list --part", "no option --part" },
		{ "m", "mark-read" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct line line;
		struct args args;
		struct err err;

		split(&line, cases[i].line);
		assert_int_equal(args_parse(line.argc, line.argv, &args, &err), -1);
		assert_int_equal(err.code, ERR_USAGE);
		if (strstr(err.text, cases[i].words) == NULL)
			fail_msg("%s: %s", cases[i].line, err.text);
	}
}

static void help_misses_nothing(void **state)
{
	struct line line;
	struct args args;

	(void)state;
	parsed(&line, "add --help", &args);
	assert_int_equal(args.id, CMD_ADD);
	args_release(&args);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_found_by_name_and_by_beginning),
		cmocka_unit_test(values_stand_behind_a_blank_or_an_equals_sign),
		cmocka_unit_test(short_options_are_n_h_and_0),
		cmocka_unit_test(repeated_options_come_one_after_the_other),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(exec_takes_the_rest_as_it_stands),
		cmocka_unit_test(settings_are_told_from_feeds),
		cmocka_unit_test(an_action_may_be_two_words),
		cmocka_unit_test(what_cannot_be_read_is_a_usage_error_that_helps),
		cmocka_unit_test(help_misses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
