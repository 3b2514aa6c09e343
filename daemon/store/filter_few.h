#ifndef STORE_FILTER_FEW_H
#define STORE_FILTER_FEW_H

#include "daemon/store/db.h"
#include "daemon/store/filter.h"

/*
 * Filters that leave few items of a store, and what finds these sooner than going
 * through all: feeds and tags by their places, edited items by their index, what
 * came behind a cursor by its ids.
 */

/* " FROM … item i …", in no order; false, and nothing is added, where they are not
 * few. */
bool filter_from_few(struct query *query, const struct store_filter *filter, struct db *db);

/* What filter.c has for it: how many items there are, 0 where that can't be read;
 * the feeds that are named, as a condition. */
int64_t filter_known_items(struct db *db, int64_t *out_unread);
void filter_add_ids(struct query *query, const char *column, const struct store_filter *filter);

#endif
