/* The arithmetic of holds and learned gaps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/fetch/hold.h"

#define NOW_S INT64_C(1795000000)
#define HOUR INT64_C(3600)
#define DAY INT64_C(86400)
#define COUNT(x) (sizeof(x) / sizeof((x)[0]))

static const struct fetch_options options = { .gap_ms = 5000, .retry_after_max_s = 30 * DAY };

/* A moment's second stands for all of it: a hold is that much longer. */
static int64_t after(int64_t now_s, int64_t seconds)
{
	return now_s + seconds + 1;
}

static struct hold_answer answer_of(unsigned status)
{
	return (struct hold_answer){
		.status = status, .url = "u", .retry_after_s = -1, .reset_s = -1, .lifetime_s = -1
	};
}

static void the_longest_of_what_a_429_says_counts(void **state)
{
	static const struct {
		int64_t retry_after_s, lifetime_s, reset_s, want;
	} rows[] = {
		{ 60, -1, -1, 60 }, { 60, 2 * DAY, -1, 2 * DAY }, { 60, 0, 300, 300 },
		{ -1, 120, -1, 120 }, { -1, -1, 45, 45 }, { -1, -1, -1, HOUR }, /* without a word */
		{ -1, 0, -1, HOUR }, { 0, -1, -1, 0 },                          /* "now": no hold */
		{ 0, 90, -1, 90 }, { 90 * DAY, -1, -1, 30 * DAY },              /* the cap */
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct fetch_hold hold = { 0 };
		struct hold_herd herd = { 0 };
		struct hold_answer answer = answer_of(429);

		answer.retry_after_s = rows[i].retry_after_s;
		answer.lifetime_s = rows[i].lifetime_s;
		answer.reset_s = rows[i].reset_s;
		assert_true(hold_update(&hold, &herd, &answer, &options, NOW_S));
		assert_int_equal(hold.until_s, rows[i].want > 0 ? after(NOW_S, rows[i].want) : 0);
		assert_int_equal(hold_left_s(&hold, NOW_S, 30 * DAY),
			hold.until_s > 0 ? rows[i].want + 1 : 0);
		assert_int_equal(hold.strikes, 1);
	}
}

static void silent_429s_in_a_row_double(void **state)
{
	static const int64_t want[] = { HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, DAY };
	struct fetch_hold hold = { 0 };
	struct hold_herd herd = { 0 };
	struct hold_answer answer = answer_of(429), fine = answer_of(304);
	int64_t now = NOW_S;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(want); i++) {
		hold_update(&hold, &herd, &answer, &options, now);
		assert_int_equal(hold.until_s, after(now, want[i]));
		now = hold.until_s;
	}
	assert_true(hold_update(&hold, &herd, &fine, &options, now));
	assert_int_equal(hold.strikes, 0);
	hold_update(&hold, &herd, &answer, &options, now);
	assert_int_equal(hold.until_s, after(now, HOUR));
}

static void a_gap_doubles_at_a_429_and_halves_each_clean_day(void **state)
{
	struct fetch_hold hold = { 0 };
	struct hold_herd herd = { 0 };
	struct hold_answer answer = answer_of(429), fine = answer_of(200);
	int i;

	(void)state;
	hold_update(&hold, &herd, &answer, &options, NOW_S);
	assert_int_equal(hold_gap_ms(&hold, 5000, NOW_S), 10000);
	hold_update(&hold, &herd, &answer, &options, NOW_S);
	assert_int_equal(hold_gap_ms(&hold, 5000, NOW_S), 20000);
	assert_int_equal(hold_gap_ms(&hold, 5000, NOW_S + DAY - 1), 20000);
	assert_int_equal(hold_gap_ms(&hold, 5000, NOW_S + DAY), 10000);
	assert_int_equal(hold_gap_ms(&hold, 5000, NOW_S + 2 * DAY), 5000);
	assert_int_equal(hold_gap_ms(&hold, 5000, NOW_S + 200 * DAY), 5000);
	for (i = 0; i < 10; i++)
		hold_update(&hold, &herd, &answer, &options, NOW_S);
	assert_int_equal(hold_gap_ms(&hold, 5000, NOW_S), 300000);
	assert_true(hold_update(&hold, &herd, &fine, &options, NOW_S + 9 * DAY));
	assert_int_equal(hold.gap_ms, 0); /* forgotten once it is the default again */
	assert_false(hold_update(&hold, &herd, &fine, &options, NOW_S + 9 * DAY));
}

static void a_hold_of_a_clock_that_was_ahead_is_as_long_by_the_right_one(void **state)
{
	struct fetch_hold hold = { 0 };
	struct hold_herd herd = { 0 };
	struct hold_answer busy = answer_of(503), many = answer_of(429);
	int64_t ahead = NOW_S + 365 * DAY;

	(void)state;
	busy.retry_after_s = 60;
	hold_update(&hold, &herd, &busy, &options, ahead);
	hold_clamp(&hold, NOW_S, 30 * DAY);
	assert_int_equal(hold.until_s, after(NOW_S, 60));
	hold_clamp(&hold, NOW_S, 30 * DAY);
	assert_int_equal(hold.until_s, after(NOW_S, 60));
	hold_update(&hold, &herd, &many, &options, NOW_S + DAY);
	hold_clamp(&hold, NOW_S, 30 * DAY);
	assert_int_equal(hold.until_s, after(NOW_S, HOUR));
	assert_int_equal(hold_gap_ms(&hold, 5000, NOW_S), 10000);
	hold_clamp(&hold, NOW_S + HOUR / 2, 30 * DAY);
	assert_int_equal(hold.until_s, after(NOW_S, HOUR));
}

