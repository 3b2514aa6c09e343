#include "daemon/refresh_judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/random.h"
#include "common/time.h"
#include "daemon/conf.h"
#include "daemon/url.h"

#define QUARANTINE_S 86400 /* of a feed that ended three parsers */
#define QUARANTINE_AFTER 3u
#define DEAD_AFTER_S (14 * 86400)

/* ------------------------------------------------------------ moves ---- */

char *judge_permanent(const struct answer *answer)
{
	char *url, *userinfo;
	size_t i = 0;

	while (i + 1 < answer->hop_count &&
		(answer->hops[i].status == 301 || answer->hops[i].status == 308))
		i++;
	if (i == 0)
		return NULL;
	if (url_subscribe(answer->hops[i].url, &url, &userinfo, NULL) < 0)
		return mem_strdup(answer->hops[i].url);
	free(userinfo);
	return url;
}

/* http to https of the very same thing. */
static bool is_upgrade(const char *from, const char *to)
{
	struct url_parts a, b;
	bool upgrade;

	if (strncmp(from, "http://", 7) != 0 || strncmp(to, "https://", 8) != 0)
		return false;
	if (url_split(from, &a, NULL) < 0)
		return false;
	if (url_split(to, &b, NULL) < 0) {
		url_parts_release(&a);
		return false;
	}
	upgrade = strcmp(a.host, b.host) == 0 && strcmp(a.target, b.target) == 0;
	url_parts_release(&a);
	url_parts_release(&b);
	return upgrade;
}

static void forget_move(struct store_state *state)
{
	free(state->move_to);
	state->move_to = NULL;
	state->move_first_s = 0;
	state->move_seen = 0;
}

static enum policy_moved judge_target(
	const struct look *look, const char *target, struct store_state *state)
{
	const char *url = look->claim->url;
	struct policy_move move = { .redirected = target != NULL && strcmp(target, url) != 0,
		.captive = look->captive,
		.seen = state->move_seen,
		.first_s = state->move_first_s,
		.now_s = look->now_s };
	enum policy_moved moved;

	if (look->captive)
		return POLICY_STAY; /* the candidate stays, too */
	if (move.redirected) {
		move.same_target = state->move_to != NULL && strcmp(state->move_to, target) == 0;
		move.upgrade = is_upgrade(url, target);
	}
	/* The user has seen that move, and taken it back: for good, though the feed leads
	 * nowhere for once. */
	if ((move.same_target || !move.redirected) && state->move_seen == STORE_MOVE_REFUSED)
		return POLICY_STAY;
	moved = policy_moved(&move);
	switch (moved) {
	case POLICY_REMEMBER:
		forget_move(state);
		state->move_to = mem_strdup(target);
		state->move_first_s = look->now_s;
		state->move_seen = 1;
		break;
	case POLICY_CONFIRM:
		state->move_seen++;
		break;
	case POLICY_STAY:
	case POLICY_ADOPT:
		forget_move(state);
		break;
	}
	return moved;
}

static enum policy_moved judge_move(const struct look *look, struct store_state *state)
{
	char *target = judge_permanent(look->answer);
	enum policy_moved moved = judge_target(look, target, state);

	free(target);
	return moved;
}

/* ---------------------------------------------------------- answers ---- */

static bool same_bytes(const void *a, size_t a_length, const void *b, size_t b_length)
{
	return a_length > 0 && a_length == b_length && memcmp(a, b, a_length) == 0;
}

static void judge_conditional(const struct look *look, struct store_state *state)
{
	const struct store_validators *had = &look->claim->validators;
	const struct answer *answer = look->answer;
	struct policy_exchange exchange = { .status = answer->status,
		.sent_etag = look->sent.etag,
		.sent_modified = look->sent.modified,
		.same_etag = same_bytes(
			had->etag, had->etag_length, answer->etag, answer->etag_length),
		.same_modified = same_bytes(had->last_modified, had->last_modified_length,
			answer->last_modified, answer->last_modified_length),
		.same_body = answer->same_body,
		.says_etag = answer->etag_length > 0,
		.same_shape = policy_same_shape(
			had->etag, had->etag_length, answer->etag, answer->etag_length) };
	enum policy_conditional mode = policy_conditional_next(
		policy_conditional_of(state->conditional), &exchange);

	snprintf(state->conditional, sizeof(state->conditional), "%s",
		policy_conditional_word(mode));
}

static void lead_to(struct store_state *state, const char *url)
{
	if (state->effective_url != NULL && strcmp(state->effective_url, url) == 0)
		return;
	free(state->effective_url);
	state->effective_url = mem_strdup(url);
}

