#include "daemon/store/visit.h"

#include "daemon/store/db.h"

static void visit_row(sqlite3_context *context, int count, sqlite3_value **values)
{
	const struct visitor *visitor = sqlite3_value_pointer(values[0], VISITOR);

	(void)context;
	(void)count;
	if (visitor != NULL)
		visitor->row(visitor->ctx, values + 1);
}

static void visit_end(sqlite3_context *context)
{
	(void)context; /* NULL */
}

int visit_register(sqlite3 *handle, struct err *err)
{
	int r = sqlite3_create_function_v2(handle, "visit", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
		NULL, NULL, visit_row, visit_end, NULL);

	if (r != SQLITE_OK)
		return err_set(err, db_code(handle, r), "visit: %s", sqlite3_errstr(r));
	return 0;
}
