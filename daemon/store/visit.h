#ifndef STORE_VISIT_H
#define STORE_VISIT_H

#include <sqlite3.h>

#include "common/err.h"

/*
 * Rows that are handed over inside the statement, all in one step of it:
 *
 *	SELECT visit(visitor, column, …) FROM …
 *
 * an aggregate, NULL.  To come back to the caller for each row, and to ask there for each
 * column, is a third of what a row costs.  The visitor is a struct visitor that was bound
 * (db_bind_pointer(), the type is VISITOR) and stays until the statement is over.  It gets
 * the rows in the order in which they are found, and may use the connection, but can't end
 * the statement: who wants to ends the list that leads it (lent_table.h).
 */
#define VISITOR "visitor"

struct visitor {
	/* values: of the columns, which live until it returns. */
	void (*row)(void *ctx, sqlite3_value **values);
	void *ctx;
};

int visit_register(sqlite3 *handle, struct err *err) MUST_USE;

#endif
