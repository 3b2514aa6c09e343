#include "daemon/policy.h"

#include <stddef.h>

#include "common/time.h"

#define HOUR_S 3600
#define DAY_S 86400
#define JITTER_MAX_S 1800.0 /* however long the interval is */
#define DENIED_LEAST_S (4.0 * HOUR_S)
#define DENIED_CAPS 7 /* times the cap of other errors */
#define DEAD_AFTER_S (14 * DAY_S)
#define DEAD_INTERVAL_S (7.0 * DAY_S)
#define SILENCE_PARTS 24 /* wait at most this part of the silence so far */
#define SKIP_SPREAD_S 900.0
#define EXPONENT_MAX 40 /* 2^40 s is beyond every cap */

/* Uniform in [0, most). */
static double some(uint64_t random, double most)
{
	return (double)(random >> 11) * 0x1.0p-53 * most;
}

static double greater(double a, double b)
{
	return a > b ? a : b;
}

static double lesser(double a, double b)
{
	return a < b ? a : b;
}

/* base * 2^exponent */
static double doubled(double base_s, unsigned exponent)
{
	unsigned shift = exponent < EXPONENT_MAX ? exponent : EXPONENT_MAX;

	return base_s * (double)(UINT64_C(1) << shift);
}

/* A moment of the future is no silence: clocks differ, and so do publishers. */
static int64_t not_after(int64_t moment_s, int64_t now_s)
{
	return moment_s < now_s ? moment_s : now_s;
}

static double adaptive_term(const struct policy_rules *rules, const struct policy_case *of)
{
	int64_t last_s = not_after(of->newest_item_s, of->now_s);
	int64_t new_s = not_after(of->last_new_s, of->now_s);
	int64_t added_s = not_after(of->added_at_s, of->now_s);
	double idle_s;

	last_s = new_s > last_s ? new_s : last_s;
	last_s = added_s > last_s ? added_s : last_s;
	idle_s = (double)(of->now_s - last_s);
	return greater(of->base_s, lesser(idle_s / SILENCE_PARTS, rules->adaptive_max_s));
}

/* What server and document ask for; it can only slow down. */
static double hint_term(const struct policy_rules *rules, const struct policy_case *of)
{
	double hint_s = greater(
		(double)of->lifetime_s, greater((double)of->ttl_s, (double)of->sy_period_s));

	return greater(0, lesser(rules->hint_max_s, hint_s));
}

static double waste_term(const struct policy_rules *rules, const struct policy_case *of)
{
	return of->waste == 0 ? 0 : lesser(rules->waste_max_s, doubled(of->base_s, of->waste));
}

static bool is_dead(const struct policy_case *of)
{
	return of->outcome == POLICY_MISSING && of->not_feed_since_s > 0 &&
	       of->now_s - of->not_feed_since_s > DEAD_AFTER_S;
}

static double backoff_term(const struct policy_rules *rules, const struct policy_case *of)
{
	unsigned exponent = of->failures > 0 ? of->failures - 1 : 0;

	if (of->failures == 0 || of->outcome == POLICY_OK)
		return 0;
	if (is_dead(of))
		return DEAD_INTERVAL_S;
	if (of->outcome == POLICY_DENIED)
		return lesser(rules->backoff_max_s * DENIED_CAPS,
			doubled(greater(DENIED_LEAST_S, of->base_s), exponent));
	return lesser(rules->backoff_max_s, doubled(of->base_s, exponent));
}

static bool skipped(uint32_t hours, uint32_t days, int64_t moment_s)
{
	int64_t hour = (moment_s - time_day(moment_s) * DAY_S) / HOUR_S;

	return (hours >> hour & 1) != 0 || (days >> time_weekday(moment_s) & 1) != 0;
}

/* Seconds until the feed may be looked at, with some chance added; 0 if it may. */
static double skip_term(const struct policy_case *of, double next_s)
{
	/* A field that excludes everything says nothing. */
	uint32_t hours = (of->skip_hours & 0xffffff) == 0xffffff ? 0 : of->skip_hours;
	uint32_t days = (of->skip_days & 0x7f) == 0x7f ? 0 : of->skip_days;
	int64_t at_s = (int64_t)next_s;

	if (!skipped(hours, days, at_s))
		return 0;
	do
		at_s += HOUR_S - (at_s - time_day(at_s) * DAY_S) % HOUR_S;
	while (skipped(hours, days, at_s));
	return (double)at_s + some(of->random[1], SKIP_SPREAD_S) - next_s;
}

/* Full hours and full five minutes are when everybody asks.  The step never
 * leaves the hour, so it cannot lead into one that is to be skipped. */
static int64_t beside_hot(const struct policy_rules *rules, int64_t next_s, uint64_t random)
{
	if (rules->avoid_hot && (next_s % HOUR_S < 90 || next_s % 300 < 15))
		next_s += 90 + (int64_t)some(random, 111);
	return next_s;
}

