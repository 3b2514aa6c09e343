#include "daemon/store/by_feed.h"

#include <stdlib.h>

#include "common/mem.h"

void by_feed_add(struct by_feed *items, int64_t feed_id, int64_t item_id)
{
	if (items->count == items->capacity) {
		items->capacity = items->capacity != 0 ? items->capacity * 2 : 1024;
		items->rows = mem_realloc_array(items->rows, items->capacity, sizeof(*items->rows));
	}
	items->rows[items->count].feed_id = feed_id;
	items->rows[items->count++].item_id = item_id;
}

static int in_order(const void *a, const void *b)
{
	const struct by_feed_row *x = a, *y = b;

	if (x->feed_id != y->feed_id)
		return (x->feed_id > y->feed_id) - (x->feed_id < y->feed_id);
	return (x->item_id > y->item_id) - (x->item_id < y->item_id);
}

void by_feed_sort(struct by_feed *items)
{
	if (items->count > 1)
		qsort(items->rows, items->count, sizeof(*items->rows), in_order);
}

size_t by_feed_end(const struct by_feed *items)
{
	size_t end = items->at;

	while (end < items->count && items->rows[end].feed_id == items->rows[items->at].feed_id)
		end++;
	return end;
}

void by_feed_clear(struct by_feed *items)
{
	items->count = items->at = 0;
}

void by_feed_release(struct by_feed *items)
{
	free(items->rows);
	*items = (struct by_feed){ 0 };
}
