#include "daemon/fetch/hold.h"

#include <stdio.h>

#include "common/time.h"

#define DAY_S INT64_C(86400)
#define HERD_HOLD_S INT64_C(14400)

static uint64_t hash_of(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* first · 2ⁿ, at most `most`. */
static int64_t doubled(int64_t first, unsigned n, int64_t most)
{
	for (; n > 0 && first < most; n--)
		first *= 2;
	return first < most ? first : most;
}

int64_t hold_gap_ms(const struct fetch_hold *hold, int64_t default_ms, int64_t now_s)
{
	int64_t days = (now_s - hold->gap_since_s) / DAY_S, gap = hold->gap_ms;

	if (gap <= default_ms || days >= 20)
		return default_ms;
	for (; days > 0; days--)
		gap /= 2;
	return larger(gap, default_ms);
}

int64_t hold_left_s(const struct fetch_hold *hold, int64_t now_s, int64_t most_s)
{
	int64_t left = hold->until_s - now_s;

	if (left <= 0)
		return 0;
	return left <= most_s + 1 ? left : most_s; /* (more was never set) */
}

void hold_clamp(struct fetch_hold *hold, int64_t now_s, int64_t most_s)
{
	if (hold->gap_since_s > now_s) {
		if (hold->until_s > hold->gap_since_s)
			hold->until_s -= hold->gap_since_s - now_s;
		hold->gap_since_s = now_s;
	}
	if (hold->until_s > now_s + most_s + 1)
		hold->until_s = now_s + most_s;
}

void hold_step(struct fetch_hold *hold, int64_t now_s, int64_t step_s)
{
	if (hold->until_s <= now_s - step_s)
		return;
	hold->until_s += step_s;
	hold->gap_since_s += step_s;
}

static void hold_for(struct fetch_hold *hold, int64_t seconds, int64_t most_s, int64_t now_s)
{
	if (seconds > most_s)
		seconds = most_s;
	if (seconds <= 0)
		return;
	/* The fraction of now is cut off: one more, so that nobody comes early. */
	hold->until_s = larger(hold->until_s, now_s + seconds + 1);
	/* A clock that goes back behind this moment takes it along, and the hold. */
	hold->gap_ms = hold_gap_ms(hold, 0, now_s);
	hold->gap_since_s = now_s;
}

static void learn_gap(struct fetch_hold *hold, int64_t default_ms, int64_t now_s)
{
	int64_t gap = larger(hold_gap_ms(hold, default_ms, now_s), 500);

	hold->gap_ms = gap * 2 < HOLD_GAP_MAX_MS ? gap * 2 : HOLD_GAP_MAX_MS;
	hold->gap_since_s = now_s;
}

static void describe(struct fetch_hold *hold, const struct hold_answer *answer, int64_t seconds)
{
	char span[TIME_SPAN_MAX];

	time_format_span(seconds, span);
	if (answer->retry_after_s >= seconds)
		snprintf(hold->reason, sizeof(hold->reason), "%u, Retry-After %lld", answer->status,
			(long long)answer->retry_after_s);
	else
		snprintf(hold->reason, sizeof(hold->reason),
			answer->reset_s >= seconds ? "%u, its rate limit is used up for %s"
						   : "%u, fresh for %s",
			answer->status, span);
}

static void on_too_many(struct fetch_hold *hold, const struct hold_answer *answer,
	const struct fetch_options *options, int64_t now_s)
{
	int64_t seconds = larger(answer->retry_after_s, answer->lifetime_s);

	seconds = larger(seconds, answer->reset_s);
	learn_gap(hold, options->gap_ms, now_s);
	hold->strikes++;
	if (seconds > 0) {
		describe(hold, answer, seconds);
	} else if (answer->retry_after_s < 0) {
		seconds = doubled(3600, hold->strikes - 1, DAY_S);
		snprintf(hold->reason, sizeof(hold->reason), "429 without a word, %u in a row",
			hold->strikes);
	} else {
		seconds = 0; /* "now", it said; the feed's own interval will do */
	}
	hold_for(hold, seconds, options->retry_after_max_s, now_s);
}

void hold_refused(struct hold_herd *herd, const char *url, int64_t at_s)
{
	*herd = (struct hold_herd){ hash_of(url), at_s };
}

static bool on_forbidden(struct fetch_hold *hold, struct hold_herd *herd,
	const struct hold_answer *answer, const struct fetch_options *options, int64_t now_s)
{
	uint64_t hash = hash_of(answer->url);

	if (herd->at_s == 0 || now_s - herd->at_s > HOLD_HERD_S || now_s < herd->at_s ||
		herd->url_hash == hash) {
		hold_refused(herd, answer->url, now_s);
		return false;
	}
	*herd = (struct hold_herd){ 0 };
	hold_for(hold, doubled(HERD_HOLD_S, hold->herds, options->retry_after_max_s),
		options->retry_after_max_s, now_s);
	hold->herds++;
	snprintf(hold->reason, sizeof(hold->reason), "%s for several feeds within an hour",
		answer->challenge ? "a challenge for browsers" : "403");
	return true;
}

/* A success: nothing in a row any more, and a gap may have run out. */
static bool on_success(struct fetch_hold *hold, const struct fetch_options *options, int64_t now_s)
{
	bool outgrown = hold->gap_ms > 0 &&
			hold_gap_ms(hold, options->gap_ms, now_s) <= options->gap_ms;

	if (hold->strikes == 0 && hold->herds == 0 && !outgrown)
		return false;
	hold->strikes = hold->herds = 0;
	if (outgrown)
		hold->gap_ms = hold->gap_since_s = 0;
	return true;
}

bool hold_update(struct fetch_hold *hold, struct hold_herd *herd, const struct hold_answer *answer,
	const struct fetch_options *options, int64_t now_s)
{
	if (answer->status == 429) {
		on_too_many(hold, answer, options, now_s);
		return true;
	}
	if (answer->status == 503 && answer->retry_after_s > 0) {
		snprintf(hold->reason, sizeof(hold->reason), "503, Retry-After %lld",
			(long long)answer->retry_after_s);
		hold_for(hold, answer->retry_after_s, options->retry_after_max_s, now_s);
		return true;
	}
	if (answer->status == 403 || answer->challenge)
		return on_forbidden(hold, herd, answer, options, now_s);
	if (answer->status >= 200 && answer->status < 400)
		return on_success(hold, options, now_s);
	return false;
}
