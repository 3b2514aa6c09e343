#ifndef STORE_SELECT_H
#define STORE_SELECT_H

#include <stdint.h>

#include "common/err.h"
#include "daemon/store/db.h"
#include "daemon/store/find.h"
#include "daemon/store/store_items.h"

/*
 * The items that a change by filter is for.  Where an expression has to be asked of
 * each, that takes long, and is done by a read: store_select().
 */

/* Append the ids of all that were there at bound_seq, in no order. */
int select_items(struct db *db, const struct store_filter *filter, uint64_t bound_seq,
	struct ids *out, struct err *err) MUST_USE;

#endif
