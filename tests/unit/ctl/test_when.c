#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "ctl/hook.h"
#include "ctl/input.h"
#include "common/near.h"
#include "ctl/when.h"
#include "ctl/width.h"
#include "common/mem.h"
#include "common/time.h"

static int64_t at(const char *rfc3339)
{
	int64_t unix_s;

	assert_int_equal(time_parse(rfc3339, &unix_s), 0);
	return unix_s;
}

static void a_time_said_twice_is_any_of_them(void **state)
{
	static const struct {
		const char *a, *b;
		bool later;
		const char *wanted; /* NULL: refused */
	} cases[] = {
		{ "2026-06-03T10:00:00Z", "2026-06-01T10:00:00Z", false, "2026-06-01T10:00:00Z" },
		{ "2026-06-01T10:00:00Z", "2026-06-03T10:00:00Z", false, "2026-06-01T10:00:00Z" },
		{ "2026-06-03T10:00:00Z", "2026-06-01T10:00:00Z", true, "2026-06-03T10:00:00Z" },
		{ "c17.9", "c17.12", false, "c17.9" },
		{ "c17.9", "c17.12", true, "c17.12" },
		{ "c17.9", "c18.9", false, NULL },
		{ "c17.9", "2026-06-01T10:00:00Z", false, NULL },
	};
	char kept[WHEN_MAX];
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int result;

		snprintf(kept, sizeof(kept), "%s", cases[i].a);
		result = when_any(kept, cases[i].b, cases[i].later, "since", &err);
		assert_int_equal(result, cases[i].wanted != NULL ? 0 : -1);
		if (result == 0)
			assert_string_equal(kept, cases[i].wanted);
		else
			assert_int_equal(err.code, ERR_USAGE);
	}
}

static void times_mean_what_a_person_means_here(void **state)
{
	/* Summer time began on 29 March 2026 in Berlin. */
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "90s", "2026-06-03T09:58:30Z" },
		{ "15m", "2026-06-03T09:45:00Z" },
		{ "6h", "2026-06-03T04:00:00Z" },
		{ "2d", "2026-06-01T10:00:00Z" },
		{ "1w", "2026-05-27T10:00:00Z" },
		{ "today", "2026-06-02T22:00:00Z" },
		{ "yesterday", "2026-06-01T22:00:00Z" },
		{ "2026-06-03", "2026-06-02T22:00:00Z" },
		{ "2026-01-03", "2026-01-02T23:00:00Z" },
		{ "2026-06-03 10:00", "2026-06-03T08:00:00Z" },
		{ "2026-06-03T10:00", "2026-06-03T08:00:00Z" },
		{ "2026-06-03T10:00:00+02:00", "2026-06-03T08:00:00Z" },
		{ "2026-06-03T10:00:00.5Z", "2026-06-03T10:00:00Z" },
		{ "c186708962223339.7", "c186708962223339.7" },
	};
	static const char *const wrong[] = { "", "foo", "2026-13-01", "2026-02-29", "5", "5y",
		"-2d", "2026-06-03 25:00", "c", "tomorrow", "2d 3h", "99999999999999d" };
	char out[WHEN_MAX];
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
			when_resolve(cases[i].text, "since", at("2026-06-03T10:00:00Z"), out, &err),
			0);
		assert_string_equal(out, cases[i].wanted);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (when_resolve(wrong[i], "since", 0, out, &err) == 0)
			fail_msg("%s was taken", wrong[i]);
		assert_int_equal(err.code, ERR_USAGE);
	}
}

/* Whatever was asked for before, which is what mktime() goes by. */
static void a_time_that_comes_twice_is_the_first(void **state)
{
	static const char *const before[] = { "2026-01-03", "2026-07-03" };
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "2026-10-25 01:59", "2026-10-24T23:59:00Z" },
		{ "2026-10-25 02:30", "2026-10-25T00:30:00Z" },
		{ "2026-10-25 03:00", "2026-10-25T02:00:00Z" },
		{ "2026-03-29 02:30", "2026-03-29T01:30:00Z" }, /* never */
	};
	char out[WHEN_MAX];
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t k = 0; k < 2; k++) {
			assert_int_equal(when_resolve(before[k], "since", 0, out, &err), 0);
			assert_int_equal(when_resolve(cases[i].text, "since", 0, out, &err), 0);
			assert_string_equal(out, cases[i].wanted);
		}
	}
	/* The first of a month has a yesterday, too. */
	assert_int_equal(
		when_resolve("yesterday", "since", at("2026-11-01T10:00:00Z"), out, &err), 0);
	assert_string_equal(out, "2026-10-30T23:00:00Z");
}

static void ages_fit_four_columns(void **state)
{
	static const struct {
		int64_t ago_s;
		const char *wanted;
	} cases[] = { { 5, "now" }, { 90, "1m" }, { 3600, "1h" }, { 47 * 3600, "47h" },
		{ 3 * 86400, "3d" }, { 40 * 86400, "5w" }, { 3 * 365 * 86400, "3y" },
		{ -7200, "+2h" } };
	char out[WHEN_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		when_age(1000000000 - cases[i].ago_s, 1000000000, out);
		assert_string_equal(out, cases[i].wanted);
	}
}

