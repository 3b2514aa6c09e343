#include "tests/unit/policy/usual.h"

/*
 * The rules of the next look as a table: what is known, and how long the wait
 * then is, without chance (all random bits zero) and away from full hours.
 */

/* An interval begins somewhere in the second of the answer, so that it is over a
 * second later; a hold's and a skipped hour's ends are moments. */
static bool is_moment(enum policy_reason reason)
{
	return reason == POLICY_HOLD || reason == POLICY_SKIP;
}

struct row {
	const char *claim;
	struct policy_case of;
	int64_t wait_s; /* from the answer, or if is_moment() from its second */
	enum policy_reason reason;
};

static const struct row rows[] = {
	/* Success: the base. */
	{ "a lively feed is looked at hourly", { .now_s = NOW }, HOUR, POLICY_BASE },
	{ "the user's interval counts", { .base_s = 1800 }, 30 * MIN, POLICY_BASE },
	{ "a long interval counts", { .base_s = 172800 }, 2 * DAY, POLICY_BASE },
	{ "fractions of a second round up", { .base_s = 0.25 }, 1, POLICY_BASE },
	{ "an hour and a half second", { .base_s = 3600.5 }, HOUR + 1, POLICY_BASE },

	/* Success: the silence so far. */
	{ "a day of silence is an hour's wait", { .newest_item_s = NOW - DAY }, HOUR, POLICY_BASE },
	{ "two days of silence are two hours",
		{ .newest_item_s = NOW - 2 * DAY, .added_at_s = NOW - 9 * DAY }, 2 * HOUR,
		POLICY_ADAPTIVE },
	{ "a week of silence is seven hours",
		{ .newest_item_s = NOW - 7 * DAY, .added_at_s = NOW - 90 * DAY }, 7 * HOUR,
		POLICY_ADAPTIVE },
	{ "a month of silence is a day",
		{ .newest_item_s = NOW - 30 * DAY, .added_at_s = NOW - 90 * DAY }, DAY,
		POLICY_ADAPTIVE },
	{ "years of silence are a day, too",
		{ .newest_item_s = NOW - 3000 * DAY, .added_at_s = NOW - 90 * DAY }, DAY,
		POLICY_ADAPTIVE },
	{ "an old feed that was just added is no silent one",
		{ .newest_item_s = NOW - 3000 * DAY, .added_at_s = NOW }, HOUR, POLICY_BASE },
	{ "an undated item that came counts by its arrival",
		{ .newest_item_s = 1, .last_new_s = NOW - 2 * DAY, .added_at_s = NOW - 90 * DAY },
		2 * HOUR, POLICY_ADAPTIVE },
	{ "the newer of date and arrival counts",
		{ .newest_item_s = NOW - 9 * DAY,
			.last_new_s = NOW - 3 * DAY,
			.added_at_s = NOW - 90 * DAY },
		3 * HOUR, POLICY_ADAPTIVE },
	{ "an item of the future is no silence",
		{ .newest_item_s = NOW + 900 * DAY, .added_at_s = NOW - 90 * DAY }, HOUR,
		POLICY_BASE },
	{ "an arrival of the future is no silence", { .newest_item_s = 1, .last_new_s = NOW + DAY },
		HOUR, POLICY_BASE },
	{ "a subscription of the future is no silence",
		{ .newest_item_s = 1, .added_at_s = NOW + DAY }, HOUR, POLICY_BASE },
	{ "silence never makes it sooner than the base",
		{ .base_s = 2 * 86400,
			.newest_item_s = NOW - 30 * DAY,
			.added_at_s = NOW - 90 * DAY },
		2 * DAY, POLICY_BASE },

	/* Success: hints. */
	{ "max-age below the base does not speed up", { .lifetime_s = 900 }, HOUR, POLICY_BASE },
	{ "max-age 0 does not speed up", { .lifetime_s = 0 }, HOUR, POLICY_BASE },
	{ "max-age of two hours is honoured", { .lifetime_s = 7200 }, 2 * HOUR, POLICY_HINT },
	{ "max-age of a day is honoured", { .lifetime_s = 86400 }, DAY, POLICY_HINT },
	{ "max-age of a year is honoured for a day", { .lifetime_s = 31536000 }, DAY, POLICY_HINT },
	{ "max-age of 2^31 is honoured for a day", { .lifetime_s = 2147483648 }, DAY, POLICY_HINT },
	{ "ttl of 30 min does not speed up", { .ttl_s = 1800 }, HOUR, POLICY_BASE },
	{ "ttl of 180 min is honoured", { .ttl_s = 180 * MIN }, 3 * HOUR, POLICY_HINT },
	{ "ttl of a month is honoured for a day", { .ttl_s = 30 * DAY }, DAY, POLICY_HINT },
	{ "sy: daily is honoured", { .sy_period_s = DAY }, DAY, POLICY_HINT },
	{ "sy: twice a day is honoured", { .sy_period_s = DAY / 2 }, 12 * HOUR, POLICY_HINT },
	{ "sy: four times an hour does not speed up", { .sy_period_s = 900 }, HOUR, POLICY_BASE },
	{ "the longest hint wins: ttl",
		{ .lifetime_s = 7200, .ttl_s = 4 * HOUR, .sy_period_s = 3 * HOUR }, 4 * HOUR,
		POLICY_HINT },
	{ "the longest hint wins: max-age",
		{ .lifetime_s = 5 * HOUR, .ttl_s = 4 * HOUR, .sy_period_s = 3 * HOUR }, 5 * HOUR,
		POLICY_HINT },
	{ "the longest hint wins: sy",
		{ .lifetime_s = 60, .ttl_s = 4 * HOUR, .sy_period_s = 6 * HOUR }, 6 * HOUR,
		POLICY_HINT },
	{ "silence beats a shorter hint",
		{ .lifetime_s = 7200,
			.newest_item_s = NOW - 7 * DAY,
			.added_at_s = NOW - 90 * DAY },
		7 * HOUR, POLICY_ADAPTIVE },
	{ "a hint beats a shorter silence",
		{ .lifetime_s = 8 * HOUR,
			.newest_item_s = NOW - 7 * DAY,
			.added_at_s = NOW - 90 * DAY },
		8 * HOUR, POLICY_HINT },

	/* Success: waste. */
	{ "one useless 200 doubles the wait", { .waste = 1 }, 2 * HOUR, POLICY_WASTE },
	{ "two useless 200s", { .waste = 2 }, 4 * HOUR, POLICY_WASTE },
	{ "three useless 200s reach the cap", { .waste = 3 }, 6 * HOUR, POLICY_WASTE },
	{ "a thousand useless 200s stay at the cap", { .waste = 1000 }, 6 * HOUR, POLICY_WASTE },
	{ "waste of a short interval grows, too", { .base_s = 900, .waste = 3 }, 2 * HOUR,
		POLICY_WASTE },
	{ "waste never makes it sooner than the base", { .base_s = 86400, .waste = 4 }, DAY,
		POLICY_BASE },
	{ "waste beats a shorter hint", { .waste = 2, .lifetime_s = 3 * HOUR }, 4 * HOUR,
		POLICY_WASTE },

	/* Errors. */
	{ "the first error waits the base", { .outcome = POLICY_FAILED, .failures = 1 }, HOUR,
		POLICY_BACKOFF },
	{ "the second error waits twice that", { .outcome = POLICY_FAILED, .failures = 2 },
		2 * HOUR, POLICY_BACKOFF },
	{ "the third error waits four times that", { .outcome = POLICY_FAILED, .failures = 3 },
		4 * HOUR, POLICY_BACKOFF },
	{ "the fifth error waits 16 hours", { .outcome = POLICY_FAILED, .failures = 5 }, 16 * HOUR,
		POLICY_BACKOFF },
	{ "the sixth error waits a day", { .outcome = POLICY_FAILED, .failures = 6 }, DAY,
		POLICY_BACKOFF },
	{ "the thousandth error waits a day", { .outcome = POLICY_FAILED, .failures = 1000 }, DAY,
		POLICY_BACKOFF },
	{ "backoff begins at the feed's interval",
		{ .base_s = 900, .outcome = POLICY_FAILED, .failures = 1 }, 15 * MIN,
		POLICY_BACKOFF },
	{ "errors are not looked at faster than success: interval",
		{ .base_s = 2 * 86400, .outcome = POLICY_FAILED, .failures = 1 }, 2 * DAY,
		POLICY_BASE },
	{ "errors are not looked at faster than success: max-age",
		{ .lifetime_s = 5 * HOUR, .outcome = POLICY_FAILED, .failures = 1 }, 5 * HOUR,
		POLICY_HINT },
	{ "errors are not looked at faster than success: silence",
		{ .newest_item_s = NOW - 7 * DAY,
			.added_at_s = NOW - 90 * DAY,
			.outcome = POLICY_FAILED,
			.failures = 2 },
		7 * HOUR, POLICY_ADAPTIVE },
	{ "404 once is an error like others",
		{ .outcome = POLICY_MISSING, .failures = 1, .not_feed_since_s = NOW }, HOUR,
		POLICY_BACKOFF },
	{ "404 thrice",
		{ .outcome = POLICY_MISSING, .failures = 3, .not_feed_since_s = NOW - 3 * HOUR },
		4 * HOUR, POLICY_BACKOFF },
	{ "404 for 14 days is a day still",
		{ .outcome = POLICY_MISSING, .failures = 30, .not_feed_since_s = NOW - 14 * DAY },
		DAY, POLICY_BACKOFF },
	{ "404 for more than 14 days is a week",
		{ .outcome = POLICY_MISSING,
			.failures = 30,
			.not_feed_since_s = NOW - 14 * DAY - 1 },
		7 * DAY, POLICY_BACKOFF },
	{ "404 for a year is a week, never silence",
		{ .outcome = POLICY_MISSING, .failures = 90, .not_feed_since_s = NOW - 365 * DAY },
		7 * DAY, POLICY_BACKOFF },
	{ "500 after months of 404 is an ordinary error",
		{ .outcome = POLICY_FAILED, .failures = 90, .not_feed_since_s = NOW - 365 * DAY },
		DAY, POLICY_BACKOFF },
	{ "403 waits four hours", { .outcome = POLICY_DENIED, .failures = 1 }, 4 * HOUR,
		POLICY_BACKOFF },
	{ "403 twice waits eight hours", { .outcome = POLICY_DENIED, .failures = 2 }, 8 * HOUR,
		POLICY_BACKOFF },
	{ "403 with a long interval begins there",
		{ .base_s = 6 * 3600, .outcome = POLICY_DENIED, .failures = 1 }, 6 * HOUR,
		POLICY_BACKOFF },
	{ "403 six times waits 128 hours", { .outcome = POLICY_DENIED, .failures = 6 }, 128 * HOUR,
		POLICY_BACKOFF },
	{ "403 seven times waits a week", { .outcome = POLICY_DENIED, .failures = 7 }, 7 * DAY,
		POLICY_BACKOFF },
	{ "403 for ever waits a week", { .outcome = POLICY_DENIED, .failures = 4000000000u },
		7 * DAY, POLICY_BACKOFF },
	{ "a success forgets the failures", { .failures = 0 }, HOUR, POLICY_BASE },

	/* Holds. */
	{ "429 without a word keeps the feed's interval", { .outcome = POLICY_HELD }, HOUR,
		POLICY_BASE },
	{ "a hold shorter than the interval changes nothing",
		{ .outcome = POLICY_HELD, .hold_until_s = NOW + 600 }, HOUR, POLICY_BASE },
	{ "a hold of two hours waits two hours",
		{ .outcome = POLICY_HELD, .hold_until_s = NOW + 2 * HOUR }, 2 * HOUR, POLICY_HOLD },
	{ "a hold of 30 days waits 30 days",
		{ .outcome = POLICY_HELD, .hold_until_s = NOW + 30 * DAY }, 30 * DAY, POLICY_HOLD },
	{ "a hold that is over says nothing", { .outcome = POLICY_HELD, .hold_until_s = NOW - 1 },
		HOUR, POLICY_BASE },
	{ "a hold counts after a success, too", { .hold_until_s = NOW + 5 * HOUR }, 5 * HOUR,
		POLICY_HOLD },
	{ "a hold counts after an error, too",
		{ .outcome = POLICY_FAILED, .failures = 1, .hold_until_s = NOW + 5 * HOUR },
		5 * HOUR, POLICY_HOLD },
	{ "429 with a hint waits for the hint",
		{ .outcome = POLICY_HELD, .lifetime_s = 3 * HOUR, .hold_until_s = NOW + HOUR },
		3 * HOUR, POLICY_HINT },
	{ "429 keeps an earlier backoff", { .outcome = POLICY_HELD, .failures = 3 }, 4 * HOUR,
		POLICY_BACKOFF },

	/* Hours and days to skip: now is Wednesday 10:15 UTC, the look 11:15. */
	{ "a skipped hour is waited out", { .skip_hours = 1u << 11 }, 105 * MIN, POLICY_SKIP },
	{ "a skipped hour that begins within a second is waited out, too",
		{ .base_s = 2698.5, .skip_hours = 1u << 11 }, 105 * MIN, POLICY_SKIP },
	{ "two skipped hours are waited out", { .skip_hours = 3u << 11 }, 165 * MIN, POLICY_SKIP },
	{ "another skipped hour changes nothing", { .skip_hours = 1u << 10 }, HOUR, POLICY_BASE },
	{ "skipped hours go on past midnight", { .skip_hours = 0xfff800 }, 13 * HOUR + 45 * MIN,
		POLICY_SKIP },
	{ "all hours skipped say nothing", { .skip_hours = 0xffffff }, HOUR, POLICY_BASE },
	{ "a skipped day is waited out", { .skip_days = 1u << 3 }, 13 * HOUR + 45 * MIN,
		POLICY_SKIP },
	{ "another skipped day changes nothing", { .skip_days = 1u << 4 }, HOUR, POLICY_BASE },
	{ "two skipped days are waited out", { .skip_days = 3u << 3 }, 37 * HOUR + 45 * MIN,
		POLICY_SKIP },
	{ "all days skipped say nothing", { .skip_days = 0x7f }, HOUR, POLICY_BASE },
	{ "a skipped day and then skipped hours", { .skip_days = 1u << 3, .skip_hours = 7 },
		16 * HOUR + 45 * MIN, POLICY_SKIP },
	{ "all but one hour of the week",
		{ .skip_days = 0x7f & ~(1u << 2), .skip_hours = 0xffffff & ~(1u << 9) },
		5 * DAY + 22 * HOUR + 45 * MIN, POLICY_SKIP },
	{ "days without hours to skip: hours all set",
		{ .skip_days = 1u << 3, .skip_hours = 0xffffff }, 13 * HOUR + 45 * MIN,
		POLICY_SKIP },
	{ "skipping counts after a hold",
		{ .outcome = POLICY_HELD, .hold_until_s = NOW + 2 * HOUR, .skip_hours = 1u << 12 },
		165 * MIN, POLICY_SKIP },
	{ "skipping counts after an error",
		{ .outcome = POLICY_FAILED, .failures = 1, .skip_hours = 1u << 11 }, 105 * MIN,
		POLICY_SKIP },
};

