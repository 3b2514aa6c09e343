#include "daemon/refresh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"
#include "daemon/refresh_priv.h"
#include "daemon/url.h"

#define WAITING_MAX 4096u /* feeds that wait for their site; each is a few KB */

/* ------------------------------------------------------------- the pump ---- */

/*
 * How many feeds may be claimed now.  Those ready to be sent are kept between
 * the number of transfers and twice as many: a claim stands behind the batch that
 * the store is at, and meanwhile nobody shall be idle.  Feeds that wait for their
 * site's gap are no reason to keep others back.
 */
static size_t room(const struct refresh *refresh)
{
	size_t slots = refresh->parts.conf->fetch_in_flight;
	size_t waiting = fetcher_waiting(refresh->parts.fetcher);
	size_t ready = refresh->fetching > waiting ? refresh->fetching - waiting : 0;

	if (waiting >= WAITING_MAX || ready > slots)
		return 0;
	return 2 * slots - ready;
}

/* Ids that were asked for may go without validators; stale: what led to the claim was
 * before the network went away. */
static void start_claimed(struct refresh *refresh, struct store_claim *claims, size_t count,
	enum claim_reason reason, bool stale)
{
	struct fetch_holds *holds = fetcher_holds(refresh->parts.fetcher, clock_now_s());
	struct job *job;

	for (size_t i = 0; i < count && !refresh->closing; i++) {
		bool plain = reason == CLAIM_ASKED &&
			     asked_take(&refresh->unconditional, claims[i].feed_id);

		job = job_find(refresh, claims[i].feed_id);
		if (job == NULL && stale && !net_spares(refresh, &claims[i]))
			job_keep_back(refresh, &claims[i]);
		else if (job == NULL)
			job_start(refresh, &claims[i], holds, reason, plain);
		else if (strcmp(job->claim.url, claims[i].url) != 0)
			job_supersede(job);
	}
	fetch_holds_free(holds);
	store_claims_free(claims, count);
}

static void claim_due(struct refresh *refresh, size_t max, int64_t now_s);

/* Nobody who goes around the proxy is due now: it is the others' turn, if it has come. */
static void go_on_apart(struct refresh *refresh)
{
	int64_t now_s = clock_now_s();
	size_t max = room(refresh);

	refresh->net.around_s = now_s;
	if (max > 0 && !refresh->storage_hold && net_probe_is_due(refresh, now_s))
		claim_due(refresh, max, now_s);
	else
		wake_arm(refresh);
}

static void on_claimed(void *ctx, struct store_claim *claims, size_t count, const struct err *err)
{
	struct refresh *refresh = ctx;
	enum claim_reason reason = refresh->claims;
	/* It was due, and the network went away before we had it. */
	bool stale = reason == CLAIM_DUE && net_paused(refresh);

	refresh->claiming = false;
	if (err != NULL && !refresh->closing)
		log_error("feeds cannot be claimed: %s", err->text);
	start_claimed(refresh, claims, count, reason, stale);
	refresh->net.around |= reason == CLAIM_AROUND;
	/* Nobody would be the probe: that is no reason to look each second. */
	if (err == NULL && count == 0 && reason == CLAIM_PROBE && net_is_apart(refresh))
		net_put_off(refresh, clock_now_s() + OFFLINE_PROBE_S);
	/* Somebody may have asked while we were claiming. */
	if (refresh->asked.first < refresh->asked.count)
		refresh_pump(refresh);
	else if (err == NULL && count == 0 && reason == CLAIM_AROUND && !refresh->closing &&
		 net_is_apart(refresh))
		go_on_apart(refresh);
	else if ((err == NULL && count > 0 && reason == CLAIM_DUE && !stale) ||
		 (err == NULL && reason == CLAIM_AROUND))
		refresh_pump(refresh);
	else if (!refresh->closing)
		wake_arm(refresh);
	refresh_unref(refresh);
}

/* Feeds that were removed in between give no claim; who waits is told. */
static void tell_unclaimed(struct refresh *refresh, const struct store_claim *claims, size_t count,
	const struct err *err)
{
	struct asked *asked = &refresh->asked;
	struct refresh_row row = { .title = "",
		.result = "failed",
		.text = err != NULL ? err->text : "the feed is not there any more" };
	size_t at = 0; /* claims come in the order of the ids: the next one is mostly here */

	for (size_t i = asked->first; i < asked->first + refresh->batch; i++) {
		size_t seen = 0;

		for (; seen < count && claims[at].feed_id != asked->ids[i]; seen++)
			at = at + 1 < count ? at + 1 : 0;
		row.feed_id = asked->ids[i];
		if (seen == count) {
			asked_take(&refresh->unconditional, row.feed_id);
			ask_tell(refresh, &row);
		}
	}
}

static void on_asked_claimed(
	void *ctx, struct store_claim *claims, size_t count, const struct err *err)
{
	struct refresh *refresh = ctx;
	bool stale = refresh->stale > 0 && net_paused(refresh);

	refresh->claiming = false;
	if (!refresh->closing) {
		if (err != NULL)
			log_error("feeds cannot be claimed: %s", err->text);
		tell_unclaimed(refresh, claims, count, err);
		refresh->asked.first += refresh->batch;
		refresh->stale -= refresh->stale > 0 ? refresh->batch : 0;
	}
	start_claimed(refresh, claims, count, CLAIM_ASKED, stale);
	refresh_pump(refresh);
	refresh_unref(refresh);
}

