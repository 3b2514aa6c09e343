#include "daemon/store/words_match.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/around.h"
#include "daemon/store/db.h"
#include "daemon/store/tokenizer.h"

/* Made when it is first asked for: most connections never are. */
struct table {
	sqlite3 *memory;
	sqlite3_stmt *put, *find, *snip, *clear;
	unsigned users;
};

static void table_free(void *ctx)
{
	struct table *table = ctx;

	if (--table->users > 0)
		return;
	sqlite3_finalize(table->put);
	sqlite3_finalize(table->find);
	sqlite3_finalize(table->snip);
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
		around_register(table->memory, &ignored) < 0 ||
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
		prepare(table,
			"SELECT coalesce(around(search, 2), around(search, 0), around(search, 1))"
			" FROM search WHERE search MATCH ?1",
			&table->snip) != SQLITE_OK ||
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

/* The text is in the table: find's first step, SQLITE_ERROR if it can't be. */
static int begin(struct table *table, sqlite3_value **values, bool snips)
{
	sqlite3_stmt *find;
	int i;

	if (table_open(table) < 0)
		return SQLITE_ERROR;
	find = snips ? table->snip : table->find;
	for (i = 1; i < 4; i++)
		sqlite3_bind_value(table->put, i, values[i]);
	sqlite3_bind_value(find, 1, values[0]);
	return run(table->put) == SQLITE_DONE ? sqlite3_step(find) : SQLITE_ERROR;
}

static void end(struct table *table, bool snips)
{
	sqlite3_stmt *find = snips ? table->snip : table->find;

	if (find == NULL)
		return; /* there was no memory for a table */
	sqlite3_reset(find);
	(void)run(table->clear);
	sqlite3_clear_bindings(table->put);
	sqlite3_clear_bindings(find);
}

static void fail(sqlite3_context *context)
{
	sqlite3_result_error(context, "the words can't be looked for", -1);
}

static void words_match(sqlite3_context *context, int count, sqlite3_value **values)
{
	struct table *table = sqlite3_user_data(context);
	int found = begin(table, values, false);

	(void)count;
	end(table, false);
	if (found == SQLITE_ROW || found == SQLITE_DONE)
		sqlite3_result_int(context, found == SQLITE_ROW);
	else
		fail(context);
}

/* Blanks and line ends as one blank each. */
static void answer(sqlite3_context *context, const char *snippet)
{
	char *line = mem_strdup(snippet), *to = line;
	const char *from;

	for (from = snippet; *from != '\0'; from++) {
		if (strchr(" \t\r\n", *from) == NULL)
			*to++ = *from;
		else if (to > line && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > line && to[-1] == ' ')
		to--;
	sqlite3_result_text(context, line, (int)(to - line), SQLITE_TRANSIENT);
	free(line);
}

static void words_snippet(sqlite3_context *context, int count, sqlite3_value **values)
{
	struct table *table = sqlite3_user_data(context);
	int found = begin(table, values, true);
	const char *snippet;

	(void)count;
	if (found == SQLITE_ROW) {
		snippet = (const char *)sqlite3_column_text(table->snip, 0);
		if (snippet != NULL)
			answer(context, snippet);
	}
	end(table, true);
	if (found != SQLITE_ROW && found != SQLITE_DONE)
		fail(context);
}

int words_match_register(sqlite3 *handle, struct err *err)
{
	struct table *table = MEM_NEW(struct table);
	const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;

	/* SQLite calls table_free for each, even one that it can't take. */
	table->users = 2;
	if (sqlite3_create_function_v2(handle, "words_match", 4, flags, table, words_match, NULL,
		    NULL, table_free) != SQLITE_OK) {
		table_free(table);
		return err_set(err, db_code(handle, sqlite3_errcode(handle)), "functions: %s",
			sqlite3_errmsg(handle));
	}
	if (sqlite3_create_function_v2(handle, "words_snippet", 4, flags, table, words_snippet,
		    NULL, NULL, table_free) != SQLITE_OK)
		return err_set(err, db_code(handle, sqlite3_errcode(handle)), "functions: %s",
			sqlite3_errmsg(handle));
	return 0;
}
