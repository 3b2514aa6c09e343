#ifndef CONTROL_SNAPSHOT_H
#define CONTROL_SNAPSHOT_H

#include "daemon/control/control.h"

/*
 * Keeps subscriptions.opml in the data directory: a copy of what is subscribed
 * that any other reader can take, for the day the store is lost.  Written
 * after subscriptions changed, when nothing has come in for ten seconds or half a
 * minute is over, and at the end; always a whole file, put in the old one's place.
 * What could not be written is tried again each minute and at the end; a start that
 * finds it may be behind the store (after a kill, or an attempt that failed), or
 * missing, writes it as after a change.
 */
struct snapshot;

struct snapshot *snapshot_new(const struct control_parts *parts);
/* Write what is not written yet; then `closed`, on the loop. */
void snapshot_close(struct snapshot *snapshot, void (*closed)(void *ctx), void *ctx);

#endif
