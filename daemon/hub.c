#include "daemon/hub.h"

#include <stdbool.h>
#include <stdlib.h>

#include "common/mem.h"

/*
 * Sinks are a list.  While it is telling, one that leaves is only marked (told
 * is NULL) and swept when the outermost telling is over; one that joins stands
 * in front, where that telling does not come by any more.
 */
struct hub_sink {
	struct hub *hub;
	struct hub_sink *next;
	hub_told *told; /* NULL: has left */
	void *ctx;
};

struct hub {
	struct hub_sink *sinks;
	unsigned telling; /* depth: a sink may cause the next telling */
	bool left;
};

static void sweep(struct hub *hub)
{
	struct hub_sink **at = &hub->sinks;

	hub->left = false;
	while (*at != NULL) {
		struct hub_sink *sink = *at;

		if (sink->told != NULL) {
			at = &sink->next;
			continue;
		}
		*at = sink->next;
		free(sink);
	}
}

struct hub *hub_new(void)
{
	return MEM_NEW(struct hub);
}

void hub_free(struct hub *hub)
{
	if (hub == NULL)
		return;
	for (struct hub_sink *sink = hub->sinks; sink != NULL; sink = sink->next)
		sink->told = NULL;
	sweep(hub);
	free(hub);
}

struct hub_sink *hub_join(struct hub *hub, hub_told *told, void *ctx)
{
	struct hub_sink *sink = MEM_NEW(struct hub_sink);

	sink->hub = hub;
	sink->told = told;
	sink->ctx = ctx;
	sink->next = hub->sinks;
	hub->sinks = sink;
	return sink;
}

void hub_leave(struct hub_sink *sink)
{
	if (sink == NULL)
		return;
	sink->told = NULL;
	sink->hub->left = true;
	if (sink->hub->telling == 0)
		sweep(sink->hub);
}

void hub_tell(struct hub *hub, enum hub_topic topic, uint64_t seq)
{
	hub->telling++;
	for (struct hub_sink *sink = hub->sinks; sink != NULL; sink = sink->next)
		if (sink->told != NULL)
			sink->told(sink->ctx, topic, seq);
	hub->telling--;
	if (hub->telling == 0 && hub->left)
		sweep(hub);
}