/* Feeds that somebody asked for go first. */
static bool claim_asked(struct refresh *refresh, size_t max)
{
	struct asked *asked = &refresh->asked;
	size_t count = asked->count - asked->first;

	if (count == 0)
		return false;
	if (refresh->stale > 0) /* a batch is all of one kind */
		count = refresh->stale;
	refresh->batch = count < max ? count : max;
	refresh->claiming = true;
	refresh_ref(refresh);
	store_claim_ids(refresh->parts.store, asked->ids + asked->first, refresh->batch,
		clock_now_s(), refresh_lead_s(refresh), on_asked_claimed, refresh);
	return true;
}

static bool probe_is_due(struct refresh *refresh, int64_t now_s)
{
	if (now_s < refresh->net.next_probe_s && refresh->job_count == 0)
		wake_at(refresh, refresh->net.next_probe_s);
	return net_probe_is_due(refresh, now_s);
}

/* Whoever does not go by the proxy that is away is looked at before the next probe. */
static void claim_due(struct refresh *refresh, size_t max, int64_t now_s)
{
	enum store_due due = STORE_DUE_ALL;

	refresh->claims = CLAIM_DUE;
	if (net_is_apart(refresh) ? refresh->net.around_s != now_s : net_is_around_due(refresh)) {
		refresh->claims = CLAIM_AROUND;
		due = STORE_DUE_AROUND;
	} else if (net_paused(refresh)) {
		refresh->claims = CLAIM_PROBE;
		due = net_is_apart(refresh) ? STORE_DUE_PROBE_PROXY : STORE_DUE_PROBE;
		max = 1;
	}
	refresh->claiming = true;
	refresh_ref(refresh);
	store_claim(refresh->parts.store, now_s, refresh_lead_s(refresh), max, due, on_claimed,
		refresh);
}

void refresh_pump(struct refresh *refresh)
{
	int64_t now_s = clock_now_s();
	size_t max = room(refresh);

	gauge_read(refresh);
	if (!refresh->started || refresh->closing || refresh->claiming || max == 0 ||
		refresh->storage_hold)
		return;
	if (claim_asked(refresh, max))
		return;
	lapse_look(refresh);
	if (!wake_settled(refresh, now_s))
		return;
	if (net_is_apart(refresh)) {
		if (refresh->net.around_s != now_s || net_probe_is_due(refresh, now_s))
			claim_due(refresh, max, now_s);
		else
			wake_arm(refresh);
		return;
	}
	if (net_paused(refresh) && !probe_is_due(refresh, now_s))
		return;
	claim_due(refresh, max, now_s);
}

/* --------------------------------------------------------------- helpers ---- */

int64_t refresh_lead_s(const struct refresh *refresh)
{
	return (refresh->parts.conf->poll_floor_ms + 999) / 1000 + 1;
}

static void end_if_closed(struct refresh *refresh)
{
	void (*closed)(void *ctx) = refresh->closed;
	void *ctx = refresh->closed_ctx;

	if (!refresh->closing || refresh->pending > 0 || refresh->open > 0)
		return;
	asked_release(&refresh->asked);
	asked_release(&refresh->looks.asked);
	asked_release(&refresh->unconditional);
	free(refresh);
	closed(ctx);
}

void refresh_ref(struct refresh *refresh)
{
	refresh->pending++;
}

void refresh_unref(struct refresh *refresh)
{
	refresh->pending--;
	end_if_closed(refresh);
}

static void on_event_logged(void *ctx, const struct err *err)
{
	struct refresh *refresh = ctx;

	if (err != NULL && !refresh->closing)
		log_error("the log cannot be written: %s", err->text);
	else if (!refresh->closing)
		hub_tell(refresh->parts.hub, HUB_STORE, 0);
	refresh_unref(refresh);
}

void refresh_event(struct refresh *refresh, int64_t feed_id, const char *event, const char *text)
{
	refresh_ref(refresh);
	store_log_add(refresh->parts.store, feed_id, event, text, clock_now_s(), on_event_logged,
		refresh);
}

/* What a site asked for is kept beyond a restart. */
static void on_hold(void *ctx, const struct fetch_hold *hold)
{
	struct refresh *refresh = ctx;
	struct store_hold row = { .until_s = hold->until_s,
		.gap_ms = hold->gap_ms,
		.gap_since_s = hold->gap_since_s,
		.strikes = hold->strikes,
		.herds = hold->herds };

	snprintf(row.site, sizeof(row.site), "%s", hold->site);
	snprintf(row.reason, sizeof(row.reason), "%s", hold->reason);
	store_hold_put(refresh->parts.store, &row);
}

