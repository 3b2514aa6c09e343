#include "daemon/main_upkeep.h"

#include "common/clock.h"
#include "common/log.h"
#include "daemon/main_place.h"

#define SOON_MS 50 /* there is more to do; others had their turn */
#define LEAST_S 1
#define MOST_S (7 * 86400)

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

static void on_maintained(void *ctx, int64_t next_s, const struct err *err)
{
	struct upkeep *upkeep = ctx;

	if (err != NULL)
		log_error("the store's upkeep: %s", err->text);
	if (!upkeep->over)
		uv_timer_start(
			&upkeep->timer, on_time, upkeep->again ? SOON_MS : wait_ms_of(next_s), 0);
	upkeep->again = false;
}

static void on_time(uv_timer_t *timer)
{
	struct upkeep *upkeep = timer->data;

	store_maintain(upkeep->store, clock_now_s(), on_maintained, upkeep);
}

void upkeep_tell_upgrade(void *ctx, int from, int to)
{
	(void)ctx;
	log_info("the store is of an older feedd (schema %d): it is copied into backup/ and "
		 "brought up to date (schema %d), which may take minutes",
		from, to);
	place_notify("STATUS=Bringing the store up to date");
}

void upkeep_begin(struct upkeep *upkeep, uv_loop_t *loop, struct store *store)
{
	upkeep->store = store;
	uv_timer_init(loop, &upkeep->timer);
	upkeep->timer.data = upkeep;
	uv_timer_start(&upkeep->timer, on_time, 0, 0);
}

void upkeep_end(struct upkeep *upkeep)
{
	upkeep->over = true;
	uv_timer_stop(&upkeep->timer);
}

void upkeep_look(struct upkeep *upkeep)
{
	upkeep->again = !uv_is_active((uv_handle_t *)&upkeep->timer);
	if (!upkeep->again)
		uv_timer_start(&upkeep->timer, on_time, 0, 0);
}
