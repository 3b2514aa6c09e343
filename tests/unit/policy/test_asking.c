#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/policy.h"

#define DAY INT64_C(86400)
#define NOW INT64_C(1780481700) /* 2026-06-03 */

static const struct policy_exchange same = { .status = 200,
	.sent_etag = true,
	.sent_modified = true,
	.same_etag = true,
	.same_modified = true,
	.same_body = true,
	.same_shape = true };

static void a_server_that_does_not_know_its_etag_gets_the_date_alone(void **state)
{
	struct policy_exchange exchange = same;

	(void)state;
	assert_int_equal(policy_conditional_next(POLICY_BOTH, &same), POLICY_LM_ONLY);
	exchange.sent_etag = false;
	assert_int_equal(policy_conditional_next(POLICY_LM_ONLY, &exchange), POLICY_USELESS);
}

static void one_validator_alone_has_no_other_to_try(void **state)
{
	struct policy_exchange exchange = same;

	(void)state;
	exchange.sent_modified = exchange.same_modified = false;
	assert_int_equal(policy_conditional_next(POLICY_BOTH, &exchange), POLICY_USELESS);
}

static void what_really_changed_accuses_nobody(void **state)
{
	struct policy_exchange exchange = same;

	(void)state;
	exchange.same_body = false;
	assert_int_equal(policy_conditional_next(POLICY_BOTH, &exchange), POLICY_BOTH);
	exchange = same;
	exchange.same_etag = exchange.same_modified = false;
	assert_int_equal(policy_conditional_next(POLICY_BOTH, &exchange), POLICY_BOTH);
	exchange = same;
	exchange.status = 500;
	assert_int_equal(policy_conditional_next(POLICY_BOTH, &exchange), POLICY_BOTH);
}

static void an_etag_of_another_shape_is_another_server(void **state)
{
	struct policy_exchange exchange = same;

	(void)state;
	exchange.same_shape = false;
	assert_int_equal(policy_conditional_next(POLICY_LM_ONLY, &exchange), POLICY_BOTH);
	assert_int_equal(policy_conditional_next(POLICY_USELESS, &exchange), POLICY_BOTH);
}

static void a_304_proves_that_validators_are_of_use(void **state)
{
	struct policy_exchange exchange = { .status = 304, .sent_modified = true };

	(void)state;
	assert_int_equal(policy_conditional_next(POLICY_USELESS, &exchange), POLICY_BOTH);
	assert_int_equal(policy_conditional_next(POLICY_LM_ONLY, &exchange), POLICY_LM_ONLY);
	/* It says an ETag of another shape. */
	exchange.says_etag = true;
	assert_int_equal(policy_conditional_next(POLICY_LM_ONLY, &exchange), POLICY_BOTH);
	exchange.same_shape = true;
	assert_int_equal(policy_conditional_next(POLICY_LM_ONLY, &exchange), POLICY_LM_ONLY);
}

static void shapes_of_etags(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "\"abc\"", "\"def\"", true },
		{ "\"abc\"", "\"abcdef123\"", true },
		{ "\"5f2-5e8c9d\"", "\"77-aa\"", true },
		{ "\"abc\"", "W/\"abc\"", false },
		{ "\"abc\"", "abc", false },
		{ "\"abc\"", "\"abc-gzip\"", false },
		{ "\"abc-gzip\"", "\"def-gzip\"", true },
		{ "\"abc-br\"", "\"def-gzip\"", false },
		{ "\"5f2-5e8c9d\"", "\"5f25e8c9d\"", false },
		{ "\"a:b\"", "\"a-b\"", false },
		{ "", "\"abc\"", false },
		{ "", "", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (policy_same_shape(rows[i].a, strlen(rows[i].a), rows[i].b, strlen(rows[i].b)) !=
			rows[i].same)
			fail_msg("%s %s", rows[i].a, rows[i].b);
}

static void modes_read_back_as_written(void **state)
{
	(void)state;
	for (int i = POLICY_BOTH; i <= POLICY_USELESS; i++)
		assert_int_equal(
			policy_conditional_of(policy_conditional_word((enum policy_conditional)i)),
			i);
	assert_int_equal(policy_conditional_of(""), POLICY_BOTH);
}