static void the_wait_is_what_the_rules_say(void **state)
{
	struct policy_next next;

	(void)state;
	assert_true(sizeof(rows) / sizeof(rows[0]) >= 80);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		next = next_of(&rules, rows[i].of);
		if (next.next_s - NOW != rows[i].wait_s + !is_moment(rows[i].reason) ||
			next.reason != rows[i].reason)
			fail_msg("%s: waits %lld s because of %s", rows[i].claim,
				(long long)(next.next_s - NOW), policy_reason_word(next.reason));
	}
}

static void who_is_asked_with_the_second_is_so_the_next_time(void **state)
{
	struct policy_case of = { .base_s = 1, .punctual = true };

	(void)state;
	assert_int_equal(next_of(&rules, of).next_s, NOW + 1);
	of.base_s = 1.5;
	assert_int_equal(next_of(&rules, of).next_s, NOW + 2);
}

/* Every row again with the greatest chance: never sooner, and not much later. */
static void chance_only_ever_adds(void **state)
{
	struct policy_next without, with;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct policy_case of = rows[i].of;

		without = next_of(&rules, of);
		of.random[0] = of.random[1] = of.random[2] = ALL_MAX;
		with = next_of(&rules, of);
		assert_true(with.next_s >= without.next_s);
		if (with.reason != POLICY_SKIP && without.reason != POLICY_SKIP)
			assert_true(with.next_s <= without.next_s + 1800);
	}
}

