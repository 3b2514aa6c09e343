#include "daemon/store/ids_table.h"

#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/db.h"
#include "daemon/store/find.h"

enum column { VALUE, LIST };

struct ids_cursor {
	sqlite3_vtab_cursor base; /* SQLite's; the first */
	const struct ids *list;   /* NULL: of nothing */
	size_t at;
};

static struct ids_cursor *cursor_of(sqlite3_vtab_cursor *cursor)
{
	return (struct ids_cursor *)(void *)cursor;
}

static int ids_connect(sqlite3 *handle, void *aux, int argc, const char *const *argv,
	sqlite3_vtab **out_table, char **out_error)
{
	(void)aux;
	(void)argc;
	(void)argv;
	(void)out_error;
	*out_table = MEM_NEW(sqlite3_vtab);
	return sqlite3_declare_vtab(handle, "CREATE TABLE x(value INTEGER, list HIDDEN)");
}

static int ids_disconnect(sqlite3_vtab *table)
{
	free(table);
	return SQLITE_OK;
}

/* Without a list there is no plan. */
static int ids_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	(void)table;
	for (int i = 0; i < info->nConstraint; i++) {
		const struct sqlite3_index_constraint *on = &info->aConstraint[i];

		if (on->iColumn != LIST || on->op != SQLITE_INDEX_CONSTRAINT_EQ || !on->usable)
			continue;
		info->aConstraintUsage[i].argvIndex = 1;
		info->aConstraintUsage[i].omit = 1;
		return SQLITE_OK;
	}
	return SQLITE_CONSTRAINT;
}

static int ids_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out_cursor)
{
	struct ids_cursor *cursor = MEM_NEW(struct ids_cursor);

	(void)table;
	*out_cursor = &cursor->base;
	return SQLITE_OK;
}

static int ids_close(sqlite3_vtab_cursor *cursor)
{
	free(cursor_of(cursor));
	return SQLITE_OK;
}

static int ids_filter(
	sqlite3_vtab_cursor *base, int plan, const char *name, int argc, sqlite3_value **argv)
{
	struct ids_cursor *cursor = cursor_of(base);

	(void)plan;
	(void)name;
	cursor->list = argc == 1 ? sqlite3_value_pointer(argv[0], IDS_TYPE) : NULL;
	cursor->at = 0;
	return SQLITE_OK;
}

static int ids_next(sqlite3_vtab_cursor *base)
{
	cursor_of(base)->at++;
	return SQLITE_OK;
}

static int ids_eof(sqlite3_vtab_cursor *base)
{
	const struct ids_cursor *cursor = cursor_of(base);

	return cursor->list == NULL || cursor->at >= cursor->list->count;
}

static int ids_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
	const struct ids_cursor *cursor = cursor_of(base);

	if (column == VALUE)
		sqlite3_result_int64(context, cursor->list->values[cursor->at]);
	return SQLITE_OK;
}

static int ids_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out_rowid)
{
	*out_rowid = (sqlite3_int64)cursor_of(base)->at;
	return SQLITE_OK;
}

static const sqlite3_module module = {
	.xConnect = ids_connect,
	.xDisconnect = ids_disconnect,
	.xBestIndex = ids_best_index,
	.xOpen = ids_open,
	.xClose = ids_close,
	.xFilter = ids_filter,
	.xNext = ids_next,
	.xEof = ids_eof,
	.xColumn = ids_column,
	.xRowid = ids_rowid,
};

int ids_table_register(sqlite3 *handle, struct err *err)
{
	int r = sqlite3_create_module(handle, "ids", &module, NULL);

	if (r != SQLITE_OK)
		return err_set(err, db_code(handle, r), "ids: %s", sqlite3_errstr(r));
	return 0;
}
