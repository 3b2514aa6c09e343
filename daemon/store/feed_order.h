#ifndef STORE_FEED_ORDER_H
#define STORE_FEED_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/store/db.h"
#include "daemon/store/store.h"
#include "daemon/store/store_feeds.h"

/*
 * Which feeds a listing shows, and in which order: those that need attention
 * first, then by title; and how far it has been told, for a hundred thousand are not
 * sorted for each page, and none changes its place in between.  Knows nothing of their
 * rows.
 */

struct feed_place {
	int64_t id;
	const char *state; /* static */
};

/* store_feeds.h owns it between pages. */
struct store_feed_order {
	struct feed_place *feeds;
	size_t count, told;
};

struct store_feed_order *feed_order_new(void);
/* *order is new. */
int feed_order_gather(struct store_feed_order *order, const struct store_feed_filter *filter,
	struct db *db, struct err *err) MUST_USE;

#endif
