#include "daemon/store/query.h"

#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/db.h"

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

static struct query_value *new_value(struct query *query)
{
	if (query->count == query->capacity) {
		query->capacity = query->capacity != 0 ? query->capacity * 2 : 16;
		query->values = mem_realloc_array(
			query->values, query->capacity, sizeof(*query->values));
	}
	return &query->values[query->count++];
}

void query_int(struct query *query, int64_t value)
{
	struct query_value *to = new_value(query);

	to->text = NULL;
	to->number = value;
}

void query_text(struct query *query, const char *value)
{
	struct query_value *to = new_value(query);

	to->text = mem_strdup(value);
	to->number = 0;
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
		if (query->values[i].text != NULL)
			db_bind_text(statement, (int)i + 1, query->values[i].text);
		else
			db_bind_int(statement, (int)i + 1, query->values[i].number);
	*out_statement = statement;
	return 0;
}
