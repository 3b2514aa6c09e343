#ifndef STORE_IDS_TABLE_H
#define STORE_IDS_TABLE_H

#include <sqlite3.h>

#include "common/err.h"

/*
 * The table ids(list): its one column, `value`, has the ids of a struct ids (find.h) that
 * was bound and is the caller's until the statement is over, in their order.  What joins
 * it with `item` goes from one id to the next, which for neighbours is a step and no
 * search.
 */
#define IDS_TYPE "ids" /* the type of such a pointer */

int ids_table_register(sqlite3 *handle, struct err *err) MUST_USE;

#endif
