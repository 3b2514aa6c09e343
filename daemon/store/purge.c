#include "daemon/store/purge.h"

#include "daemon/store/item.h"
#include "daemon/store/keys.h"

static int count_out(struct writer *writer, int64_t feed_id, struct err *err)
{
	sqlite3_stmt *sum = db_use(&writer->db, STATEMENT_DOOM_SUM);
	int64_t items, unread, starred;
	int found = db_step(&writer->db, sum, err);

	if (found <= 0)
		return found;
	items = db_int(sum, 0);
	unread = db_int(sum, 1);
	starred = db_int(sum, 2);
	sqlite3_reset(sum);
	return writer_count(writer, feed_id, -items, -unread, -starred, err);
}

static int delete_all(struct writer *writer, struct err *err)
{
	sqlite3_stmt *list = db_use(&writer->db, STATEMENT_DOOM_LIST);
	int found;

	while ((found = db_step(&writer->db, list, err)) > 0)
		if (item_delete(writer, db_int(list, 0), err) < 0) {
			sqlite3_reset(list);
			return -1;
		}
	return found;
}

static int forget_keys(struct writer *writer, int64_t feed_id, struct err *err)
{
	return db_run_with(&writer->db, STATEMENT_KEY_FORGET_ITEMS, feed_id, err);
}

int purge_doomed(struct writer *writer, int64_t feed_id, bool bury, struct err *err)
{
	struct db *db = &writer->db;

	if (count_out(writer, feed_id, err) < 0 ||
		(bury ? keys_bury(writer, feed_id, err) : forget_keys(writer, feed_id, err)) < 0 ||
		delete_all(writer, err) < 0)
		return -1;
	return db_run(db, db_use(db, STATEMENT_DOOM_CLEAR), err);
}
