#ifndef STORE_DROPPED_H
#define STORE_DROPPED_H

#include <stdint.h>

#include "common/err.h"
#include "daemon/store/writer.h"

/*
 * Items that a rule dropped.  As long as the undo log (undo_log.h) names one,
 * its row waits in a table of its own with its article, its tags and its keys;
 * nobody finds it there, and the feed that still shows it brings it no second
 * time.  Forgotten, it is a tombstone like any other.
 */

/* 1; 0 if there is no such item or it is starred: those are never dropped. */
int dropped_put(struct writer *writer, int64_t item_id, struct err *err) MUST_USE;

/* Back where it was, under its id.  1; 0 if there is no such dropped item. */
int dropped_restore(
	struct writer *writer, int64_t item_id, int64_t now_s, struct err *err) MUST_USE;

/* Those that no undo brings back any more. */
int dropped_forget_old(struct writer *writer, struct err *err) MUST_USE;

/* Those of a feed that goes. */
int dropped_forget_feed(struct writer *writer, int64_t feed_id, struct err *err) MUST_USE;

#endif