void refresh_restore_hold(struct refresh *refresh, const struct store_hold *row)
{
	struct fetch_hold hold = { .until_s = row->until_s,
		.gap_ms = row->gap_ms,
		.gap_since_s = row->gap_since_s,
		.strikes = row->strikes,
		.herds = row->herds };

	if (strcmp(row->site, FETCH_ALL_SITES) == 0) {
		net_restore(refresh, row);
		return;
	}
	snprintf(hold.site, sizeof(hold.site), "%s", row->site);
	snprintf(hold.reason, sizeof(hold.reason), "%s", row->reason);
	fetcher_hold(refresh->parts.fetcher, &hold);
}

void refresh_first_state(struct store_state *out_state)
{
	*out_state = (struct store_state){
		.lifetime_s = -1, .ttl_s = -1, .sy_period_s = -1, .reason = "base"
	};
	snprintf(out_state->conditional, sizeof(out_state->conditional), "%s",
		policy_conditional_word(POLICY_BOTH));
}

const char *refresh_shown(const char *url)
{
	static char *shown;

	free(shown);
	shown = url_redact(url);
	return shown != NULL ? shown : "?";
}

void task_join(struct refresh *refresh, struct refresh_task *task)
{
	task->refresh = refresh;
	task->next = refresh->tasks;
	task->prev = &refresh->tasks;
	if (task->next != NULL)
		task->next->prev = &task->next;
	refresh->tasks = task;
}

void task_leave(struct refresh_task *task)
{
	if (task->prev == NULL)
		return;
	*task->prev = task->next;
	if (task->next != NULL)
		task->next->prev = task->prev;
	task->prev = NULL;
}

static void on_storage_hold(void *ctx, bool held)
{
	struct refresh *refresh = ctx;

	if (refresh->storage_hold == held)
		return;
	refresh->storage_hold = held;
	if (held) {
		refresh->storage_held_s = clock_now_s();
		log_error("%s", REFRESH_DISK_FULL);
		return;
	}
	log_info("the disk has room again");
	refresh_event(refresh, 0, "storage.free", "the disk has room again");
	wake_settle(refresh, 0); /* what came due meanwhile does not go out at once */
}

/* ------------------------------------------------------------------ life ---- */

int refresh_new(const struct refresh_parts *parts, struct refresh **out_refresh, struct err *err)
{
	struct refresh *refresh = MEM_NEW(struct refresh);

	refresh->parts = *parts;
	judge_rules(parts->conf, &refresh->rules);
	if (wake_open(refresh, err) < 0) {
		free(refresh);
		return -1;
	}
	lapse_open(refresh);
	gauge_open(refresh);
	store_on_hold(parts->store, on_storage_hold, refresh);
	fetcher_on_hold(parts->fetcher, on_hold, refresh);
	*out_refresh = refresh;
	return 0;
}

void refresh_start(struct refresh *refresh)
{
	refresh->started = true;
	wake_start(refresh);
}

void refresh_reconfigure(struct refresh *refresh)
{
	judge_rules(refresh->parts.conf, &refresh->rules);
	refresh_pump(refresh);
}

static void on_looks_closed(uv_handle_t *handle)
{
	refresh_closed_handle(handle->data);
}

void refresh_closed_handle(struct refresh *refresh)
{
	refresh->open--;
	end_if_closed(refresh);
}

void refresh_close(struct refresh *refresh, void (*closed)(void *ctx), void *ctx)
{
	refresh->closing = true;
	refresh->closed = closed;
	refresh->closed_ctx = ctx;
	/* A reference, so that nothing that ends below frees us under our feet. */
	refresh_ref(refresh);
	store_on_hold(refresh->parts.store, NULL, NULL);
	fetcher_on_hold(refresh->parts.fetcher, NULL, NULL);
	while (refresh->tasks != NULL)
		refresh_task_cancel(refresh->tasks);
	backfill_cancel_all(refresh);
	job_cancel_all(refresh);
	wake_close(refresh);
	lapse_close(refresh);
	gauge_close(refresh);
	if (refresh->looks.open)
		uv_close((uv_handle_t *)&refresh->looks.timer, on_looks_closed);
	refresh_unref(refresh);
}

void refresh_rearm(struct refresh *refresh)
{
	refresh_pump(refresh);
}

void refresh_recall(struct refresh *refresh, const int64_t *feed_ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct job *job = job_find(refresh, feed_ids[i]);

		if (job != NULL)
			job_recall(job);
	}
}

void refresh_forget(struct refresh *refresh, const int64_t *feed_ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		backfill_cancel(refresh, feed_ids[i]);
}

void refresh_task_cancel(struct refresh_task *task)
{
	if (task == NULL)
		return;
	task_leave(task);
	task->cancel(task);
}

void refresh_numbers(const struct refresh *refresh, struct refresh_numbers *out_numbers)
{
	size_t active = fetcher_active(refresh->parts.fetcher);

	*out_numbers = refresh->numbers;
	/* Not those that wait for their turn. */
	out_numbers->in_flight = refresh->job_count -
				 (refresh->fetching > active ? refresh->fetching - active : 0);
	out_numbers->offline = refresh->net.offline;
	out_numbers->captive = refresh->net.captive;
	out_numbers->storage_hold = refresh->storage_hold;
}
