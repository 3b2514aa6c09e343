/*
 * --match: whatever a person types is either refused or a query that FTS5 takes.
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/mem.h"
#include "daemon/store/search_query.h"
#include "daemon/store/tokenizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
	if (!holds)
		abort();
}

static sqlite3_stmt *open_once(void)
{
	static sqlite3_stmt *find;
	struct err err;
	sqlite3 *db;

	if (find != NULL)
		return find;
	require(sqlite3_open(":memory:", &db) == SQLITE_OK);
	require(tokenizer_register(db, &err) == 0);
	require(sqlite3_exec(db,
			"CREATE VIRTUAL TABLE search USING fts5 (title, author, text,"
			" tokenize = 'feedd');"
			"INSERT INTO search VALUES ('日本語 title', 'Ann', 'ภาษาไทย words and "
			"more')",
			NULL, NULL, NULL) == SQLITE_OK);
	require(sqlite3_prepare_v2(db, "SELECT rowid FROM search WHERE search MATCH ?1", -1, &find,
			NULL) == SQLITE_OK);
	return find;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *words = mem_strndup((const char *)data, size);
	sqlite3_stmt *find = open_once();
	struct buf out;
	struct err err;
	int result;

	buf_init(&out, SEARCH_QUERY_MAX);
	if (search_query(words, &out, &err) == 0) {
		sqlite3_bind_text(find, 1, out.data, -1, SQLITE_STATIC);
		result = sqlite3_step(find);
		require(result == SQLITE_ROW || result == SQLITE_DONE);
		sqlite3_reset(find);
		sqlite3_clear_bindings(find);
	} else {
		require(err.code == ERR_USAGE);
	}
	buf_release(&out);
	free(words);
	return 0;
}