static int64_t whole(double seconds)
{
	int64_t floor_s = (int64_t)seconds;

	return (double)floor_s < seconds ? floor_s + 1 : floor_s;
}

/* The longest of base, adaptive, hint, waste and backoff.  Where two are equal
 * the former counts, but an error is named before what it equals. */
static double longest(const double terms[POLICY_TERMS], enum policy_reason *out_reason)
{
	enum policy_reason reason = POLICY_BASE;

	for (enum policy_reason i = POLICY_ADAPTIVE; i <= POLICY_BACKOFF; i++)
		if (terms[i] > terms[reason] ||
			(i == POLICY_BACKOFF && terms[i] > 0 && terms[i] >= terms[reason]))
			reason = i;
	*out_reason = reason;
	return terms[reason];
}

enum policy_outcome policy_outcome_of(unsigned status, enum err_code error, bool retry_after)
{
	switch (status) {
	case 401:
	case 403:
	case 451:
		return POLICY_DENIED;
	case 404:
		return POLICY_MISSING;
	case 410:
		return POLICY_GONE;
	case 429:
		return POLICY_HELD;
	case 503:
		return retry_after ? POLICY_HELD : POLICY_FAILED;
	default:
		break;
	}
	if (error == ERR_NOT_FEED)
		return POLICY_MISSING;
	if (error == ERR_HELD)
		return POLICY_HELD;
	return error == ERR_NONE ? POLICY_OK : POLICY_FAILED;
}

const char *policy_reason_word(enum policy_reason reason)
{
	static const char *const words[] = { [POLICY_BASE] = "base",
		[POLICY_ADAPTIVE] = "adaptive",
		[POLICY_HINT] = "hint",
		[POLICY_WASTE] = "waste",
		[POLICY_BACKOFF] = "backoff",
		[POLICY_HOLD] = "hold",
		[POLICY_SKIP] = "skip",
		[POLICY_REASON_GONE] = "gone" };

	return words[reason];
}

double policy_base_s(const struct policy_rules *rules, int64_t every_s, bool exempt)
{
	double base_s = every_s >= 0 ? (double)every_s : rules->interval_s;

	return exempt ? base_s : greater(base_s, rules->floor_s);
}

void policy_next(const struct policy_rules *rules, const struct policy_case *of,
	struct policy_next *out_next)
{
	double terms[POLICY_TERMS] = { [POLICY_BASE] = of->base_s,
		[POLICY_ADAPTIVE] = adaptive_term(rules, of),
		[POLICY_HINT] = hint_term(rules, of),
		[POLICY_WASTE] = waste_term(rules, of),
		[POLICY_BACKOFF] = backoff_term(rules, of) };
	double interval_s, next_s;

	*out_next = (struct policy_next){ .dead = is_dead(of) };
	interval_s = longest(terms, &out_next->reason);
	/* A limit begins within the second of now, not with it: one more; but who is asked
	 * with the second's beginning will be so the next time, too. */
	next_s = (double)of->now_s + (of->punctual ? 0 : 1) + interval_s;
	if (of->hold_until_s > of->now_s) {
		terms[POLICY_HOLD] = (double)(of->hold_until_s - of->now_s);
		if ((double)of->hold_until_s > next_s) {
			next_s = (double)of->hold_until_s;
			out_next->reason = POLICY_HOLD;
		}
	}
	/* Only ever later, so that no limit is broken by chance; and the second that it is
	 * rounded up to may be the first of an hour to be skipped. */
	next_s += some(of->random[0], lesser(rules->jitter * interval_s, JITTER_MAX_S));
	next_s = (double)whole(next_s);
	terms[POLICY_SKIP] = skip_term(of, next_s);
	if (terms[POLICY_SKIP] > 0) {
		next_s += terms[POLICY_SKIP];
		out_next->reason = POLICY_SKIP;
	}
	out_next->next_s = beside_hot(rules, whole(next_s), of->random[2]);
	for (size_t i = 0; i < POLICY_TERMS; i++)
		out_next->terms[i] = whole(terms[i]);
	if (of->outcome == POLICY_GONE) {
		out_next->next_s = INT64_MAX;
		out_next->reason = POLICY_REASON_GONE;
	}
}

int64_t policy_spread(const struct policy_rules *rules, int64_t from_s, int64_t span_s, size_t n,
	size_t count, const uint64_t random[2])
{
	int64_t first_s = span_s * (int64_t)n / (int64_t)count;
	int64_t last_s = span_s * (int64_t)(n + 1) / (int64_t)count;
	/* The first has waited for the longest: it opens the span, be it alone or not. */
	double part_s = n > 0 ? (double)(last_s - first_s + 1) : 0;

	return beside_hot(rules, from_s + first_s + (int64_t)some(random[0], part_s), random[1]);
}