static void note_success(const struct look *look, struct store_state *state)
{
	const struct answer *answer = look->answer;
	const struct feed_doc *doc = look->doc;

	state->last_ok_s = look->now_s;
	state->failures = state->crashes = 0;
	state->error_class[0] = state->error_text[0] = '\0';
	state->error_since_s = state->not_feed_since_s = 0;
	if (answer->cache.said)
		state->lifetime_s = answer->cache.lifetime_s;
	if (answer->status == 304) {
		state->waste = 0;
		if (state->only_304++ == 0)
			state->only_304_since_s = look->now_s;
	} else {
		state->only_304 = 0;
		state->only_304_since_s = 0;
	}
	lead_to(state, answer->url);
	if (doc == NULL)
		return;
	state->ttl_s = doc->ttl_s;
	state->sy_period_s = doc->sy_period_s;
	state->skip_hours = doc->skip_hours;
	state->skip_days = doc->skip_days;
}

static bool is_parser_fault(enum err_code code)
{
	return code == ERR_PARSER_CRASH || code == ERR_PARSER_HANG || code == ERR_PARSER_MEMORY;
}

static void note_failure(
	const struct look *look, enum policy_outcome outcome, struct store_state *state)
{
	const struct answer *answer = look->answer;

	state->failures++;
	state->crashes += is_parser_fault(answer->error);
	snprintf(state->error_class, sizeof(state->error_class), "%s", err_word(answer->error));
	snprintf(state->error_text, sizeof(state->error_text), "%s", answer->text);
	if (state->error_since_s == 0)
		state->error_since_s = look->now_s;
	/* Another answer ends it; that the server was out of reach says nothing of that. */
	if (outcome != POLICY_MISSING && answer->status != 0)
		state->not_feed_since_s = 0;
	else if (outcome == POLICY_MISSING && state->not_feed_since_s == 0)
		state->not_feed_since_s = look->now_s;
	if (outcome == POLICY_GONE)
		state->gone = true;
}

void judge_rules(const struct conf *conf, struct policy_rules *out_rules)
{
	*out_rules = (struct policy_rules){ .interval_s = (double)conf->poll_interval_ms / 1000,
		.floor_s = (double)conf->poll_floor_ms / 1000,
		.adaptive_max_s = (double)conf->poll_adaptive_max_ms / 1000,
		.hint_max_s = (double)conf->poll_hint_max_ms / 1000,
		.waste_max_s = (double)conf->poll_waste_max_ms / 1000,
		.backoff_max_s = (double)conf->poll_backoff_max_ms / 1000,
		.jitter = conf->poll_jitter,
		.avoid_hot = conf->poll_avoid_hot };
}

/* Of the site, or of a feed that no parser gets through. */
static int64_t rest_until_s(const struct look *look, const struct store_state *state)
{
	int64_t quarantine_s = look->now_s + QUARANTINE_S;

	if (!is_parser_fault(look->answer->error) || state->crashes < QUARANTINE_AFTER)
		return look->hold_until_s;
	return look->hold_until_s > quarantine_s ? look->hold_until_s : quarantine_s;
}

enum policy_moved judge_answer(
	const struct look *look, struct store_state *state, struct judge *out_judge)
{
	const struct answer *answer = look->answer;
	enum policy_outcome outcome = policy_outcome_of(
		answer->status, answer->error, answer->retry_after_s >= 0);
	enum policy_moved move = POLICY_STAY;
	int64_t hold_until_s;

	state->last_attempt_s = look->now_s;
	state->last_status = answer->status;
	if (look->sent.unconditional)
		state->last_unconditional_s = look->now_s;
	if (outcome == POLICY_OK) {
		move = judge_move(look, state);
		judge_conditional(look, state);
		note_success(look, state);
	} else if (outcome != POLICY_HELD) {
		note_failure(look, outcome, state);
	} else if (answer->url != NULL) {
		lead_to(state, answer->url); /* whose site it is that is to be waited for */
	}
	hold_until_s = rest_until_s(look, state);
	state->not_before_s = hold_until_s > look->now_s ? hold_until_s : 0;
	*out_judge = (struct judge){ .rules = *look->rules,
		.exempt = !look->manners_private && answer->private_address,
		.status = answer->status,
		.of = { .now_s = look->now_s,
			.punctual = look->punctual,
			.outcome = outcome,
			.added_at_s = look->claim->added_at_s,
			.hold_until_s = hold_until_s,
			.random = { random_bits(), random_bits(), random_bits() } } };
	return move;
}

