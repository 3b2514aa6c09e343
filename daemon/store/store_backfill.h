#ifndef STORE_STORE_BACKFILL_H
#define STORE_STORE_BACKFILL_H

#include <stdint.h>

#include "common/err.h"

struct store;

/*
 * How far the walk back through a feed's older pages has come: a row a feed,
 * kept over a restart and gone with the feed.  What a page is, the caller knows.
 */
struct store_backfill {
	int64_t feed_id;
	char *url;      /* of the page to ask for next, or NULL: the feed's own document */
	char *mark;     /* a page on the way, to know a circle by, or NULL */
	unsigned pages; /* that are in already */
	unsigned tries; /* in vain, of the page that is next */
	int64_t due_s;
};

/* Queued; the texts are copied.  A feed that is not there (any more) has no row.
 * plain_s: from now on it counts as asked without validators at that moment; 0: as
 * it did. */
void store_backfill_put(
	struct store *store, const struct store_backfill *backfill, int64_t plain_s);
void store_backfill_drop(struct store *store, int64_t feed_id, int64_t plain_s);

/* Blocking, before the loop runs; what `each` is given is the store's. */
int store_backfills_load(struct store *store,
	void (*each)(void *ctx, const struct store_backfill *backfill), void *ctx,
	struct err *err) MUST_USE;

#endif
