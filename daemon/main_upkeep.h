#ifndef DAEMON_MAIN_UPKEEP_H
#define DAEMON_MAIN_UPKEEP_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "daemon/hub.h"
#include "daemon/store/store.h"

/*
 * The store's upkeep (retention, the daily backup) and what it tells later, at the
 * moments that the store names.  Knows nothing of what is done then.
 */
struct upkeep {
	uv_timer_t timer; /* runs while nothing is done */
	uv_timer_t edits;
	int64_t edit_s; /* what that one is set for; INT64_MAX: it is not */
	struct store *store;
	struct hub *hub;
	struct hub_sink *sink;
	bool doubted; /* the clock is, and that was said */
	bool fed;     /* feeds were changed since what was done last began */
	bool again;   /* once what is being done is done */
	bool over;
};

/* For store_options: who waits for the service learns why nobody answers yet. */
void upkeep_tell_upgrade(void *ctx, int from, int to);

/* At once for the first time. */
void upkeep_begin(struct upkeep *upkeep, uv_loop_t *loop, struct store *store, struct hub *hub);
/* What is being done ends by itself. */
void upkeep_end(struct upkeep *upkeep);
/* Something may be due at once: other settings hold, or the clock says another time. */
void upkeep_look(struct upkeep *upkeep);

#endif
