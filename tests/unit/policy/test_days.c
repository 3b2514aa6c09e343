#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "daemon/policy.h"

/*
 * Thirty days of three hundred feeds, driven through the rules as the conductor
 * would: more than ten thousand looks.  Written down as days.csv beside the
 * test, and looked at as a whole: nobody before a limit, no herd, and how long
 * a new item waits beside the least that the publishers' wishes allow.
 */

#define FEEDS 300u
#define DAYS 30
#define DAY INT64_C(86400)
#define BEGIN INT64_C(1780444800) /* 2026-06-03T00:00:00Z */
#define END (BEGIN + DAYS * DAY)
#define LOOKS_LEAST 10000u
#define LOOKS_ROOM 400000u

static const struct policy_rules rules = { .interval_s = 3600,
	.floor_s = 900,
	.adaptive_max_s = 86400,
	.hint_max_s = 86400,
	.waste_max_s = 21600,
	.backoff_max_s = 86400,
	.jitter = 0.10,
	.avoid_hot = true };

/* One publisher: how often something comes, and what he asks for. */
struct publisher {
	int64_t every_s;    /* between two items */
	int64_t lifetime_s; /* -1: says nothing */
	int64_t ttl_s;
	uint32_t skip_hours;
	unsigned fails; /* of a hundred looks */
	bool full;      /* never answers 304 */
};

struct look {
	unsigned feed;
	int64_t at_s, limit_s; /* and when it was allowed at the earliest */
	enum policy_reason reason;
};

struct days {
	struct look *looks;
	size_t count;
	double delay_s, least_delay_s; /* of new items, in sum */
	size_t items;
};

static uint64_t random_state = 1;

