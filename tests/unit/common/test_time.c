#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/time.h"

static void moments_read_back_as_written(void **state)
{
	static const int64_t moments[] = { 0, 1, 951782399, 951868800, 1780480800, 4102444800, -1,
		-86400, 253402300799, -62167219200 };
	char text[TIME_TEXT_MAX];
	int64_t back;

	(void)state;
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		time_format_rfc3339(moments[i], text);
		assert_int_equal(time_parse(text, &back), 0);
		assert_int_equal(back, moments[i]);
	}
}

static void rfc3339_is_read_with_offset_and_fraction(void **state)
{
	static const struct {
		const char *text;
		int64_t unix_s;
	} rows[] = {
		{ "2026-06-03T10:00:00Z", 1780480800 },
		{ "2026-06-03t10:00:00z", 1780480800 },
		{ "2026-06-03 10:00:00Z", 1780480800 },
		{ "2026-06-03T12:00:00.999+02:00", 1780480800 },
		{ "2026-06-03T05:30:00-04:30", 1780480800 },
		{ "1990-12-31T23:59:60Z", 662687999 },
		{ "2000-02-29T00:00:00Z", 951782400 },
	};
	int64_t unix_s;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(time_parse(rows[i].text, &unix_s), 0);
		assert_int_equal(unix_s, rows[i].unix_s);
	}
}

static void what_is_no_moment_is_refused(void **state)
{
	static const char *const rows[] = { "", "2026", "2026-06-03", "2026-06-03T10:00:00",
		"2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
		"2026-06-03T24:00:00Z", "2026-06-03T10:60:00Z", "2026-06-03T10:00:00+24:00",
		"2026-06-03T10:00:00Z ", " 2026-06-03T10:00:00Z", "2026-6-3T10:00:00Z",
		"+026-06-03T10:00:00Z" };
	int64_t unix_s;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(time_parse(rows[i], &unix_s), -1);
}

static void durations_have_units_or_are_seconds(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = { { "90s", 90000 }, { "15m", 900000 }, { "6h", 21600000 }, { "2d", 172800000 },
		{ "1w", 604800000 }, { "30", 30000 }, { "0.25", 250 }, { "1.5h", 5400000 },
		{ "0", 0 } };
	struct err err;
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(time_parse_duration(rows[i].text, &ms, &err), 0);
		assert_int_equal(ms, rows[i].ms);
	}
}

static void what_is_no_duration_is_refused(void **state)
{
	static const char *const rows[] = { "", "m", "-1s", "1 h", "1hh", "1y", "0x10", "1e3",
		"inf", "1.2.3", "99999999999d" };
	struct err err;
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(time_parse_duration(rows[i], &ms, &err), -1);
		assert_int_equal(err.code, ERR_USAGE);
	}
}

static void weekdays_begin_with_sunday(void **state)
{
	(void)state;
	assert_int_equal(time_weekday(0), 4);
	assert_int_equal(time_weekday(-1), 3);
	assert_int_equal(time_weekday(1780480800), 3); /* 2026-06-03 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments_read_back_as_written),
		cmocka_unit_test(rfc3339_is_read_with_offset_and_fraction),
		cmocka_unit_test(what_is_no_moment_is_refused),
		cmocka_unit_test(durations_have_units_or_are_seconds),
		cmocka_unit_test(what_is_no_duration_is_refused),
		cmocka_unit_test(weekdays_begin_with_sunday),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
