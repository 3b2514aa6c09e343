#include "daemon/refresh_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/random.h"
#include "daemon/url.h"

/*
 * When a feed is looked at next where no answer decides it: it was subscribed
 * without a look, or its interval was changed.  By the same rules, so that what
 * the server asked for still counts.
 */
struct plan {
	struct policy_rules rules;
	bool manners_private;
	int64_t now_s;
	uint64_t random;
};

static void plan_init(const struct refresh *refresh, struct plan *out_plan)
{
	*out_plan = (struct plan){ .rules = refresh->rules,
		.manners_private = refresh->parts.conf->manners_private,
		.now_s = clock_now_s(),
		.random = random_bits() };
}

/* Private by the user's word, its own, or by what the last look found: no fetcher can be
 * asked on the store's thread. */
static bool is_exempt(const struct plan *plan, const struct store_claim *feed)
{
	const struct store_state *state = &feed->state;

	if (plan->manners_private)
		return false;
	return url_is_at(feed->url, feed->settings.private_at) || fetch_is_private(feed->url) ||
	       (state->last_attempt_s > 0 &&
		       (double)state->terms[POLICY_BASE] < plan->rules.floor_s);
}

static enum policy_outcome outcome_of(const struct store_state *state)
{
	if (state->failures == 0)
		return POLICY_OK;
	return policy_outcome_of(
		state->last_status, err_code_of(state->error_class), state->not_before_s > 0);
}

static void plan_next(struct plan *plan, const struct store_claim *feed, struct store_state *state)
{
	int64_t from_s = state->last_attempt_s > 0 ? state->last_attempt_s : feed->added_at_s;
	struct policy_case of = {
		/* What a clock that was ahead saw was a moment ago. */
		.now_s = from_s < plan->now_s ? from_s : plan->now_s,
		.outcome = outcome_of(state),
		.base_s = policy_base_s(
			&plan->rules, feed->settings.every_s, is_exempt(plan, feed)),
		.failures = state->failures,
		.waste = state->waste,
		.lifetime_s = state->lifetime_s,
		.ttl_s = state->ttl_s,
		.sy_period_s = state->sy_period_s,
		.skip_hours = state->skip_hours,
		.skip_days = state->skip_days,
		.newest_item_s = state->newest_item_s,
		.last_new_s = state->last_new_s,
		.added_at_s = feed->added_at_s,
		.not_feed_since_s = state->not_feed_since_s,
		.hold_until_s = state->not_before_s,
	};
	struct policy_next next;

	for (size_t i = 0; i < sizeof(of.random) / sizeof(of.random[0]); i++)
		of.random[i] = random_next(&plan->random);
	policy_next(&plan->rules, &of, &next);
	state->next_poll_s = next.next_s;
	snprintf(state->reason, sizeof(state->reason), "%s", policy_reason_word(next.reason));
	memcpy(state->terms, next.terms, sizeof(state->terms));
}

void refresh_planned(void *ctx, const struct store_claim *feed, struct store_state *state)
{
	bool awaits_turn = state->last_attempt_s <= 0 && state->terms[POLICY_BASE] == 0;

	/* An interval counts from a look: the first one comes when it is its turn. */
	if (awaits_turn || state->next_poll_s == INT64_MAX) /* gone, or fed by hand */
		return;
	plan_next(ctx, feed, state);
}

void *refresh_plan(const struct refresh *refresh)
{
	struct plan *plan = MEM_NEW(struct plan);

	plan_init(refresh, plan);
	return plan;
}

void refresh_plan_again(
	const struct refresh *refresh, const struct store_claim *feed, struct store_state *state)
{
	struct plan plan;

	plan_init(refresh, &plan);
	refresh_planned(&plan, feed, state);
}

/* -------------------------------------------------------- first looks ---- */

void refresh_plan_new(void *plan, struct store_new_feed *feed)
{
	struct store_claim unseen = { .url = feed->url,
		.added_at_s = feed->added_at_s,
		.settings.every_s = feed->settings.every_s };
	struct store_state state;

	refresh_first_state(&state);
	if (strncmp(feed->url, "push:", 5) == 0)
		state.next_poll_s = INT64_MAX;
	else
		plan_next(plan, &unseen, &state);
	feed->next_poll_s = state.next_poll_s;
	feed->base_s = state.terms[POLICY_BASE];
}

void refresh_plan_unseen(const struct refresh *refresh, struct store_new_feed *feed)
{
	struct plan plan;

	plan_init(refresh, &plan);
	refresh_plan_new(&plan, feed);
}

bool refresh_is_blocked(
	const struct refresh *refresh, const char *url, const struct store_settings *settings)
{
	return !url_is_at(url, settings->private_at) &&
	       fetcher_blocks(refresh->parts.fetcher, url, settings->proxy);
}
