#ifndef CONTROL_OUTLINES_H
#define CONTROL_OUTLINES_H

#include <stddef.h>

#include "common/arena.h"
#include "common/err.h"
#include "daemon/store/store.h"
#include "daemon/store/store_feeds.h"

/*
 * Feeds of the store gathered for an OPML list: by folder, then by title,
 * whatever order they came in.  What `set` has changed of a feed goes along, but
 * for what is secret or a matter of this machine (header, auth, certificates,
 * private).  Safe on any thread.
 */
struct outlines {
	struct outline **rows;
	struct arena memory; /* of the rows */
	size_t count, room;
};

void outlines_init(struct outlines *outlines);
void outlines_release(struct outlines *outlines);
void outlines_add(struct outlines *outlines, const struct store_subscription *feed);
/* The whole list, in pieces of some tens of kilobytes.  -1 as soon as put() does
 * not return 0. */
int outlines_write(struct outlines *outlines,
	int (*put)(void *ctx, const char *text, size_t length), void *ctx) MUST_USE;

#endif
