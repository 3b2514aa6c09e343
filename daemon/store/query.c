#include "daemon/store/query.h"

#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/db.h"
#include "daemon/store/function.h"

#define SQL_MAX (1u << 20)

void query_init(struct query *query)
{
	buf_init(&query->sql, SQL_MAX);
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

/* A statement beyond the limit does not prepare, which is said then. */
void query_add(struct query *query, const char *sql)
{
	(void)!buf_add_text(&query->sql, sql);
}

/* A value without text, pointer or number. */
static struct query_value *new_value(struct query *query)
{
	if (query->count == query->capacity) {
		query->capacity = query->capacity != 0 ? query->capacity * 2 : 16;
		query->values = mem_realloc_array(
			query->values, query->capacity, sizeof(*query->values));
	}
	query->values[query->count] = (struct query_value){ NULL, NULL, 0 };
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

void query_found(struct query *query, const struct found *value)
{
	new_value(query)->pointer = value;
}

static void bind(sqlite3_stmt *statement, int at, const struct query_value *value)
{
	if (value->text != NULL)
		db_bind_text(statement, at, value->text);
	else if (value->pointer != NULL)
		db_bind_pointer(statement, at, value->pointer, FUNCTION_FOUND);
	else
		db_bind_int(statement, at, value->number);
}

int query_prepare(
	const struct query *query, struct db *db, sqlite3_stmt **out_statement, struct err *err)
{
	sqlite3_stmt *statement;
	size_t i;

	if (sqlite3_prepare_v2(db->handle, query->sql.data, (int)query->sql.length, &statement,
		    NULL) != SQLITE_OK)
		return db_error(db, err);
	for (i = 0; i < query->count; i++)
		bind(statement, (int)i + 1, &query->values[i]);
	*out_statement = statement;
	return 0;
}
