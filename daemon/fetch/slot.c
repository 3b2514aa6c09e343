#include "daemon/fetch/fetcher.h"

/* To a slot: who waits for an answer at a terminal, and who is half way already.  (At a
 * site the oldest goes first: many may be led to one that is never free.) */
static bool goes_first(const struct fetch *fetch)
{
	return fetch->request.asked.first_look || fetch->hop_count > 0;
}

static struct fetch_list *queue_of(struct fetch *fetch)
{
	return goes_first(fetch) ? &fetch->fetcher->first_slots : &fetch->fetcher->slots;
}

void slot_remove(struct fetch *fetch)
{
	struct fetch_list *slots = queue_of(fetch);

	if (fetch->previous_slot != NULL)
		fetch->previous_slot->next_slot = fetch->next_slot;
	else
		slots->first = fetch->next_slot;
	if (fetch->next_slot != NULL)
		fetch->next_slot->previous_slot = fetch->previous_slot;
	else
		slots->last = fetch->previous_slot;
	fetch->next_slot = fetch->previous_slot = NULL;
}

void slot_add(struct fetch *fetch)
{
	struct fetch_list *slots = queue_of(fetch);

	fetch->previous_slot = slots->last;
	if (slots->last != NULL)
		slots->last->next_slot = fetch;
	else
		slots->first = fetch;
	slots->last = fetch;
}

struct fetch *slot_next(const struct fetcher *fetcher)
{
	if (fetcher->closing ||
		fetcher->active >= fetcher->options.in_flight + fetcher_resting(fetcher))
		return NULL;
	if (fetcher->first_slots.first != NULL)
		return fetcher->first_slots.first;
	return fetcher->active < fetcher->allowed ? fetcher->slots.first : NULL;
}