static void a_hold_is_as_long_where_the_clock_is_set_forward(void **state)
{
	struct fetch_hold hold = { 0 };
	struct hold_herd herd = { 0 };
	struct hold_answer many = answer_of(429);

	(void)state;
	hold_update(&hold, &herd, &many, &options, NOW_S);
	hold_step(&hold, NOW_S + DAY, DAY);
	assert_int_equal(hold.until_s, after(NOW_S + DAY, HOUR));
	assert_int_equal(hold_gap_ms(&hold, 5000, NOW_S + DAY), 10000);
	/* What is over stays so. */
	hold_step(&hold, NOW_S + 3 * DAY, DAY);
	assert_int_equal(hold.until_s, after(NOW_S + DAY, HOUR));
}

static void herds_of_403_hold_for_hours(void **state)
{
	struct fetch_hold hold = { 0 };
	struct hold_herd herd = { 0 };
	struct hold_answer a = answer_of(403), b = answer_of(403);

	(void)state;
	b.url = "v";
	assert_false(hold_update(&hold, &herd, &a, &options, NOW_S));
	assert_false(hold_update(&hold, &herd, &b, &options, NOW_S + HOUR + 1));
	assert_true(hold_update(&hold, &herd, &a, &options, NOW_S + HOUR + 2));
	assert_int_equal(hold.until_s, after(NOW_S + HOUR + 2, 4 * HOUR));
	assert_false(hold_update(&hold, &herd, &a, &options, NOW_S + DAY));
	assert_true(hold_update(&hold, &herd, &b, &options, NOW_S + DAY + 1));
	assert_int_equal(hold.until_s, after(NOW_S + DAY + 1, 8 * HOUR));
}

static void refused_herds_and_429s_are_counted_apart(void **state)
{
	struct fetch_hold hold = { 0 };
	struct hold_herd herd = { 0 };
	struct hold_answer a = answer_of(403), b = answer_of(403);
	struct hold_answer many = answer_of(429), fine = answer_of(200);
	int64_t now = NOW_S;

	(void)state;
	b.url = "v";
	hold_update(&hold, &herd, &a, &options, now);
	assert_true(hold_update(&hold, &herd, &b, &options, now));
	now = hold.until_s;
	hold_update(&hold, &herd, &many, &options, now);
	assert_int_equal(hold.until_s, after(now, HOUR));
	assert_string_equal(hold.reason, "429 without a word, 1 in a row");
	now = hold.until_s;
	hold_update(&hold, &herd, &a, &options, now);
	assert_true(hold_update(&hold, &herd, &b, &options, now));
	assert_int_equal(hold.until_s, after(now, 8 * HOUR));
	assert_true(hold_update(&hold, &herd, &fine, &options, hold.until_s));
	assert_int_equal(hold.strikes + hold.herds, 0);
}

static void a_503_holds_only_if_it_says_so(void **state)
{
	struct fetch_hold hold = { 0 };
	struct hold_herd herd = { 0 };
	struct hold_answer answer = answer_of(503);

	(void)state;
	assert_false(hold_update(&hold, &herd, &answer, &options, NOW_S));
	answer.retry_after_s = 0;
	assert_false(hold_update(&hold, &herd, &answer, &options, NOW_S));
	answer.retry_after_s = 600;
	assert_true(hold_update(&hold, &herd, &answer, &options, NOW_S));
	assert_int_equal(hold.until_s, after(NOW_S, 600));
	assert_int_equal(hold.strikes, 0);
}

static void a_shorter_wish_does_not_shorten_a_hold(void **state)
{
	struct fetch_hold hold = { .until_s = NOW_S + DAY };
	struct hold_herd herd = { 0 };
	struct hold_answer answer = answer_of(429);

	(void)state;
	answer.retry_after_s = 10;
	hold_update(&hold, &herd, &answer, &options, NOW_S);
	assert_int_equal(hold.until_s, NOW_S + DAY);
}

static void a_clock_that_went_back_holds_nobody_for_years(void **state)
{
	struct fetch_hold hold = { .until_s = NOW_S + 3650 * DAY };

	(void)state;
	assert_int_equal(hold_left_s(&hold, NOW_S, 30 * DAY), 30 * DAY);
	assert_int_equal(hold_left_s(&hold, NOW_S + 3650 * DAY, 30 * DAY), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_of_what_a_429_says_counts),
		cmocka_unit_test(silent_429s_in_a_row_double),
		cmocka_unit_test(a_gap_doubles_at_a_429_and_halves_each_clean_day),
		cmocka_unit_test(a_hold_of_a_clock_that_was_ahead_is_as_long_by_the_right_one),
		cmocka_unit_test(a_hold_is_as_long_where_the_clock_is_set_forward),
		cmocka_unit_test(herds_of_403_hold_for_hours),
		cmocka_unit_test(refused_herds_and_429s_are_counted_apart),
		cmocka_unit_test(a_503_holds_only_if_it_says_so),
		cmocka_unit_test(a_shorter_wish_does_not_shorten_a_hold),
		cmocka_unit_test(a_clock_that_went_back_holds_nobody_for_years),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