static void looks_are_told_in_words(void **state)
{
	char out[WHEN_MAX];

	(void)state;
	when_words(1043 * 60, 1000 * 60, out);
	assert_string_equal(out, "in 43 min");
	when_words(0, 3 * 3600, out);
	assert_string_equal(out, "3 h ago");
	when_words(0, 19 * INT64_C(31600000), out);
	assert_string_equal(out, "19 years ago");
	when_words(10, 10, out);
	assert_string_equal(out, "now");
	when_day(at("2026-06-03T08:00:00Z"), at("2026-06-03T10:00:00Z"), out);
	assert_string_equal(out, "Today");
	when_day(at("2026-06-02T08:00:00Z"), at("2026-06-03T10:00:00Z"), out);
	assert_string_equal(out, "Yesterday");
	when_day(at("2026-05-31T23:30:00Z"), at("2026-06-03T10:00:00Z"), out);
	assert_string_equal(out, "Monday, 1 June 2026");
}

static void widths_are_those_of_a_terminal(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} cases[] = {
		{ "abc", 3 }, { "\xE6\x97\xA5\xE6\x9C\xAC", 4 }, /* 日本 */
		{ "e\xCC\x81", 1 },                              /* e, acute */
		{ "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA", 2 },       /* a flag */
		{ "\xF0\x9F\x8E\x89", 2 },                       /* a picture */
		{ "\xE2\x80\xAE"
		  "abc",
			3 }, /* an override */
		{ "a\tb", 3 },
		{ "\u0939\u093F\u0928\u094D\u0926\u0940", 5 }, /* Hindi, as wcswidth() says */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(width_of(cases[i].text, strlen(cases[i].text)), cases[i].columns);
}

static void nothing_that_is_one_is_cut(void **state)
{
	static const char text[] = "a\xE6\x97\xA5"
				   "e\xCC\x81z";
	size_t used;

	(void)state;
	assert_int_equal(width_cut(text, strlen(text), 2, &used), 1);
	assert_int_equal(used, 1);
	assert_int_equal(width_cut(text, strlen(text), 3, &used), 4);
	assert_int_equal(width_cut(text, strlen(text), 4, &used), 7);
	assert_int_equal(used, 4);
}

static void records_name_their_items(void **state)
{
	static const char text[] = "5\tx\n  \n\n{\"title\":\"t\",\"id\":7}\n{\"id\":\"g\\u0021\"}\n"
				   "https://x/ y\r\n  9 y\nlast";
	static const char *const wanted[] = { "5", "7", "g!", "https://x/", "9", "last" };
	struct words words;

	(void)state;
	input_split(mem_strdup(text), strlen(text), false, &words);
	assert_int_equal(words.count, 6);
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(words.list[i], wanted[i]);
	input_release(&words);
	input_split(mem_dup("a b\0c\0", 7), 6, true, &words);
	assert_int_equal(words.count, 2);
	assert_string_equal(words.list[0], "a");
	assert_string_equal(words.list[1], "c");
	input_release(&words);
}

static void an_object_whose_id_names_nothing_is_told_as_it_stands(void **state)
{
	static const char *const lines[] = { "{\"id\":[1]}", "{\"id\":{}}", "{\"id\":\"\"}",
		"{\"id\":[]}", "{\"id\":null}", "{\"id\":true}", "{\"id\":\"1\\u0000\"}", "{}" };
	struct words words;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		input_split(mem_strdup(lines[i]), strlen(lines[i]), false, &words);
		assert_int_equal(words.count, 1);
		assert_string_equal(words.list[0], lines[i]);
		input_release(&words);
	}
}

static void the_nearest_word_is_near(void **state)
{
	static const struct {
		const char *typed, *best;
	} cases[] = { { "lsit", "list" }, { "lst", "list" }, { "xyz", NULL },
		{ "mark-raed", "mark-read" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct near near;

		near_begin(&near, cases[i].typed);
		near_try(&near, "mark-read");
		near_try(&near, "list");
		if (cases[i].best == NULL)
			assert_null(near.best);
		else
			assert_string_equal(near.best, cases[i].best);
	}
}

static void pauses_double_up_to_a_day(void **state)
{
	(void)state;
	assert_int_equal(hook_pause_s(0), 60);
	assert_int_equal(hook_pause_s(1), 120);
	assert_int_equal(hook_pause_s(10), 61440);
	assert_int_equal(hook_pause_s(11), 0);
	assert_int_equal(hook_pause_s(1000), 0);
}

static int in_berlin(void **state)
{
	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_mean_what_a_person_means_here),
		cmocka_unit_test(a_time_said_twice_is_any_of_them),
		cmocka_unit_test(a_time_that_comes_twice_is_the_first),
		cmocka_unit_test(ages_fit_four_columns),
		cmocka_unit_test(looks_are_told_in_words),
		cmocka_unit_test(widths_are_those_of_a_terminal),
		cmocka_unit_test(nothing_that_is_one_is_cut),
		cmocka_unit_test(records_name_their_items),
		cmocka_unit_test(an_object_whose_id_names_nothing_is_told_as_it_stands),
		cmocka_unit_test(the_nearest_word_is_near),
		cmocka_unit_test(pauses_double_up_to_a_day),
	};

	return cmocka_run_group_tests(tests, in_berlin, NULL);
}
