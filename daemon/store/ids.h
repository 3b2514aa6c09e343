#ifndef STORE_IDS_H
#define STORE_IDS_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

/*
 * The table ids(list): its one column, `value`, has the ids of a list that was bound,
 * in the list's order.  What joins it with `item` goes from one id to the next, which
 * for neighbours is a step and no search.
 */
struct ids {
	size_t count;
	const int64_t *values; /* the caller's, until the statement is over */
};
#define IDS_TYPE "ids" /* the type of such a pointer */

int ids_register(sqlite3 *handle, struct err *err) MUST_USE;

#endif
