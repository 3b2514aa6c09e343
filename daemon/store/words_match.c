#include "daemon/store/words_match.h"

#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/tokenizer.h"

/* Made when it is first asked for: most connections never are. */
struct table {
	sqlite3 *memory;
	sqlite3_stmt *put, *find, *clear;
};

static void table_free(void *ctx)
{
	struct table *table = ctx;

	sqlite3_finalize(table->put);
	sqlite3_finalize(table->find);
	sqlite3_finalize(table->clear);
	sqlite3_close(table->memory);
	free(table);
}

static int prepare(struct table *table, const char *sql, sqlite3_stmt **out)
{
	return sqlite3_prepare_v3(table->memory, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
}

static int table_open(struct table *table)
{
	struct err ignored;

	if (table->clear != NULL)
		return 0;
	if (table->memory != NULL)
		return -1;
	if (sqlite3_open(":memory:", &table->memory) != SQLITE_OK ||
		tokenizer_register(table->memory, &ignored) < 0 ||
		sqlite3_exec(table->memory,
			"CREATE VIRTUAL TABLE search USING fts5 (title, author, text,"
			" tokenize = 'feedd')",
			NULL, NULL, NULL) != SQLITE_OK ||
		prepare(table,
			"INSERT INTO search (rowid, title, author, text)"
			" VALUES (1, ?1, ?2, ?3)",
			&table->put) != SQLITE_OK ||
		prepare(table, "SELECT 1 FROM search WHERE search MATCH ?1", &table->find) !=
			SQLITE_OK ||
		prepare(table, "DELETE FROM search", &table->clear) != SQLITE_OK)
		return -1;
	return 0;
}

static int run(sqlite3_stmt *statement)
{
	int result = sqlite3_step(statement);

	sqlite3_reset(statement);
	return result;
}

static void words_match(sqlite3_context *context, int count, sqlite3_value **values)
{
	struct table *table = sqlite3_user_data(context);
	int result = SQLITE_ERROR, i;

	if (table_open(table) == 0) {
		for (i = 1; i < count; i++)
			sqlite3_bind_value(table->put, i, values[i]);
		sqlite3_bind_value(table->find, 1, values[0]);
		if (run(table->put) == SQLITE_DONE)
			result = run(table->find);
		(void)run(table->clear);
		sqlite3_clear_bindings(table->put);
		sqlite3_clear_bindings(table->find);
	}
	if (result == SQLITE_ROW || result == SQLITE_DONE)
		sqlite3_result_int(context, result == SQLITE_ROW);
	else
		sqlite3_result_error(context, "the words can't be looked for", -1);
}

int words_match_register(sqlite3 *handle, struct err *err)
{
	if (sqlite3_create_function_v2(handle, "words_match", 4, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
		    MEM_NEW(struct table), words_match, NULL, NULL, table_free) != SQLITE_OK)
		return err_set(err, ERR_IO, "functions: %s", sqlite3_errmsg(handle));
	return 0;
}
