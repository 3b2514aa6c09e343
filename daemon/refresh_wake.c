#include "daemon/refresh_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/order.h"
#include "common/random.h"
#include "common/time.h"

#define PACE_S 3   /* a feed, where few are overdue */
#define TICK_MS 50 /* of the test clock */
#define ASLEEP INT64_MAX
#define ASLEEP_YEARS_S (5 * 366 * 86400)

/*
 *	start, resume --settle--> SETTLING --its end--> spread --done--> pump
 *	                                                                   |
 *	       timerfd: due, clock changed <-- armed for the earliest <----+
 *
 * No tick: the kernel wakes us at the due time by the wall clock, and at once
 * when that is set or the machine resumes.  refresh_lapse.c tells which it was.
 */

static void set_timer_ms(struct refresh *refresh, int64_t due_ms)
{
	struct wake *wake = &refresh->wake;
	struct itimerspec when = { 0 };
	/* The kernel knows nothing of the test clock. */
	int64_t real_ms = due_ms == ASLEEP ? 0 : due_ms - clock_now_ms();
	struct timespec now;

	wake->due_ms = due_ms;
	if (due_ms != ASLEEP) {
		clock_gettime(CLOCK_REALTIME, &now);
		real_ms = real_ms > 0 ? real_ms : 0;
		when.it_value.tv_sec = now.tv_sec + (time_t)(real_ms / 1000);
		when.it_value.tv_nsec = now.tv_nsec + (long)(real_ms % 1000) * 1000000 + 1;
		if (when.it_value.tv_nsec >= 1000000000) {
			when.it_value.tv_sec++;
			when.it_value.tv_nsec -= 1000000000;
		}
	} else {
		/* Far away, but armed: a change of the clock still wakes us. */
		clock_gettime(CLOCK_REALTIME, &now);
		when.it_value.tv_sec = now.tv_sec + ASLEEP_YEARS_S;
	}
	lapse_expect(refresh, due_ms == ASLEEP ? -1 : real_ms);
	if (timerfd_settime(wake->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL) < 0)
		log_error("the timer cannot be set: errno %d", errno);
}

static void set_timer(struct refresh *refresh, int64_t due_s)
{
	set_timer_ms(refresh, due_s < ASLEEP / 1000 ? due_s * 1000 : ASLEEP);
}

/* ------------------------------------------------ settling, spreading ---- */

static void on_spread(void *ctx, const struct err *err)
{
	struct refresh *refresh = ctx;

	refresh->wake.spreading = false;
	if (err != NULL && !refresh->closing)
		log_error("overdue feeds cannot be spread: %s", err->text);
	refresh_pump(refresh);
	refresh_unref(refresh);
}

/* In their order, though some had to step aside. */
static int64_t *moments_of(
	const struct policy_rules *rules, int64_t from_s, int64_t span_s, size_t count)
{
	int64_t *moments_s = MEM_ARRAY(count, int64_t);
	uint64_t random[2];

	for (size_t i = 0; i < count; i++) {
		random[0] = random_bits();
		random[1] = random_bits();
		moments_s[i] = policy_spread(rules, from_s, span_s, i, count, random);
	}
	qsort(moments_s, count, sizeof(*moments_s), order_int64);
	return moments_s;
}

/*
 * Oldest first over start-spread, but no longer than a quarter of the usual
 * interval, nor than it takes at an unhurried pace: a feed alone need not wait.
 */
