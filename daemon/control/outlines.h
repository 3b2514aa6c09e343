#ifndef CONTROL_OUTLINES_H
#define CONTROL_OUTLINES_H

#include <stddef.h>

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
	size_t count, room;
};

/* Of all feeds, which are to be read in one page: between two of them one may change its
 * place in the order, and would be missing. */
extern const struct store_feed_filter outlines_filter;

void outlines_init(struct outlines *outlines);
void outlines_release(struct outlines *outlines);
void outlines_add(struct outlines *outlines, const struct store_feed_row *feed);
/* The whole list, in pieces of some tens of kilobytes.  -1 as soon as put() does
 * not return 0. */
int outlines_write(struct outlines *outlines,
	int (*put)(void *ctx, const char *text, size_t length), void *ctx) MUST_USE;

#endif
