#include "daemon/refresh_priv.h"

#include "daemon/fetch/fetch.h"
#include "daemon/store/store.h"
#include "daemon/worker/worker.h"

/* A longer queue would make nothing faster, and what is on its way must have
 * room, too. */
#define QUEUE_PART 64u /* of memory-max: more than that need not wait */

/*
 * All slots while half of the room is free, none when it is full, in between its
 * share: a queue that stops all requests at once runs dry before the answers of
 * the next ones are there, when servers are slow.  This way as many stay on the
 * road as the queue loses while one is away.
 */
static unsigned slots_for(const struct refresh *refresh, uint64_t room, uint64_t used)
{
	uint64_t slots = (uint64_t)refresh->parts.conf->fetch_in_flight;

	if (used >= room)
		return 0;
	if (used <= room / 2)
		return (unsigned)slots;
	return (unsigned)((slots * (room - used) + room / 2 - 1) / (room / 2));
}

/* A parser's answer wakes the loop, and a commit; a writer that is in the middle
 * of a long batch is to do so, too, once there is room for some slots more. */
static void wake_for_room(const struct refresh *refresh, uint64_t room, uint64_t parsing)
{
	uint64_t queued = store_queued_bytes(refresh->parts.store);
	uint64_t step = room / 8;
	uint64_t below = parsing < room && queued > room - parsing ? room - parsing : queued;

	store_wake_below(refresh->parts.store, below > step ? (size_t)(below - step) : 0);
}

/* Whoever makes room, on whatever thread, wakes the loop sooner or later. */
static void on_turn(uv_prepare_t *turn)
{
	gauge_read(turn->data);
}

void gauge_read(struct refresh *refresh)
{
	struct gauge *gauge = &refresh->gauge;
	uint64_t room = refresh->parts.conf->fetch_memory_max / QUEUE_PART, parsing;
	unsigned slots;
	bool limited;

	if (refresh->closing)
		return;
	parsing = worker_pool_bytes(refresh->parts.workers);
	slots = slots_for(refresh, room, parsing + store_queued_bytes(refresh->parts.store));
	limited = slots < (unsigned)refresh->parts.conf->fetch_in_flight;
	if (limited)
		wake_for_room(refresh, room, parsing);
	if (slots == gauge->slots)
		return;
	gauge->slots = slots;
	if (limited)
		uv_prepare_start(&gauge->turn, on_turn);
	else
		uv_prepare_stop(&gauge->turn);
	fetcher_allow(refresh->parts.fetcher, slots);
}

void gauge_open(struct refresh *refresh)
{
	uv_prepare_init(refresh->parts.loop, &refresh->gauge.turn);
	refresh->gauge.turn.data = refresh;
	refresh->open++;
}

static void on_closed(uv_handle_t *handle)
{
	refresh_closed_handle(handle->data);
}

void gauge_close(struct refresh *refresh)
{
	uv_close((uv_handle_t *)&refresh->gauge.turn, on_closed);
}