static void on_overdue_counted(void *ctx, int64_t next_poll_s, uint64_t due, const struct err *err)
{
	struct refresh *refresh = ctx;
	const struct conf *conf = refresh->parts.conf;
	int64_t now_s = clock_now_s();
	struct policy_rules rules = refresh->rules;
	int64_t span_s = conf->poll_interval_ms / 4000;
	int64_t *moments_s;

	(void)next_poll_s;
	if (refresh->closing || err != NULL || due == 0) {
		on_spread(refresh, err);
		return;
	}
	if (conf->poll_start_spread_ms / 1000 < span_s)
		span_s = conf->poll_start_spread_ms / 1000;
	if (due < (uint64_t)(span_s / PACE_S))
		span_s = (int64_t)due * PACE_S;
	/* Who wants no spread wants them at once. */
	rules.avoid_hot = rules.avoid_hot && conf->poll_start_spread_ms > 0;
	moments_s = moments_of(&rules, now_s, span_s, (size_t)due);
	/* What is due this very second is in it, too. */
	store_spread(refresh->parts.store, now_s + 1, moments_s, (size_t)due, on_spread, refresh);
}

static void spread(struct refresh *refresh, int64_t now_s)
{
	refresh->wake.settle_ms = 0;
	refresh->wake.spreading = true;
	refresh_ref(refresh);
	store_due(refresh->parts.store, now_s, STORE_DUE_ALL, on_overdue_counted, refresh);
}

bool wake_settled(const struct refresh *refresh, int64_t now_s)
{
	(void)now_s;
	return refresh->wake.settle_ms == 0 && !refresh->wake.spreading;
}

void wake_settle(struct refresh *refresh, int64_t delay_ms)
{
	if (refresh->wake.settle_ms != 0 || (refresh->wake.spreading && delay_ms <= 0))
		return; /* it is being done */
	if (delay_ms <= 0) {
		spread(refresh, clock_now_s());
		return;
	}
	refresh->wake.settle_ms = clock_now_ms() + delay_ms;
	set_timer_ms(refresh, refresh->wake.settle_ms);
}

void wake_start(struct refresh *refresh)
{
	struct conf_span delay = refresh->parts.conf->poll_start_delay;
	int64_t wait_ms = delay.least_ms +
			  (int64_t)random_below((uint64_t)(delay.most_ms - delay.least_ms) + 1);

	lapse_start(refresh); /* it may have been set while nobody ran */
	wake_settle(refresh, wait_ms);
}

/* ------------------------------------------------------ the due time ---- */

/* The next one that goes around the proxy, or the next probe of it. */
static int64_t next_apart_s(const struct refresh *refresh, int64_t next_poll_s, int64_t now_s)
{
	int64_t probe_s = net_probe_s(refresh, now_s);
	int64_t next_s = next_poll_s < probe_s ? next_poll_s : probe_s;

	return next_s > now_s ? next_s : now_s + 1; /* this second has been looked through */
}

static void on_due_known(void *ctx, int64_t next_poll_s, uint64_t due, const struct err *err)
{
	struct refresh *refresh = ctx;
	struct wake *wake = &refresh->wake;
	int64_t now_s = clock_now_s();

	(void)due;
	wake->asking = false;
	if (refresh->closing) {
		refresh_unref(refresh);
		return;
	}
	if (err != NULL) {
		log_error("the schedule cannot be read: %s", err->text);
		next_poll_s = now_s + 60;
	}
	wake->asked_again |= wake->asked_around != net_is_apart(refresh);
	if (net_is_apart(refresh))
		next_poll_s = next_apart_s(refresh, next_poll_s, now_s);
	else if (net_paused(refresh) && next_poll_s < refresh->net.next_probe_s)
		next_poll_s = refresh->net.next_probe_s;
	else if (!net_paused(refresh) && next_poll_s > backfill_next_s(refresh))
		next_poll_s = backfill_next_s(refresh);
	if (wake->asked_again) {
		wake->asked_again = false;
		wake_arm(refresh);
	} else if (wake_settled(refresh, now_s)) {
		set_timer(refresh, next_poll_s);
	}
	refresh_unref(refresh);
}

