#ifndef TESTS_UNIT_STORE_RESTORED_H
#define TESTS_UNIT_STORE_RESTORED_H

#include "world.h"
#include "daemon/store/store_copies.h"

/* For tests of what is put back into a store, and the items that it is of. */

static struct store_restored restored;

static inline void on_restored(
	void *ctx, const struct store_restored *result, const struct err *err)
{
	struct world *w = ctx;

	if (result != NULL) {
		restored = *result;
		snprintf(w->text, sizeof(w->text), "%s", result->words);
	}
	world_answer(w, err);
}

static inline void restore(struct world *w, const char *text, bool newer)
{
	struct buf buf;

	buf_init(&buf, 1 << 20);
	assert_int_equal(buf_add_text(&buf, text), 0);
	store_restore(w->store, &buf, newer, w->now_s, on_restored, w);
	buf_release(&buf);
	world_wait(w);
}

static const struct words items[] = {
	{ .guid = "a", .url = "https://e.org/1", .title = "A", .published_s = NOW - 1 },
	{ .guid = "https://e.org/2",
		.url = "https://e.org/2",
		.title = "B",
		.published_s = NOW - 2 },
	{ .url = "https://e.org/3", .title = "C", .published_s = NOW - 3 },
	{ .title = "no key at all", .text = "text", .published_s = NOW - 4 },
};

#endif
