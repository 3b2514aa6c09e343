#ifndef STORE_MARK_H
#define STORE_MARK_H

#include <stdint.h>

#include "daemon/store/store.h"
#include "daemon/store/store_items.h"
#include "daemon/store/writer.h"

/*
 * One item's state.  1 if it changed, 0 if it was so already or there is no
 * such item, -1.  Counts and seq are kept.
 */
int mark_item(struct writer *writer, int64_t item_id, enum store_mark mark, const char *tag,
	int64_t now_s, struct err *err) MUST_USE;

#endif
