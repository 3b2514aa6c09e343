#ifndef STORE_LIST_GATHER_H
#define STORE_LIST_GATHER_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/store/pool.h"
#include "daemon/store/store.h"
#include "daemon/store/store_items.h"

/*
 * Orders that no index serves, or not soon: the ids of a listing, gathered once and
 * sorted.
 * One block of memory, the caller's to free().
 */

#define GATHER_MAX 100000

struct gathered {
	size_t count;
	int64_t ids[];
};

struct found;

/* Which items, and in which order: by title, rank, date or arrival. */
struct gather {
	const struct store_filter *filter;
	enum store_sort sort;
	bool reverse;
	uint64_t bound_seq; /* those that came behind it are left out */
};
/* 1; 0 if there are more than GATHER_MAX, and then *out_found (unless out_found is NULL)
 * may be those that have the words, the caller's to free(); -1. */
int gather_items(struct reader *reader, const struct gather *what, struct gathered **out,
	struct found **out_found, struct err *err) MUST_USE;

/* Those that have the words of filter->match, however many.  NULL in a store whose
 * ids are too far apart for a set. */
int gather_found(struct reader *reader, const struct store_filter *filter, struct found **out,
	struct err *err) MUST_USE;

/* Feeds in order of their titles: those that can have rows. */
int gather_feeds(struct reader *reader, const struct store_filter *filter, bool reverse,
	struct gathered **out, struct err *err) MUST_USE;

#endif
