#include "daemon/store/lent_table.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/db.h"

struct lent_table {
	sqlite3_vtab base; /* SQLite's; the first */
	const struct lent_shape *shape;
};

struct lent_cursor {
	sqlite3_vtab_cursor base; /* SQLite's; the first */
	const struct lent_shape *shape;
	const struct lent *list; /* NULL: of nothing */
	size_t at;
};

static const struct lent_shape *shape_of(sqlite3_vtab *table)
{
	return ((struct lent_table *)(void *)table)->shape;
}

static struct lent_cursor *cursor_of(sqlite3_vtab_cursor *cursor)
{
	return (struct lent_cursor *)(void *)cursor;
}

static int lent_connect(sqlite3 *handle, void *aux, int argc, const char *const *argv,
	sqlite3_vtab **out_table, char **out_error)
{
	struct lent_table *table = MEM_NEW(struct lent_table);
	char declared[512];

	(void)argc;
	(void)argv;
	(void)out_error;
	table->shape = aux;
	*out_table = &table->base;
	snprintf(declared, sizeof(declared), "CREATE TABLE x(%s, list HIDDEN)",
		table->shape->columns);
	return sqlite3_declare_vtab(handle, declared);
}

static int lent_disconnect(sqlite3_vtab *table)
{
	free((struct lent_table *)(void *)table);
	return SQLITE_OK;
}

/* Without a list there is no plan. */
static int lent_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	for (int i = 0; i < info->nConstraint; i++) {
		const struct sqlite3_index_constraint *on = &info->aConstraint[i];

		if (on->iColumn != shape_of(table)->count || on->op != SQLITE_INDEX_CONSTRAINT_EQ ||
			!on->usable)
			continue;
		info->aConstraintUsage[i].argvIndex = 1;
		info->aConstraintUsage[i].omit = 1;
		return SQLITE_OK;
	}
	return SQLITE_CONSTRAINT;
}

static int lent_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out_cursor)
{
	struct lent_cursor *cursor = MEM_NEW(struct lent_cursor);

	cursor->shape = shape_of(table);
	*out_cursor = &cursor->base;
	return SQLITE_OK;
}

static int lent_close(sqlite3_vtab_cursor *cursor)
{
	free(cursor_of(cursor));
	return SQLITE_OK;
}

static int lent_filter(
	sqlite3_vtab_cursor *base, int plan, const char *name, int argc, sqlite3_value **argv)
{
	struct lent_cursor *cursor = cursor_of(base);

	(void)plan;
	(void)name;
	cursor->list = argc == 1 ? sqlite3_value_pointer(argv[0], cursor->shape->name) : NULL;
	cursor->at = 0;
	return SQLITE_OK;
}

static int lent_next(sqlite3_vtab_cursor *base)
{
	cursor_of(base)->at++;
	return SQLITE_OK;
}

static int lent_eof(sqlite3_vtab_cursor *base)
{
	const struct lent_cursor *cursor = cursor_of(base);

	return cursor->list == NULL || cursor->at >= cursor->list->count;
}

static int lent_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
	const struct lent_cursor *cursor = cursor_of(base);

	if (column < cursor->shape->count)
		cursor->shape->column(cursor->list->rows, cursor->at, column, context);
	return SQLITE_OK;
}

static int lent_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out_rowid)
{
	*out_rowid = (sqlite3_int64)cursor_of(base)->at;
	return SQLITE_OK;
}

static const sqlite3_module module = {
	.xConnect = lent_connect,
	.xDisconnect = lent_disconnect,
	.xBestIndex = lent_best_index,
	.xOpen = lent_open,
	.xClose = lent_close,
	.xFilter = lent_filter,
	.xNext = lent_next,
	.xEof = lent_eof,
	.xColumn = lent_column,
	.xRowid = lent_rowid,
};

static void lend_id(void *rows, size_t row, int column, sqlite3_context *out)
{
	(void)column;
	sqlite3_result_int64(out, ((const int64_t *)rows)[row]);
}

const struct lent_shape lent_ids = { "ids", "value INTEGER", 1, lend_id };

int lent_tables_register(sqlite3 *handle, struct err *err)
{
	static const struct lent_shape *const shapes[] = { &lent_ids, &lent_items, &lent_keys,
		&lent_stories };

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		int r = sqlite3_create_module(
			handle, shapes[i]->name, &module, (void *)(uintptr_t)shapes[i]);

		if (r != SQLITE_OK)
			return err_set(err, db_code(handle, r), "%s: %s", shapes[i]->name,
				sqlite3_errstr(r));
	}
	return 0;
}
