#include "daemon/fetch/fetcher.h"

/* To a slot: who waits for an answer at a terminal, and who is half way already.  (At a
 * site the oldest goes first: many may be led to one that is never free.) */
static bool goes_first(const struct fetch *fetch)
{
	return fetch->request.asked.first_look || fetch->hop_count > 0;
}

static struct fetch_slots *queue_of(struct fetch *fetch)
{
	return goes_first(fetch) ? &fetch->fetcher->first_slots : &fetch->fetcher->slots;
}

void slots_init(struct fetcher *fetcher)
{
	TAILQ_INIT(&fetcher->first_slots);
	TAILQ_INIT(&fetcher->slots);
}

void slot_add(struct fetch *fetch)
{
	TAILQ_INSERT_TAIL(queue_of(fetch), fetch, slot);
}

void slot_remove(struct fetch *fetch)
{
	TAILQ_REMOVE(queue_of(fetch), fetch, slot);
}

struct fetch *slot_next(const struct fetcher *fetcher)
{
	if (fetcher->closing ||
		fetcher->active >= fetcher->options.in_flight + fetcher_resting(fetcher))
		return NULL;
	if (!TAILQ_EMPTY(&fetcher->first_slots))
		return TAILQ_FIRST(&fetcher->first_slots);
	return fetcher->active < fetcher->allowed ? TAILQ_FIRST(&fetcher->slots) : NULL;
}