void judge_schedule(
	void *ctx, const struct store_delta *delta, int64_t every_s, struct store_state *state)
{
	struct judge *judge = ctx;
	struct policy_case *of = &judge->of;
	struct policy_next next;

	if (delta != NULL) {
		state->newest_item_s = delta->newest_item_s;
		state->last_new_s = delta->last_new_s;
	}
	if (of->outcome == POLICY_OK && judge->status != 304) {
		bool brought = delta != NULL &&
			       (delta->initial || delta->fresh > 0 || delta->changed > 0 ||
				       delta->untold > 0 || delta->backfill > 0);

		state->waste = brought ? 0 : state->waste + 1;
	}
	of->base_s = policy_base_s(&judge->rules, every_s, judge->exempt);
	of->failures = state->failures;
	of->waste = state->waste;
	of->lifetime_s = state->lifetime_s;
	of->ttl_s = state->ttl_s;
	of->sy_period_s = state->sy_period_s;
	of->skip_hours = state->skip_hours;
	of->skip_days = state->skip_days;
	of->newest_item_s = state->newest_item_s;
	of->last_new_s = state->last_new_s;
	of->not_feed_since_s = state->not_feed_since_s;
	policy_next(&judge->rules, of, &next);
	state->next_poll_s = next.next_s;
	snprintf(state->reason, sizeof(state->reason), "%s", policy_reason_word(next.reason));
	memcpy(state->terms, next.terms, sizeof(state->terms));
}

bool judge_brings_validators(const struct store_validators *had, const struct answer *answer)
{
	return (answer->etag_length > 0 && !same_bytes(had->etag, had->etag_length, answer->etag,
						   answer->etag_length)) ||
	       (answer->last_modified_length > 0 &&
		       !same_bytes(had->last_modified, had->last_modified_length,
			       answer->last_modified, answer->last_modified_length));
}

void judge_validators(const struct answer *answer, struct store_validators *out_validators)
{
	*out_validators = (struct store_validators){ .url = mem_strdup(answer->url),
		.etag = answer->etag_length > 0 ? mem_dup(answer->etag, answer->etag_length) : NULL,
		.etag_length = answer->etag_length,
		.last_modified = answer->last_modified_length > 0
					 ? mem_dup(answer->last_modified,
						   answer->last_modified_length)
					 : NULL,
		.last_modified_length = answer->last_modified_length,
		.body_digest = { answer->digest[0], answer->digest[1] } };
}

static bool is_dead(const struct store_state *state, int64_t now_s)
{
	return state->not_feed_since_s > 0 && now_s - state->not_feed_since_s > DEAD_AFTER_S;
}

static bool is_held(const struct store_state *state)
{
	return state->not_before_s > state->last_attempt_s;
}

/* Its server asked to be left alone, be it for no time at all ("Retry-After: 0"). */
static bool is_put_off(const struct store_state *state)
{
	return state->failures == 0 && (state->last_status == 429 || state->last_status == 503);
}

/* Gone until a person resumed it, which left no failure to count; and not asked since. */
static bool is_revived(const struct store_state *state)
{
	return state->failures == 0 && state->last_status == 410 && !state->gone;
}

char *judge_recovered_text(const struct store_state *before, int64_t now_s)
{
	char span[TIME_SPAN_MAX];

	if (before->failures == 0)
		return mem_strdup("it was gone");
	time_format_span(before->error_since_s > 0 ? now_s - before->error_since_s : 0, span);
	return mem_printf("after %u failed %s in %s%s%s", before->failures,
		before->failures == 1 ? "look" : "looks", span,
		before->error_text[0] != '\0' ? ", the last one: " : "", before->error_text);
}

/* One answer makes one event: the one that a person would want to hear of. */
const char *judge_event(
	const struct store_state *before, const struct store_state *after, enum policy_moved move)
{
	if (after->gone && !before->gone)
		return "feed.gone";
	if (is_dead(after, after->last_attempt_s) && !is_dead(before, before->last_attempt_s))
		return "feed.dead";
	if (after->failures > before->failures &&
		strcmp(before->error_class, after->error_class) != 0)
		return "feed.failing";
	if (after->failures == 0 && before->failures > 0)
		return "feed.recovered";
	if (is_revived(before) && after->last_ok_s > before->last_ok_s)
		return "feed.recovered";
	if (move == POLICY_REMEMBER)
		return "feed.moving";
	if (!is_held(before) && (is_held(after) || (is_put_off(after) && !is_put_off(before))))
		return "feed.held";
	return NULL;
}
