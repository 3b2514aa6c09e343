#ifndef CONTROL_OUTLINES_H
#define CONTROL_OUTLINES_H

#include <stddef.h>

#include "common/buf.h"
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
	struct outline *rows;
	size_t count, room;
};

void outlines_init(struct outlines *outlines);
void outlines_release(struct outlines *outlines);
void outlines_add(struct outlines *outlines, const struct store_feed_row *feed);
/* The whole list, appended.  -1 at the buffer's limit. */
int outlines_write(struct outlines *outlines, struct buf *out) MUST_USE;

#endif
