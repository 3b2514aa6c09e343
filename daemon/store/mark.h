#ifndef STORE_MARK_H
#define STORE_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/store/store.h"
#include "daemon/store/store_items.h"
#include "daemon/store/writer.h"

/* What a person made of one item. */
struct mark_state {
	int64_t feed_id;
	bool read, starred;
	bool clustered; /* others may have its story, too */
};
/* 1; 0 if there is no such item; -1. */
int mark_get(struct writer *writer, int64_t item_id, struct mark_state *out_state,
	struct err *err) MUST_USE;

/*
 * Change it.  1 if it changed, 0 if it was so already or there is no such item, -1.
 * Counts and seq are kept.
 */
int mark_item(struct writer *writer, int64_t item_id, enum store_mark mark, const char *tag,
	int64_t now_s, struct err *err) MUST_USE;

/*
 * Words are looked for in all items that were there when a change was asked for: 1 until
 * the index has them, 0, -1.  *last_id is 0 at the first call, and the caller's to keep.
 */
int mark_waits(struct writer *writer, const struct store_filter *filter, int64_t *last_id,
	struct err *err) MUST_USE;

#endif
