#include "daemon/main_upkeep.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/time.h"
#include "daemon/main_place.h"

#define SOON_MS 50 /* there is more to do; others had their turn */
#define LEAST_S 1
#define MOST_S (7 * 86400)
#define AGAIN_S 600 /* until what failed is tried once more */

static void on_time(uv_timer_t *timer);

static uint64_t wait_ms_of(int64_t next_s)
{
	int64_t wait_s = next_s - clock_now_s();

	if (wait_s <= 0)
		return SOON_MS;
	if (wait_s < LEAST_S)
		wait_s = LEAST_S;
	return (uint64_t)(wait_s < MOST_S ? wait_s : MOST_S) * 1000;
}

/* With the first feed there is something to lose, and it has no copy for a while. */
static bool awaits_first_copy(const struct upkeep *upkeep)
{
	return upkeep->fed && store_first_copy_s(upkeep->store) > 0;
}

static void tell_doubt(struct upkeep *upkeep)
{
	char when[TIME_TEXT_MAX];
	int64_t seen_s;
	bool doubted = store_doubts_clock(upkeep->store, &seen_s);

	time_format_rfc3339(seen_s, when);
	if (doubted && !upkeep->doubted)
		log_warning(
			"the clock is more than 400 days ahead of the last moment that the store "
			"knows, %s: nothing is removed for its age until it is set right, or "
			"for an hour",
			when);
	upkeep->doubted = doubted;
}

static void on_maintained(void *ctx, int64_t next_s, const struct err *err)
{
	struct upkeep *upkeep = ctx;
	int64_t copy_s = clock_now_s() + store_first_copy_s(upkeep->store);

	if (err != NULL)
		log_error("the store's upkeep: %s", err->text);
	tell_doubt(upkeep);
	if (awaits_first_copy(upkeep) && copy_s < next_s)
		next_s = copy_s;
	if (!upkeep->over)
		uv_timer_start(
			&upkeep->timer, on_time, upkeep->again ? SOON_MS : wait_ms_of(next_s), 0);
	upkeep->again = false;
}

static void on_time(uv_timer_t *timer)
{
	struct upkeep *upkeep = timer->data;

	upkeep->fed = false;
	store_maintain(upkeep->store, clock_now_s(), on_maintained, upkeep);
}

/* Of many feeds the first one counts: the others come in that time. */
static void on_told(void *ctx, enum hub_topic topic, uint64_t seq)
{
	struct upkeep *upkeep = ctx;

	(void)seq;
	if (topic != HUB_FEEDS || upkeep->fed)
		return;
	upkeep->fed = true;
	if (awaits_first_copy(upkeep) && uv_is_active((uv_handle_t *)&upkeep->timer))
		uv_timer_start(&upkeep->timer, on_time,
			(uint64_t)store_first_copy_s(upkeep->store) * 1000, 0);
}

/* ----------------------------------------------------------- edits ---- */

static void on_edit_due(uv_timer_t *timer);

/* No later than then, for an earlier one may wait already. */
static void await_edit(void *ctx, int64_t tell_s)
{
	struct upkeep *upkeep = ctx;

	if (upkeep->over || tell_s >= upkeep->edit_s)
		return;
	upkeep->edit_s = tell_s;
	uv_timer_start(&upkeep->edits, on_edit_due, wait_ms_of(tell_s), 0);
}

static void on_edits_told(void *ctx, uint64_t seq, int64_t next_s, const struct err *err)
{
	struct upkeep *upkeep = ctx;

	if (err != NULL) {
		log_error("edits cannot be told: %s", err->text);
		next_s = clock_now_s() + AGAIN_S;
	}
	await_edit(upkeep, next_s);
	if (seq != 0 && !upkeep->over)
		hub_tell(upkeep->hub, HUB_STORE, seq);
}

static void on_edit_due(uv_timer_t *timer)
{
	struct upkeep *upkeep = timer->data;

	upkeep->edit_s = INT64_MAX;
	store_tell_edits(upkeep->store, clock_now_s(), on_edits_told, upkeep);
}

/* ------------------------------------------------------------ life ---- */

void upkeep_tell_upgrade(void *ctx, int from, int to)
{
	(void)ctx;
	log_info("the store is of an older feedd (schema %d): it is copied into backup/ and "
		 "brought up to date (schema %d), which may take minutes",
		from, to);
	place_notify("STATUS=Bringing the store up to date");
}

void upkeep_begin(struct upkeep *upkeep, uv_loop_t *loop, struct store *store, struct hub *hub)
{
	upkeep->store = store;
	upkeep->hub = hub;
	uv_timer_init(loop, &upkeep->timer);
	uv_timer_init(loop, &upkeep->edits);
	upkeep->timer.data = upkeep->edits.data = upkeep;
	uv_timer_start(&upkeep->timer, on_time, 0, 0);
	upkeep->sink = hub_join(hub, on_told, upkeep);
	upkeep->edit_s = INT64_MAX;
	store_on_edit(store, await_edit, upkeep);
	await_edit(upkeep, 0);
}

void upkeep_end(struct upkeep *upkeep)
{
	upkeep->over = true;
	hub_leave(upkeep->sink);
	upkeep->sink = NULL;
	uv_timer_stop(&upkeep->timer);
	uv_timer_stop(&upkeep->edits);
}

void upkeep_look(struct upkeep *upkeep)
{
	await_edit(upkeep, 0);
	upkeep->again = !uv_is_active((uv_handle_t *)&upkeep->timer);
	if (!upkeep->again)
		uv_timer_start(&upkeep->timer, on_time, 0, 0);
}
