#ifndef STORE_FEED_ORDER_H
#define STORE_FEED_ORDER_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/store/db.h"
#include "daemon/store/store.h"
#include "daemon/store/store_feeds.h"

/*
 * Which feeds a listing shows, and in which order: those that need attention
 * first, then by title.  Knows nothing of their rows.
 */

struct feed_key {
	int64_t id;
	const char *state; /* static */
	unsigned rank;     /* 0: needs attention most */
	char *title;       /* while it is sorted */
};

struct feed_order {
	struct feed_key *keys;
	size_t count, capacity;
	uint64_t filter; /* what it was asked with */
};
void feed_order_release(struct feed_order *order);

/* *order is empty before. */
int feed_order_gather(struct feed_order *order, const struct store_feed_filter *filter,
	struct db *db, struct err *err) MUST_USE;

/*
 * The order of a listing whose first page was told, kept for the next one: a
 * hundred thousand feeds are not sorted for each page, and none changes its
 * place in between.  One at a time; another listing's first page replaces it.
 */
struct feed_order_kept {
	pthread_mutex_t mutex;
	struct feed_order order;
};
void feed_order_kept_init(struct feed_order_kept *kept);
void feed_order_kept_release(struct feed_order_kept *kept);

/* Move it out if it is that filter's: true. */
bool feed_order_take(struct feed_order_kept *kept, const struct store_feed_filter *filter,
	struct feed_order *out_order);
/* Move it in; *order is empty then. */
void feed_order_keep(struct feed_order_kept *kept, struct feed_order *order);

#endif
