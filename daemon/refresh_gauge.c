#include "daemon/refresh_priv.h"

#include "daemon/fetch/fetch.h"
#include "daemon/store/store.h"
#include "daemon/worker/worker.h"

/* A longer queue would make nothing faster, and what is on its way must have
 * room, too. */
#define QUEUE_PART 64u /* of memory-max: more than that need not wait */

static bool is_full(const struct refresh *refresh)
{
	return worker_pool_bytes(refresh->parts.workers) +
		       store_queued_bytes(refresh->parts.store) >=
	       refresh->parts.conf->fetch_memory_max / QUEUE_PART;
}

/* Whoever makes room, on whatever thread, wakes the loop sooner or later. */
static void on_turn(uv_prepare_t *turn)
{
	gauge_read(turn->data);
}

void gauge_read(struct refresh *refresh)
{
	struct gauge *gauge = &refresh->gauge;
	bool full = is_full(refresh);

	if (full == gauge->full || refresh->closing)
		return;
	gauge->full = full;
	if (full)
		uv_prepare_start(&gauge->turn, on_turn);
	else
		uv_prepare_stop(&gauge->turn);
	fetcher_pause(refresh->parts.fetcher, full);
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
