#ifndef STORE_FILTER_H
#define STORE_FILTER_H

#include <stdbool.h>

#include "daemon/store/query.h"
#include "daemon/store/store.h"

/*
 * The filters of `list` as conditions on `item i`, and the index that serves
 * them.  The one place where a WHERE clause is composed.
 */

/* A copy of its own, for the thread that reads. */
void filter_copy(struct store_filter *to, const struct store_filter *from);
void filter_release(struct store_filter *filter);

/* " FROM item i INDEXED BY … " for rows in order of date. */
void filter_from(struct query *query, const struct store_filter *filter);
/* " WHERE …": always at least one condition, so that more may follow. */
void filter_where(struct query *query, const struct store_filter *filter);

#endif
