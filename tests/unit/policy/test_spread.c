/* Looks are spread by chance, and none falls when everybody asks. */
#include "tests/unit/policy/usual.h"

static void jitter_is_a_tenth_and_at_most_half_an_hour(void **state)
{
	struct policy_case of = { .random = { ALL_MAX, 0, 0 } };
	struct policy_next next;

	(void)state;
	next = next_of(&rules, of);
	assert_int_equal(next.next_s - NOW, HOUR + 360 + 1);
	of.base_s = 86400;
	next = next_of(&rules, of);
	assert_int_equal(next.next_s - NOW, DAY + 1800 + 1);
}

static void a_skip_ends_within_a_quarter_of_an_hour(void **state)
{
	struct policy_case of = { .skip_hours = 1u << 11, .random = { 0, ALL_MAX, 0 } };
	struct policy_next next;

	(void)state;
	next = next_of(&rules, of);
	assert_int_equal(next.next_s - NOW, 105 * MIN + 900);
}

static void no_look_falls_into_a_hot_window(void **state)
{
	struct policy_rules cool = rules;
	struct policy_case of = { .now_s = NOW };
	struct policy_next next;
	uint64_t bits = 1;

	(void)state;
	cool.avoid_hot = true;
	for (int64_t i = 0; i < 20000; i++) {
		of.now_s = NOW + i;
		for (size_t j = 0; j < 3; j++)
			of.random[j] = bits = bits * UINT64_C(6364136223846793005) +
					      1442695040888963407;
		next = next_of(&cool, of);
		assert_true(next.next_s % HOUR >= 90);
		assert_true(next.next_s % 300 >= 15);
		assert_true(next.next_s > of.now_s + HOUR);
		assert_true(next.next_s <= of.now_s + HOUR + 1 + 360 + 201);
	}
}

static void nor_does_what_is_spread(void **state)
{
	struct policy_rules cool = rules;
	uint64_t random[2] = { 0, 1 };
	int64_t warm_s, cool_s;

	(void)state;
	cool.avoid_hot = true;
	for (size_t i = 0; i < 20000; i++) {
		for (size_t j = 0; j < 2; j++)
			random[j] = random[1] * UINT64_C(6364136223846793005) +
				    UINT64_C(1442695040888963407);
		warm_s = policy_spread(&rules, NOW + (int64_t)i, 900, i % 60, 60, random);
		cool_s = policy_spread(&cool, NOW + (int64_t)i, 900, i % 60, 60, random);
		assert_in_range(warm_s - NOW - (int64_t)i, i % 60 * 15, i % 60 * 15 + 15);
		assert_true(cool_s % HOUR >= 90);
		assert_true(cool_s % 300 >= 15);
		assert_true(cool_s == warm_s || (cool_s >= warm_s + 90 && cool_s <= warm_s + 200));
	}
	/* A feed alone, and no time to spread it over. */
	assert_int_equal(policy_spread(&rules, NOW, 0, 0, 1, random), NOW);
}

static void the_first_of_a_spread_is_not_kept_waiting(void **state)
{
	static const uint64_t last[2] = { UINT64_MAX, UINT64_MAX };

	(void)state;
	assert_int_equal(policy_spread(&rules, NOW, 3, 0, 1, last), NOW);
	assert_int_equal(policy_spread(&rules, NOW, 900, 0, 60, last), NOW);
	assert_in_range(policy_spread(&rules, NOW, 900, 1, 60, last), NOW + 15, NOW + 30);
}

static void the_step_beside_a_hot_window_stays_out_of_skipped_hours(void **state)
{
	struct policy_rules cool = rules;
	struct policy_case of = { .skip_hours = 0x555555, .random = { 0, 0, ALL_MAX } };
	struct policy_next next;

	(void)state;
	cool.avoid_hot = true;
	for (int64_t i = 0; i < DAY; i += 7) {
		of.now_s = NOW + i;
		next = next_of(&cool, of);
		assert_int_equal(next.next_s / HOUR % 24 % 2, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jitter_is_a_tenth_and_at_most_half_an_hour),
		cmocka_unit_test(a_skip_ends_within_a_quarter_of_an_hour),
		cmocka_unit_test(no_look_falls_into_a_hot_window),
		cmocka_unit_test(nor_does_what_is_spread),
		cmocka_unit_test(the_first_of_a_spread_is_not_kept_waiting),
		cmocka_unit_test(the_step_beside_a_hot_window_stays_out_of_skipped_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
