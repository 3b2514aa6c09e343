#ifndef STORE_FEED_ADD_H
#define STORE_FEED_ADD_H

#include "daemon/store/store.h"
#include "daemon/store/store_feeds.h"
#include "daemon/store/writer.h"

/*
 * Subscribe to one feed inside the transaction, with its first document if
 * there is one; one that was dropped by name gets its old id.  What is wrong
 * with the feed itself is in result->refused, the caller's to free(), and 0.
 */
int feed_add_one(struct writer *writer, struct store_new_feed *feed, struct store_added *result,
	struct err *err) MUST_USE;

/* How many feeds have had no look and wait for nothing else: the next one's turn. */
int feed_add_turn(struct writer *writer, int64_t *out_turn, struct err *err) MUST_USE;

/* 1: a subscription has that address, *out_id; *out_looked_at: it is neither paused nor gone.
 * 0: none has, or none any more: a feed that was removed, and is kept for its starred items,
 * gives it up. */
int feed_free_url(struct writer *writer, const char *url, int64_t *out_id, bool *out_looked_at,
	struct err *err) MUST_USE;

/* A feed has that address from now on, which is no other's; what was restored of items
 * that it has not brought yet waits for them there. */
int feed_put_url(struct writer *writer, int64_t feed_id, const char *url, struct err *err) MUST_USE;

/* The same where it moved by itself: what rests because of it follows, and `from` is kept
 * in its moves and told. */
int feed_put_moved(struct writer *writer, int64_t feed_id, const char *from, const char *to,
	int64_t now_s, struct err *err) MUST_USE;

#endif
