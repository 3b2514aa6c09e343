#ifndef STORE_ARRIVE_H
#define STORE_ARRIVE_H

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/store/identity.h"
#include "daemon/store/item.h"

/*
 * New items of a document become rows, all of them in one go.  Knows the columns, not why
 * a row is written.
 */

enum item_origin { ITEM_NEW, ITEM_INITIAL, ITEM_BACKFILL };

struct arrivals {
	struct item_rows *rows;
	struct arrival *list;
	size_t count;
	const struct arrival *made; /* whose texts `rows` has; NULL: nobody's */
};
/* most: how many there may be. */
void arrivals_init(struct arrivals *arrivals, struct item_rows *rows, size_t most);
void arrivals_release(struct arrivals *arrivals);

/* The item has an id from now on (item_id), and a place in the order of arrival. */
int arrivals_add(struct arrivals *arrivals, struct incoming *in, struct err *err) MUST_USE;

/* Their rows, keys and stories, and the articles that are not bundled.  Feed counts are
 * the caller's. */
int arrivals_write(struct arrivals *arrivals, enum item_origin origin, struct err *err) MUST_USE;

#endif
