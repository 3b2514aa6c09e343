/*
 * --where: what can be read prints as text that reads as the same tree, and is
 * a statement that SQLite takes.
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/mem.h"
#include "daemon/store/db.h"
#include "daemon/store/schema.h"
#include "daemon/store/where_sql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
	if (!holds)
		abort();
}

/* An empty store in memory. */
static struct db *open_once(void)
{
	static struct db db;
	struct err err;
	int from;

	if (db.handle == NULL) {
		require(db_open(&db, ":memory:", DB_WRITE, &err) == 0);
		require(schema_migrate(&db, 1, &from, &err) == 0);
	}
	return &db;
}

static void require_sql(const struct where_node *node)
{
	struct db *db = open_once();
	sqlite3_stmt *statement;
	struct query query;
	struct err err;

	query_init(&query);
	query_add(&query, "SELECT i.id FROM item i WHERE ");
	if (where_sql(node, 1780000000, &query, &err) == 0) {
		require(query_prepare(&query, db, &statement, &err) == 0);
		require(sqlite3_step(statement) == SQLITE_DONE);
		query_done(db, statement);
	}
	query_release(&query);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	struct where_node *node, *again;
	struct buf printed;
	struct err err;

	if (where_parse(text, &node, &err) == 0) {
		buf_init(&printed, 1u << 20);
		require(where_print(node, &printed) == 0);
		/* Blanks and escapes may make it longer than an expression can be. */
		if (printed.length <= WHERE_TEXT_MAX) {
			require(where_parse(printed.data, &again, &err) == 0);
			require(where_equal(node, again));
			where_free(again);
		}
		require_sql(node);
		buf_release(&printed);
		where_free(node);
	} else {
		require(err.code == ERR_USAGE);
	}
	free(text);
	return 0;
}
