#include "daemon/store/search.h"

#define STEP 4 /* items; a job that comes waits for no more than these */

static int add(struct writer *writer, int64_t first, int64_t last, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_SEARCH_ADD);

	db_bind_int(put, 1, first);
	db_bind_int(put, 2, last);
	return db_run(&writer->db, put, err);
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
	if (db_run(db, db_use(db, STATEMENT_SEARCH_FORGET_ALL), err) < 0)
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

	if (search_is_complete(writer))
		return 0;
	db_bind_int(next, 1, counters->indexed_id);
	found = db_get(&writer->db, next, &first, err);
	if (found < 0)
		return -1;
	last = counters->next_item_id - 1;
	if (found > 0) {
		if (last > first + STEP - 1)
			last = first + STEP - 1;
		if (add(writer, first, last, err) < 0)
			return -1;
	}
	counters->indexed_id = last;
	return !search_is_complete(writer);
}

int search_forget(struct writer *writer, int64_t item_id, struct err *err)
{
	sqlite3_stmt *put;

	if (item_id > writer->counters.indexed_id)
		return 0;
	put = db_use(&writer->db, STATEMENT_SEARCH_FORGET);
	db_bind_int(put, 1, item_id);
	return db_run(&writer->db, put, err);
}

int search_renew(struct writer *writer, int64_t item_id, struct err *err)
{
	return item_id > writer->counters.indexed_id ? 0 : add(writer, item_id, item_id, err);
}