static void gone_is_never_asked_again(void **state)
{
	struct policy_case of = { .outcome = POLICY_GONE, .failures = 1 };
	struct policy_next next;

	(void)state;
	next = next_of(&rules, of);
	assert_true(next.next_s == INT64_MAX);
	assert_string_equal(policy_reason_word(next.reason), "gone");
}

static void only_what_is_missing_for_long_is_dead(void **state)
{
	struct policy_case of = {
		.outcome = POLICY_MISSING, .failures = 9, .not_feed_since_s = NOW - 15 * DAY
	};
	struct policy_next next;

	(void)state;
	next = next_of(&rules, of);
	assert_true(next.dead);
	of.outcome = POLICY_FAILED;
	next = next_of(&rules, of);
	assert_false(next.dead);
}

static void terms_are_told_one_by_one(void **state)
{
	struct policy_case of = { .lifetime_s = 5 * HOUR,
		.waste = 1,
		.newest_item_s = NOW - 3 * DAY,
		.added_at_s = NOW - 90 * DAY,
		.hold_until_s = NOW + 100 };
	struct policy_next next;

	(void)state;
	next = next_of(&rules, of);
	assert_int_equal(next.terms[POLICY_BASE], HOUR);
	assert_int_equal(next.terms[POLICY_ADAPTIVE], 3 * HOUR);
	assert_int_equal(next.terms[POLICY_HINT], 5 * HOUR);
	assert_int_equal(next.terms[POLICY_WASTE], 2 * HOUR);
	assert_int_equal(next.terms[POLICY_BACKOFF], 0);
	assert_int_equal(next.terms[POLICY_HOLD], 100);
	assert_int_equal(next.terms[POLICY_SKIP], 0);
	assert_int_equal(next.reason, POLICY_HINT);
}

