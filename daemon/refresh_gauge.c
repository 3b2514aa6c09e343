#include "daemon/refresh_priv.h"

#include <limits.h>

#include "daemon/fetch/fetch.h"
#include "daemon/store/store.h"
#include "daemon/worker/worker.h"

/* A longer queue would make nothing faster, and what is on its way must have
 * room, too. */
#define QUEUE_PART 48u /* of memory-max: more than that need not wait */
#define STEPS 8u       /* it is full until one in so many of its parts is free */
#define PATIENCE_MS 500u

/* A parser's answer wakes the loop, and a commit; a writer that is in the middle
 * of a long batch is to do so, too, once there is room for some answers more. */
static void wake_for_room(const struct refresh *refresh, uint64_t room, uint64_t parsing)
{
	uint64_t queued = store_queued_bytes(refresh->parts.store);
	uint64_t step = room / STEPS;
	uint64_t below = parsing < room && queued > room - parsing ? room - parsing : queued;

	store_wake_below(refresh->parts.store, below > step ? (size_t)(below - step) : 0);
}

/* Whoever makes room, on whatever thread, wakes the loop sooner or later. */
static void on_turn(uv_prepare_t *turn)
{
	gauge_read(turn->data);
}

static void tell_fetcher(struct refresh *refresh)
{
	const struct gauge *gauge = &refresh->gauge;

	fetcher_read(refresh->parts.fetcher, !gauge->full || gauge->stuck);
	fetcher_allow(refresh->parts.fetcher, gauge->full ? 0 : UINT_MAX);
}

static void on_patience(uv_timer_t *timer)
{
	struct refresh *refresh = timer->data;

	refresh->gauge.stuck = true;
	tell_fetcher(refresh);
}

static void set_full(struct refresh *refresh, bool full)
{
	struct gauge *gauge = &refresh->gauge;

	if (full == gauge->full)
		return;
	gauge->full = full;
	if (full) {
		uv_prepare_start(&gauge->turn, on_turn);
		uv_timer_start(&gauge->patience, on_patience, PATIENCE_MS, 0);
	} else {
		gauge->stuck = false;
		uv_prepare_stop(&gauge->turn);
		uv_timer_stop(&gauge->patience);
	}
	tell_fetcher(refresh);
}

void gauge_read(struct refresh *refresh)
{
	uint64_t room = refresh->parts.conf->fetch_memory_max / QUEUE_PART;
	uint64_t parsing, used;

	if (refresh->closing)
		return;
	parsing = worker_pool_bytes(refresh->parts.workers);
	used = parsing + store_queued_bytes(refresh->parts.store);
	fetcher_taken(refresh->parts.fetcher, used);
	if (refresh->gauge.full)
		used += room / STEPS;
	set_full(refresh, used >= room);
	if (refresh->gauge.full)
		wake_for_room(refresh, room, parsing);
}

void gauge_open(struct refresh *refresh)
{
	uv_prepare_init(refresh->parts.loop, &refresh->gauge.turn);
	uv_timer_init(refresh->parts.loop, &refresh->gauge.patience);
	uv_unref((uv_handle_t *)&refresh->gauge.patience);
	refresh->gauge.turn.data = refresh->gauge.patience.data = refresh;
	refresh->open += 2;
}

static void on_closed(uv_handle_t *handle)
{
	refresh_closed_handle(handle->data);
}

void gauge_close(struct refresh *refresh)
{
	uv_close((uv_handle_t *)&refresh->gauge.turn, on_closed);
	uv_close((uv_handle_t *)&refresh->gauge.patience, on_closed);
}
