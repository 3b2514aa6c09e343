#ifndef STORE_CLUSTER_H
#define STORE_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/store/writer.h"

/*
 * The same story in several feeds: items of different feeds with one address,
 * or with one guid and one title (story.h).  item.cluster is their common number, the id
 * of one that was among them; NULL for a story alone.  An address that several
 * items of one feed share (a page of links, a tracker) says nothing, and no
 * cluster ever holds two items of one feed.
 */

/* What copies share besides a hash; NULL: they need not. */
struct likeness {
	const char *title;
	const char *url; /* the place on its page, url_place() */
};

/* An item got a story hash (story.h): join it with those that have it, or take
 * them apart if the hash turned out to be shared within a feed. */
int cluster_settle(
	struct writer *writer, int64_t hash, const struct likeness *like, struct err *err) MUST_USE;

/* The item goes or gets another address; two that were one story are each
 * alone then. */
int cluster_leave(struct writer *writer, int64_t item_id, struct err *err) MUST_USE;

/* Append the others of a cluster: a JSON array of {id feed_id feed_title}. */
struct reader;
int cluster_also_in(struct reader *reader, int64_t cluster, int64_t item_id, struct buf *out,
	struct err *err) MUST_USE;

/* Which clusters a listing has shown: a set in one block of memory, 8 bytes
 * each, the caller's to free().  NULL is the empty one.  True if it is new. */
struct cluster_set;
bool cluster_set_add(struct cluster_set **set, int64_t cluster);

#endif