void wake_arm(struct refresh *refresh)
{
	if (refresh->wake.asking) {
		refresh->wake.asked_again = true;
		return;
	}
	refresh->wake.asking = true;
	refresh->wake.asked_around = net_is_apart(refresh);
	refresh_ref(refresh);
	store_due(refresh->parts.store, clock_now_s(),
		refresh->wake.asked_around ? STORE_DUE_AROUND : STORE_DUE_ALL, on_due_known,
		refresh);
}

void wake_at(struct refresh *refresh, int64_t at_s)
{
	set_timer(refresh, at_s);
}

static void look_up(struct refresh *refresh)
{
	struct wake *wake = &refresh->wake;
	int64_t now_s = clock_now_s();

	lapse_look(refresh);
	if (wake->settle_ms != 0 && clock_now_ms() >= wake->settle_ms) {
		spread(refresh, now_s);
		return;
	}
	if (wake->settle_ms != 0) {
		set_timer_ms(refresh, wake->settle_ms);
		return;
	}
	if (!net_paused(refresh) && !refresh->storage_hold)
		backfill_look(refresh, now_s);
	refresh_pump(refresh);
}

static void on_timer(uv_poll_t *poll, int status, int events)
{
	struct refresh *refresh = poll->data;
	uint64_t expirations;

	(void)status;
	(void)events;
	/* ECANCELED is how a change of the clock is told; both mean: look. */
	if (read(refresh->wake.fd, &expirations, sizeof(expirations)) < 0 && errno == EAGAIN)
		return;
	look_up(refresh);
}

#ifdef FEEDD_TEST_HOOKS
/* The test clock moves without the kernel's knowing. */
static void on_tick(uv_timer_t *tick)
{
	struct refresh *refresh = tick->data;
	int64_t drift_ms = lapse_offset_ms() - refresh->wake.tick_offset_ms;

	if (drift_ms > -500 && drift_ms < 500)
		return;
	refresh->wake.tick_offset_ms += drift_ms;
	lapse_look(refresh);
	set_timer_ms(refresh, refresh->wake.due_ms);
	look_up(refresh);
}

static void open_tick(struct refresh *refresh)
{
	if (getenv("FEEDD_TEST_CLOCK_FILE") == NULL)
		return;
	uv_timer_init(refresh->parts.loop, &refresh->wake.tick);
	refresh->wake.tick.data = refresh;
	refresh->wake.tick_offset_ms = lapse_offset_ms();
	refresh->wake.tick_open = true;
	refresh->open++;
	uv_timer_start(&refresh->wake.tick, on_tick, TICK_MS, TICK_MS);
}
#else
static void open_tick(struct refresh *refresh)
{
	(void)refresh;
}
#endif

static void on_handle_closed(uv_handle_t *handle)
{
	refresh_closed_handle(handle->data);
}

int wake_open(struct refresh *refresh, struct err *err)
{
	struct wake *wake = &refresh->wake;
	int rc;

	wake->due_ms = ASLEEP;
	wake->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	/* Without one no feed would ever be looked at again. */
	if (wake->fd < 0)
		return err_set_errno(err, ERR_FAILED, errno, "no timer for what is due");
	rc = uv_poll_init(refresh->parts.loop, &wake->poll, wake->fd);
	if (rc < 0) {
		close(wake->fd);
		return err_set(err, ERR_FAILED, "no timer for what is due: %s", uv_strerror(rc));
	}
	wake->poll.data = refresh;
	wake->open = true;
	refresh->open++;
	uv_poll_start(&wake->poll, UV_READABLE, on_timer);
	set_timer_ms(refresh, ASLEEP);
	open_tick(refresh);
	return 0;
}

void wake_close(struct refresh *refresh)
{
	struct wake *wake = &refresh->wake;

	if (wake->open) {
		uv_poll_stop(&wake->poll);
		close(wake->fd);
		uv_close((uv_handle_t *)&wake->poll, on_handle_closed);
	}
	if (wake->tick_open)
		uv_close((uv_handle_t *)&wake->tick, on_handle_closed);
}
