#ifndef STORE_AROUND_H
#define STORE_AROUND_H

#include <sqlite3.h>

#include "common/err.h"

/*
 * around(TABLE, COLUMN), for tables of FTS5: of the column's text what stands around the
 * place where most of the query's phrases meet, with "…" where more of it stands before
 * or behind; NULL where it has none.  FTS5's own snippet() looks at each hit for each
 * hit, and a page may be one word.
 */
int around_register(sqlite3 *handle, struct err *err) MUST_USE;

#endif