/* splitmix64: the same thirty days each time. */
static uint64_t some_bits(void)
{
	uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static struct publisher publisher_of(unsigned feed)
{
	static const int64_t rhythms[] = { 1800, 7200, 6 * 3600, DAY, 7 * DAY, 30 * DAY };
	static const int64_t lifetimes[] = { -1, -1, 300, 3600, 4 * 3600, 365 * DAY };

	return (struct publisher){ .every_s = rhythms[feed % 6],
		.lifetime_s = lifetimes[feed / 6 % 6],
		.ttl_s = feed % 7 == 0 ? 2 * 3600 : -1,
		.skip_hours = feed % 11 == 0 ? 0x00003f : 0,
		.fails = feed % 13 == 0 ? 30 : 0,
		.full = feed % 17 == 0 };
}

/* The most that rules and wishes ask for before the next look, said anew in
 * plain words rather than taken from the code under test. */
static int64_t polite_wait(const struct publisher *by, unsigned failures)
{
	int64_t wait_s = 3600;

	if (failures > 0) {
		wait_s = failures > 5 ? DAY : INT64_C(3600) << (failures - 1);
		return wait_s < DAY ? wait_s : DAY;
	}
	if (by->lifetime_s > wait_s)
		wait_s = by->lifetime_s < DAY ? by->lifetime_s : DAY;
	return by->ttl_s > wait_s ? by->ttl_s : wait_s;
}

/* What a look brings: the items since the last one that succeeded. */
static int64_t take_items(struct days *days, const struct publisher *by, int64_t first_s,
	int64_t seen_s, int64_t at_s)
{
	int64_t newest_s = 0;
	int64_t due_s = first_s + ((seen_s - first_s) / by->every_s + 1) * by->every_s;

	if (seen_s < first_s)
		due_s = first_s;
	for (; due_s <= at_s; due_s += by->every_s) {
		newest_s = due_s;
		days->delay_s += (double)(at_s - due_s);
		days->least_delay_s += (double)polite_wait(by, 0) / 2;
		days->items++;
	}
	return newest_s;
}

static void live(struct days *days, unsigned feed)
{
	const struct publisher by = publisher_of(feed);
	int64_t added_s = BEGIN - DAY + (int64_t)(some_bits() % (uint64_t)DAY);
	int64_t first_s = added_s + (int64_t)(some_bits() % (uint64_t)by.every_s);
	uint64_t turn[2] = { some_bits(), some_bits() };
	int64_t at_s = policy_spread(&rules, BEGIN, 900, feed, FEEDS, turn);
	int64_t limit_s = BEGIN, seen_s = added_s, newest_s = added_s;
	unsigned failures = 0, waste = 0;
	enum policy_reason reason = POLICY_BASE;

	while (at_s < END) {
		struct policy_case of = { .now_s = at_s,
			.base_s = policy_base_s(&rules, -1, false),
			.lifetime_s = by.lifetime_s,
			.ttl_s = by.ttl_s,
			.sy_period_s = -1,
			.skip_hours = by.skip_hours,
			.added_at_s = added_s,
			.random = { some_bits(), some_bits(), some_bits() } };
		struct policy_next next;

		assert_true(days->count < LOOKS_ROOM);
		days->looks[days->count++] = (struct look){ feed, at_s, limit_s, reason };
		if (some_bits() % 100 < by.fails) {
			failures++;
			of.outcome = POLICY_FAILED;
		} else {
			int64_t item_s = take_items(days, &by, first_s, seen_s, at_s);

			failures = 0;
			waste = item_s > 0 || !by.full ? 0 : waste + 1;
			newest_s = item_s > 0 ? item_s : newest_s;
			seen_s = at_s;
		}
		of.failures = failures;
		of.waste = waste;
		of.newest_item_s = newest_s;
		of.last_new_s = newest_s;
		policy_next(&rules, &of, &next);
		limit_s = at_s + polite_wait(&by, failures);
		reason = next.reason;
		at_s = next.next_s;
	}
}

static void write_csv(const struct days *days)
{
	FILE *file = fopen(BUILD_DIR "/days.csv", "we");

	assert_non_null(file);
	fprintf(file, "feed,at,allowed,reason\n");
	for (size_t i = 0; i < days->count; i++)
		fprintf(file, "%u,%lld,%lld,%s\n", days->looks[i].feed,
			(long long)days->looks[i].at_s, (long long)days->looks[i].limit_s,
			policy_reason_word(days->looks[i].reason));
	assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
	struct days *days = calloc(1, sizeof(*days));

	assert_non_null(days);
	days->looks = calloc(LOOKS_ROOM, sizeof(*days->looks));
	assert_non_null(days->looks);
	for (unsigned feed = 0; feed < FEEDS; feed++)
		live(days, feed);
	write_csv(days);
	*state = days;
	return 0;
}

static int teardown(void **state)
{
	struct days *days = *state;

	free(days->looks);
	free(days);
	return 0;
}

static void test_enough_looks_to_say_something(void **state)
{
	const struct days *days = *state;

	assert_true(days->count >= LOOKS_LEAST);
	assert_true(days->items > FEEDS);
}

static void test_no_look_is_before_its_limit(void **state)
{
	const struct days *days = *state;

	for (size_t i = 0; i < days->count; i++)
		assert_true(days->looks[i].at_s >= days->looks[i].limit_s);
}

static void test_no_scheduled_look_is_in_a_skipped_hour(void **state)
{
	const struct days *days = *state;

	for (size_t i = 0; i < days->count; i++) {
		const struct look *look = &days->looks[i];
		unsigned hour = (unsigned)(look->at_s % DAY / 3600);

		if (look->at_s >= BEGIN + 900) /* the first look is the start's */
			assert_false(publisher_of(look->feed).skip_hours >> hour & 1);
	}
}

static void test_none_is_at_a_hot_moment(void **state)
{
	const struct days *days = *state;

	for (size_t i = 0; i < days->count; i++) {
		int64_t at_s = days->looks[i].at_s;

		assert_true(at_s % 3600 >= 90);
		assert_true(at_s % 300 >= 15);
	}
}

/*
 * Each minute of the hour but the hot ones gets its part, and once the start is
 * behind no minute of the month sees more than a few per cent of the feeds.
 */
static void test_there_is_no_herd(void **state)
{
	const struct days *days = *state;
	static unsigned of_month[DAYS * 1440];
	size_t of_hour[60] = { 0 }, counted = 0;

	for (size_t i = 0; i < days->count; i++) {
		int64_t at_s = days->looks[i].at_s;

		if (at_s < BEGIN + DAY)
			continue;
		counted++;
		of_hour[at_s % 3600 / 60]++;
		of_month[(at_s - BEGIN) / 60]++;
	}
	for (size_t minute = 2; minute < 60; minute++) {
		assert_true(of_hour[minute] * 60 > counted / 2);
		assert_true(of_hour[minute] * 60 < counted * 2);
	}
	for (size_t minute = 0; minute < DAYS * 1440; minute++)
		assert_true(of_month[minute] <= FEEDS / 12);
}

static void test_a_new_item_waits_little_longer_than_politeness_asks(void **state)
{
	const struct days *days = *state;
	double mean_s = days->delay_s / (double)days->items;
	double least_s = days->least_delay_s / (double)days->items;

	print_message("%zu looks, %zu items, mean delay %.0f s, polite minimum %.0f s\n",
		days->count, days->items, mean_s, least_s);
	assert_true(mean_s > least_s * 0.8);
	assert_true(mean_s < least_s * 1.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enough_looks_to_say_something),
		cmocka_unit_test(test_no_look_is_before_its_limit),
		cmocka_unit_test(test_no_scheduled_look_is_in_a_skipped_hour),
		cmocka_unit_test(test_none_is_at_a_hot_moment),
		cmocka_unit_test(test_there_is_no_herd),
		cmocka_unit_test(test_a_new_item_waits_little_longer_than_politeness_asks),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
