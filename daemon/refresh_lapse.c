#include "daemon/refresh_priv.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/time.h"

#define JUMP_MS 30000      /* more than this is no drift */
#define HELD_MS 30000      /* more than this is no busy moment */
#define RESUME_SETTLE_S 30 /* for networks to come up */
#define NEVER INT64_MAX

/*
 * Three clocks tell what the loop did not live through:
 *
 *	wall less steady      jumps when the clock is set and when the machine sleeps
 *	wall less elapsed     jumps when the clock is set only
 *	steady                passes what was to wake us: we were stopped (SIGSTOP, a frozen
 *	                      cgroup or virtual machine)
 */

int64_t refresh_built_s(void)
{
	return FEEDD_BUILT_S;
}

static bool is_trusted(int64_t now_s)
{
	return now_s >= refresh_built_s();
}

static void tell_untrusted(void)
{
	if (!is_trusted(clock_now_s()))
		log_warning("the clock says a time before feedd was built: it is not trusted, "
			    "and TLS errors are nobody's");
}

int64_t lapse_offset_ms(void)
{
	return clock_now_ms() - clock_steady_ms();
}

static int64_t set_by_ms(void)
{
	return clock_now_ms() - clock_elapsed_ms();
}

/* ------------------------------------------------------ putting right ---- */

static void on_clamped(void *ctx, const struct err *err)
{
	struct refresh *refresh = ctx;

	if (err != NULL && !refresh->closing)
		log_error("the schedule cannot be put right: %s", err->text);
	else if (!refresh->closing)
		wake_arm(refresh);
	refresh_unref(refresh);
}

/* Looks that were planned by a clock that was ahead come no later than their own
 * reason would have it from now on; by one that was behind (step_s), no sooner. */
static void clamp(struct refresh *refresh, int64_t step_s)
{
	const struct conf *conf = refresh->parts.conf;
	int64_t now_s = clock_now_s();
	struct store_clock clock = {
		.now_s = now_s,
		.trusted = is_trusted(now_s),
		.step_s = step_s,
		.since_s = refresh->lapse.began_s,
	};

	fetcher_clock_jumped(refresh->parts.fetcher, now_s, clock.trusted, step_s);
	refresh_ref(refresh);
	store_clamp(refresh->parts.store, &clock, conf->poll_interval_ms / 1000,
		conf->poll_retry_after_max_ms / 1000, on_clamped, refresh);
}

void lapse_start(struct refresh *refresh)
{
	tell_untrusted();
	clamp(refresh, 0);
}

/* ------------------------------------------------------------- looking ---- */

static int64_t settle_span_s(const struct refresh *refresh)
{
	return refresh->parts.conf->poll_start_delay.most_ms > 0 ? RESUME_SETTLE_S : 0;
}

/* What is overdue now was not due a moment ago, and the network may not be up yet. */
static void settle(struct refresh *refresh, bool rest)
{
	int64_t settle_s = settle_span_s(refresh);

	if (rest && settle_s > 0)
		job_sleep(refresh);
	/* A rest that was under way begins anew, by the new time; so does the turn of those
	 * who were spread before and have slept through it. */
	refresh->wake.settle_ms = 0;
	wake_settle(refresh, settle_s * 1000);
}

static void tell(struct refresh *refresh, const char *what, int64_t span_ms)
{
	char span[TIME_SPAN_MAX], text[TIME_SPAN_MAX + 32];

	time_format_span(span_ms / 1000, span);
	snprintf(text, sizeof(text), "%s %s", what, span);
	log_info("clock: %s; looking settles for %lld s", text, (long long)settle_span_s(refresh));
	if (refresh->started)
		refresh_event(refresh, 0, "clock", text);
}

static void on_jump(struct refresh *refresh, int64_t jump_ms, int64_t step_ms)
{
	struct lapse *lapse = &refresh->lapse;
	int64_t step_s = step_ms >= JUMP_MS ? step_ms / 1000 : 0;

	tell(refresh, jump_ms > 0 ? "it went forward by" : "it went back by",
		jump_ms > 0 ? jump_ms : -jump_ms);
	tell_untrusted();
	if (refresh->started) {
		refresh->parts.clock_jumped(refresh->parts.ctx);
		clamp(refresh, step_s);
		/* What was to be waited for by the old time is no wait by the new one. */
		if (jump_ms < 0)
			refresh->net.next_probe_s = 0;
		settle(refresh, jump_ms > 0);
	}
	lapse->began_s += step_ms / 1000;
}

/* A build with test hooks may be told of a shorter one. */
static int64_t held_most_ms(void)
{
#ifdef FEEDD_TEST_HOOKS
	const char *given = getenv("FEEDD_TEST_HELD_MS");

	if (given != NULL)
		return strtoll(given, NULL, 10);
#endif
	return HELD_MS;
}

/* How long what was to wake us has gone by; 0 if that is no more than a busy moment. */
static int64_t held_ms(struct lapse *lapse)
{
	int64_t now_ms = clock_steady_ms();
	int64_t until_ms = lapse->timer_ms < lapse->sleep_ms ? lapse->timer_ms : lapse->sleep_ms;

	if (lapse->timer_ms <= now_ms)
		lapse->timer_ms = NEVER; /* it goes once */
	if (until_ms == NEVER || now_ms - until_ms < held_most_ms())
		return 0;
	lapse->sleep_ms = NEVER;
	return now_ms - until_ms;
}

bool lapse_look(struct refresh *refresh)
{
	struct lapse *lapse = &refresh->lapse;
	int64_t offset_ms = lapse_offset_ms(), set_ms = set_by_ms();
	int64_t jump_ms = offset_ms - lapse->offset_ms, step_ms = set_ms - lapse->set_ms;
	int64_t stopped_ms = held_ms(lapse);

	/* Small steps do not add up to a jump. */
	lapse->offset_ms = offset_ms;
	lapse->set_ms = set_ms;
	if (jump_ms <= -JUMP_MS || jump_ms >= JUMP_MS) {
		on_jump(refresh, jump_ms, step_ms);
		return true;
	}
	if (stopped_ms == 0)
		return false;
	tell(refresh, "feedd stood still for", stopped_ms);
	if (refresh->started)
		settle(refresh, true);
	return true;
}

void lapse_expect(struct refresh *refresh, int64_t delay_ms)
{
	refresh->lapse.timer_ms = delay_ms >= 0 ? clock_steady_ms() + delay_ms : NEVER;
}

static void on_prepare(uv_prepare_t *prepare)
{
	struct refresh *refresh = prepare->data;
	int timeout_ms = uv_backend_timeout(prepare->loop);

	refresh->lapse.sleep_ms = timeout_ms >= 0 ? (int64_t)uv_now(prepare->loop) + timeout_ms
						  : NEVER;
}

static void on_handle_closed(uv_handle_t *handle)
{
	refresh_closed_handle(handle->data);
}

void lapse_open(struct refresh *refresh)
{
	struct lapse *lapse = &refresh->lapse;

	lapse->offset_ms = lapse_offset_ms();
	lapse->set_ms = set_by_ms();
	lapse->began_s = clock_now_s();
	lapse->timer_ms = lapse->sleep_ms = NEVER;
	uv_prepare_init(refresh->parts.loop, &lapse->prepare);
	lapse->prepare.data = refresh;
	uv_prepare_start(&lapse->prepare, on_prepare);
	lapse->open = true;
	refresh->open++;
}

void lapse_close(struct refresh *refresh)
{
	if (refresh->lapse.open)
		uv_close((uv_handle_t *)&refresh->lapse.prepare, on_handle_closed);
}
