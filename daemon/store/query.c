#include "daemon/store/query.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/db.h"

#define SQL_MAX (1u << 20)
#define KEPT_MAX 4096u /* bytes of a statement that is kept */

void query_init(struct query *query)
{
	buf_init(&query->sql, SQL_MAX);
	query->full = false;
	query->values = NULL;
	query->count = query->capacity = 0;
}

void query_release(struct query *query)
{
	size_t i;

	for (i = 0; i < query->count; i++)
		free(query->values[i].text);
	free(query->values);
	buf_release(&query->sql);
	query_init(query);
}

void query_add(struct query *query, const char *sql)
{
	if (buf_add_text(&query->sql, sql) < 0)
		query->full = true;
}

/* A value without text, pointer or number. */
static struct query_value *new_value(struct query *query)
{
	if (query->count == query->capacity) {
		query->capacity = query->capacity != 0 ? query->capacity * 2 : 16;
		query->values = mem_realloc_array(
			query->values, query->capacity, sizeof(*query->values));
	}
	query->values[query->count] = (struct query_value){ NULL, NULL, NULL, 0 };
	return &query->values[query->count++];
}

void query_int(struct query *query, int64_t value)
{
	new_value(query)->number = value;
}

void query_text(struct query *query, const char *value)
{
	new_value(query)->text = mem_strdup(value);
}

void query_pointer(struct query *query, const void *value, const char *type)
{
	struct query_value *place = new_value(query);

	place->pointer = value;
	place->type = type;
}

static void bind(sqlite3_stmt *statement, int at, const struct query_value *value)
{
	if (value->text != NULL)
		db_bind_text(statement, at, value->text);
	else if (value->pointer != NULL)
		db_bind_pointer(statement, at, value->pointer, value->type);
	else
		db_bind_int(statement, at, value->number);
}

/* One of those that were given back, or NULL. */
static sqlite3_stmt *take_kept(struct db *db, const char *sql)
{
	size_t i;

	for (i = 0; i < DB_COMPOSED; i++) {
		sqlite3_stmt *kept = db->composed[i];

		if (kept != NULL && strcmp(sqlite3_sql(kept), sql) == 0) {
			db->composed[i] = NULL;
			return kept;
		}
	}
	return NULL;
}

int query_prepare(
	const struct query *query, struct db *db, sqlite3_stmt **out_statement, struct err *err)
{
	sqlite3_stmt *statement;
	size_t i;

	if (query->full)
		return err_set(err, ERR_USAGE,
			"more is asked for at once than fits a statement of %u bytes", SQL_MAX);
	statement = take_kept(db, query->sql.data);
	if (statement == NULL &&
		sqlite3_prepare_v3(db->handle, query->sql.data, (int)query->sql.length,
			query->sql.length <= KEPT_MAX ? SQLITE_PREPARE_PERSISTENT : 0, &statement,
			NULL) != SQLITE_OK)
		return db_error(db, err);
	for (i = 0; i < query->count; i++)
		bind(statement, (int)i + 1, &query->values[i]);
	*out_statement = statement;
	return 0;
}

void query_done(struct db *db, sqlite3_stmt *statement)
{
	sqlite3_stmt **place = &db->composed[db->next_composed];

	if (statement == NULL)
		return;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	if (strlen(sqlite3_sql(statement)) > KEPT_MAX) {
		sqlite3_finalize(statement);
		return;
	}
	sqlite3_finalize(*place);
	*place = statement;
	db->next_composed = (db->next_composed + 1) % DB_COMPOSED;
}
