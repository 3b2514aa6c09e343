#ifndef TESTS_UNIT_STORE_MANY_H
#define TESTS_UNIT_STORE_MANY_H

#include "world.h"

/* For tests of which item is which: documents of many items, one after another. */

static inline void many(struct words *items, char (*memory)[4][64], size_t count, const char *guid,
	const char *url, size_t from)
{
	size_t i;

	memset(items, 0, count * sizeof(*items));
	for (i = 0; i < count; i++) {
		snprintf(memory[i][0], 64, guid, (int)(from + i));
		snprintf(memory[i][1], 64, url, (int)(from + i));
		snprintf(memory[i][2], 64, "Title %d", (int)(from + i));
		snprintf(memory[i][3], 64, "<p>Text %d", (int)(from + i));
		items[i].guid = memory[i][0];
		items[i].url = memory[i][1];
		items[i].title = memory[i][2];
		items[i].text = memory[i][3];
		items[i].published_s = NOW - DAY - (int64_t)(from + i) * HOUR;
	}
}

/* Two documents of `count` items; what differs is said by the formats. */
static inline void two_documents(struct world *w, size_t count, const char *guid_1,
	const char *url_1, const char *guid_2, const char *url_2)
{
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[64];
	char memory[64][4][64];

	many(items, memory, count, guid_1, url_1, 0);
	world_ingest(w, feed, items, count);
	assert_int_equal(w->delta.fresh, count);
	w->now_s += HOUR;
	many(items, memory, count, guid_2, url_2, 0);
	world_ingest(w, feed, items, count);
}

static inline void nothing_came_twice(struct world *w, size_t count)
{
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(w->delta.backfill, 0);
	assert_int_equal(world_count(w, NULL), count);
}

#endif