static void no_interval_is_below_the_floor(void **state)
{
	(void)state;
	assert_true(policy_base_s(&rules, -1, false) == 3600);
	assert_true(policy_base_s(&rules, 1800, false) == 1800);
	assert_true(policy_base_s(&rules, 60, false) == 900);
	assert_true(policy_base_s(&rules, 0, false) == 900);
	assert_true(policy_base_s(&rules, 60, true) == 60);
}

static void answers_are_sorted_by_what_they_ask_for(void **state)
{
	static const struct {
		unsigned status;
		enum err_code error;
		bool retry_after;
		enum policy_outcome outcome;
	} cases[] = {
		{ 200, ERR_NONE, false, POLICY_OK },
		{ 304, ERR_NONE, false, POLICY_OK },
		{ 206, ERR_NONE, false, POLICY_OK },
		{ 226, ERR_NONE, false, POLICY_OK },
		{ 200, ERR_NOT_FEED, false, POLICY_MISSING },
		{ 200, ERR_SYNTAX, false, POLICY_FAILED },
		{ 200, ERR_EMPTY, false, POLICY_FAILED },
		{ 304, ERR_UNSOLICITED_304, false, POLICY_FAILED },
		{ 401, ERR_HTTP, false, POLICY_DENIED },
		{ 403, ERR_HTTP, false, POLICY_DENIED },
		{ 451, ERR_HTTP, false, POLICY_DENIED },
		{ 404, ERR_HTTP, false, POLICY_MISSING },
		{ 410, ERR_GONE, false, POLICY_GONE },
		{ 400, ERR_HTTP, false, POLICY_FAILED },
		{ 418, ERR_HTTP, true, POLICY_FAILED },
		{ 429, ERR_HTTP, false, POLICY_HELD },
		{ 429, ERR_HTTP, true, POLICY_HELD },
		{ 500, ERR_HTTP, false, POLICY_FAILED },
		{ 503, ERR_HTTP, false, POLICY_FAILED },
		{ 503, ERR_HTTP, true, POLICY_HELD },
		{ 0, ERR_DNS, false, POLICY_FAILED },
		{ 0, ERR_TLS, false, POLICY_FAILED },
		{ 0, ERR_HELD, false, POLICY_HELD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (policy_outcome_of(cases[i].status, cases[i].error, cases[i].retry_after) !=
			cases[i].outcome)
			fail_msg("%u %s", cases[i].status, err_word(cases[i].error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_is_what_the_rules_say),
		cmocka_unit_test(who_is_asked_with_the_second_is_so_the_next_time),
		cmocka_unit_test(chance_only_ever_adds),
		cmocka_unit_test(gone_is_never_asked_again),
		cmocka_unit_test(only_what_is_missing_for_long_is_dead),
		cmocka_unit_test(terms_are_told_one_by_one),
		cmocka_unit_test(no_interval_is_below_the_floor),
		cmocka_unit_test(answers_are_sorted_by_what_they_ask_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
