#ifndef TESTS_UNIT_STORE_FEEDS_H
#define TESTS_UNIT_STORE_FEEDS_H

#include "world.h"

/* For tests of feeds that are paused, removed, or move to another address. */

static inline void change(struct world *w, int64_t id, enum store_feed_change what)
{
	store_feeds_change(w->store, &id, 1, what, w->now_s, on_changed, w);
	world_wait(w);
	assert_false(w->failed);
}

static inline void remove_feed(struct world *w, int64_t id, bool purge)
{
	store_feeds_remove(w->store, &id, 1, purge, w->now_s, on_changed, w);
	world_wait(w);
	assert_false(w->failed);
}

static enum store_moved last_moved;

static inline void on_moved(void *ctx, enum store_moved moved, const struct err *err)
{
	last_moved = moved;
	world_answer(ctx, err);
}

/* Its server says that it has moved for good. */
static inline enum store_moved note_move(struct world *w, int64_t id, const char *to)
{
	struct store_note note;

	memset(&note, 0, sizeof(note));
	note.feed_id = id;
	note.now_s = w->now_s;
	note.adopt_url = mem_strdup(to);
	store_note(w->store, &note, on_moved, w);
	world_wait(w);
	assert_false(w->failed);
	return last_moved;
}

#endif
