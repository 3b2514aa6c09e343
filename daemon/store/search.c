#include "daemon/store/search.h"

#define STEP 4 /* items; a job that comes waits for no more than these */

/* Texts of items, as they are now, to the index or out of it. */
static int give(
	struct writer *writer, enum statement how, int64_t first, int64_t last, struct err *err)
{
	struct db *db = &writer->db;
	sqlite3_stmt *source = db_use(db, STATEMENT_SEARCH_SOURCE);
	int found;

	db_bind_int(source, 1, first);
	db_bind_int(source, 2, last);
	while ((found = db_step(db, source, err)) > 0) {
		sqlite3_stmt *put = db_use(db, how);

		db_bind_int(put, 1, db_int(source, 0));
		for (int i = 1; i <= 3; i++)
			sqlite3_bind_value(put, i + 1, sqlite3_column_value(source, i));
		if (db_run(db, put, err) < 0) {
			sqlite3_reset(source);
			return -1;
		}
	}
	return found;
}

/* Whether the index has all that there is. */
static bool is_complete(const struct writer *writer)
{
	return writer->counters.indexed_id >= writer->counters.next_item_id - 1;
}

int search_open(struct writer *writer, struct err *err)
{
	struct db *db = &writer->db;
	sqlite3_stmt *statement = db_use(db, STATEMENT_STORE_GET);
	int64_t version;
	int found = db_step(db, statement, err);

	if (found < 0)
		return -1;
	version = found > 0 ? db_int(statement, 11) : 0;
	sqlite3_reset(statement);
	if (version == SEARCH_VERSION)
		return 0;
	/* Which of both is done first does not matter: the other one follows at
	 * the next start. */
	if (db_run(db, db_use(db, STATEMENT_SEARCH_FORGET_ALL), err) < 0 ||
		db_run(db, db_use(db, STATEMENT_SEARCH_MERGE_MIN), err) < 0)
		return -1;
	writer->counters.indexed_id = 0;
	statement = db_use(db, STATEMENT_STORE_SEARCH_VERSION);
	db_bind_int(statement, 1, SEARCH_VERSION);
	return db_run(db, statement, err);
}

int search_step(struct writer *writer, struct err *err)
{
	struct writer_counters *counters = &writer->counters;
	sqlite3_stmt *next = db_use(&writer->db, STATEMENT_SEARCH_NEXT);
	int64_t first, last;
	int found;

	if (is_complete(writer))
		return 0;
	db_bind_int(next, 1, counters->indexed_id);
	found = db_get(&writer->db, next, &first, err);
	if (found < 0)
		return -1;
	last = counters->next_item_id - 1;
	if (found > 0) {
		if (last > first + STEP - 1)
			last = first + STEP - 1;
		if (give(writer, STATEMENT_SEARCH_ADD, first, last, err) < 0)
			return -1;
	}
	counters->indexed_id = last;
	return !is_complete(writer);
}

int search_forget(struct writer *writer, int64_t item_id, struct err *err)
{
	if (item_id > writer->counters.indexed_id)
		return 0;
	return give(writer, STATEMENT_SEARCH_FORGET, item_id, item_id, err);
}

int search_renew(struct writer *writer, int64_t item_id, struct err *err)
{
	if (item_id > writer->counters.indexed_id)
		return 0;
	return give(writer, STATEMENT_SEARCH_ADD, item_id, item_id, err);
}

/* FTS5 tells by what it wrote whether there was anything to do. */
int search_merge(struct writer *writer, struct err *err)
{
	struct db *db = &writer->db;
	int before = sqlite3_total_changes(db->handle);

	if (db_run(db, db_use(db, STATEMENT_SEARCH_MERGE), err) < 0)
		return -1;
	return sqlite3_total_changes(db->handle) - before >= 2;
}
