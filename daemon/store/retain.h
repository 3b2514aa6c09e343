#ifndef STORE_RETAIN_H
#define STORE_RETAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/store/by_feed.h"

/*
 * Retention: what its feed ceased to show goes when it was kept for long enough,
 * counted from when it was last shown and never by its date.  Starred items stay;
 * so does for a day what was marked, for undo to find it.  Knows not when upkeep
 * runs.
 */

struct writer;

struct retain_limits {
	int64_t now_s;
	int64_t keep_read_s, keep_unread_s; /* INT64_MAX: for ever */
};

/* How far a round has come.  All zero: it begins. */
struct retain {
	int64_t keep_read_s, keep_unread_s; /* that it was begun with */
	unsigned stage;                     /* which items it looks for, of retain.c's */
	int64_t feed_id, at_s, item_id;     /* up to where it has looked for them */
	bool at_end;                        /* there are none behind that */
	bool found;                         /* enough for now: these first */
	struct by_feed over;                /* those found; each is judged anew when it goes */
};

void retain_release(struct retain *retain);

/*
 * A few milliseconds of work: 1, 0 when the round is over, -1.  What is to be
 * undone by a transaction that fails is in the store alone.
 */
int retain_step(
	struct writer *writer, const struct retain_limits *limits, struct err *err) MUST_USE;

#endif
