#ifndef STORE_BY_FEED_H
#define STORE_BY_FEED_H

#include <stddef.h>
#include <stdint.h>

/*
 * Items that were found in one order and are to be worked on feed by feed, some at
 * a time.  Knows not what for.
 */

struct by_feed {
	struct by_feed_row {
		int64_t feed_id, item_id;
	} * rows;
	size_t count, capacity;
	size_t at; /* whoever works on them has come so far */
};

void by_feed_add(struct by_feed *items, int64_t feed_id, int64_t item_id);
/* By feed, then in order of arrival. */
void by_feed_sort(struct by_feed *items);
/* Where the feed's rows end that `at` is in; at < count. */
size_t by_feed_end(const struct by_feed *items);
void by_feed_clear(struct by_feed *items);
/* All zero is empty. */
void by_feed_release(struct by_feed *items);

#endif