static void only_impossible_dates_are_given_up_after_two_weeks(void **state)
{
	static const struct {
		const char *modified;
		int64_t only_304_since_s, last_unconditional_s;
		bool unconditional;
	} rows[] = {
		{ "Sun, 06 Jan 2041 08:49:37 GMT", NOW - 15 * DAY, 0, true },
		{ "Sun, 06 Jan 2041 08:49:37 GMT", NOW - 14 * DAY, 0, false },
		{ "Sun, 06 Jan 2041 08:49:37 GMT", 0, 0, false },
		{ "Sun, 06 Jan 2041 08:49:37 GMT", NOW - 60 * DAY, NOW - 13 * DAY, false },
		{ "Sun, 06 Jan 2041 08:49:37 GMT", NOW - 60 * DAY, NOW - 15 * DAY, true },
		{ "Thu, 01 Jan 1970 00:00:00 GMT", NOW - 15 * DAY, 0, true },
		{ "Tue, 01 Jan 1980 00:00:00 GMT", NOW - 15 * DAY, 0, true },
		{ "Wed, 02 Jan 1980 00:00:00 GMT", NOW - 15 * DAY, 0, false },
		{ "Thu, 04 Jun 2026 08:00:00 GMT", NOW - 15 * DAY, 0, false },
		{ "Mon, 01 Jun 2026 10:00:00 GMT", NOW - 900 * DAY, 0, false },
		{ "yesterday", NOW - 900 * DAY, 0, false },
		{ "Sun, 06 Xyz 2041 08:49:37 GMT", NOW - 900 * DAY, 0, false },
		{ "", NOW - 900 * DAY, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (policy_unconditional(rows[i].modified, strlen(rows[i].modified),
			    rows[i].only_304_since_s, rows[i].last_unconditional_s,
			    NOW) != rows[i].unconditional)
			fail_msg("row %zu: %s", i, rows[i].modified);
}

static void a_move_is_adopted_once_it_is_proven(void **state)
{
	static const struct {
		const char *claim;
		struct policy_move move;
		enum policy_moved moved;
	} rows[] = {
		{ "no redirect", { .now_s = NOW }, POLICY_STAY },
		{ "the first sight", { .redirected = true, .now_s = NOW }, POLICY_REMEMBER },
		{ "the second sight",
			{ .redirected = true,
				.same_target = true,
				.seen = 1,
				.first_s = NOW - DAY,
				.now_s = NOW },
			POLICY_CONFIRM },
		{ "three sights within two days",
			{ .redirected = true,
				.same_target = true,
				.seen = 2,
				.first_s = NOW - 2 * DAY + 1,
				.now_s = NOW },
			POLICY_CONFIRM },
		{ "two sights over a month",
			{ .redirected = true,
				.same_target = true,
				.seen = 1,
				.first_s = NOW - 30 * DAY,
				.now_s = NOW },
			POLICY_CONFIRM },
		{ "three sights over two days",
			{ .redirected = true,
				.same_target = true,
				.seen = 2,
				.first_s = NOW - 2 * DAY,
				.now_s = NOW },
			POLICY_ADOPT },
		{ "another target begins anew",
			{ .redirected = true, .seen = 9, .first_s = NOW - 9 * DAY, .now_s = NOW },
			POLICY_REMEMBER },
		{ "http to https", { .redirected = true, .upgrade = true, .now_s = NOW },
			POLICY_ADOPT },
		{ "behind a portal",
			{ .redirected = true, .upgrade = true, .captive = true, .now_s = NOW },
			POLICY_STAY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (policy_moved(&rows[i].move) != rows[i].moved)
			fail_msg("%s", rows[i].claim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_that_does_not_know_its_etag_gets_the_date_alone),
		cmocka_unit_test(one_validator_alone_has_no_other_to_try),
		cmocka_unit_test(what_really_changed_accuses_nobody),
		cmocka_unit_test(an_etag_of_another_shape_is_another_server),
		cmocka_unit_test(a_304_proves_that_validators_are_of_use),
		cmocka_unit_test(shapes_of_etags),
		cmocka_unit_test(modes_read_back_as_written),
		cmocka_unit_test(only_impossible_dates_are_given_up_after_two_weeks),
		cmocka_unit_test(a_move_is_adopted_once_it_is_proven),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
