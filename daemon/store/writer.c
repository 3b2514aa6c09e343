#include "daemon/store/writer.h"

int writer_load(struct writer *writer, struct err *err)
{
	struct writer_counters *counters = &writer->counters;
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_STORE_GET);
	int found = db_step(&writer->db, get, err);

	if (found == 0)
		return err_set(err, ERR_DAMAGED, "the store has lost its own row");
	if (found < 0)
		return -1;
	counters->seq = (uint64_t)db_int(get, 1);
	counters->next_item_id = db_int(get, 2);
	counters->feeds = db_int(get, 3);
	counters->items = db_int(get, 4);
	counters->unread = db_int(get, 5);
	counters->starred = db_int(get, 6);
	counters->indexed_id = db_int(get, 10);
	counters->dated_id = db_int(get, 12);
	sqlite3_reset(get);
	return 0;
}

int writer_save(struct writer *writer, struct err *err)
{
	const struct writer_counters *counters = &writer->counters;
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_STORE_PUT);

	db_bind_int(put, 1, (int64_t)counters->seq);
	db_bind_int(put, 2, counters->next_item_id);
	db_bind_int(put, 3, counters->feeds);
	db_bind_int(put, 4, counters->items);
	db_bind_int(put, 5, counters->unread);
	db_bind_int(put, 6, counters->starred);
	db_bind_int(put, 7, counters->indexed_id);
	db_bind_int(put, 8, counters->dated_id);
	return db_run(&writer->db, put, err);
}

int writer_count(struct writer *writer, int64_t feed_id, int64_t items, int64_t unread,
	int64_t starred, struct err *err)
{
	sqlite3_stmt *count = db_use(&writer->db, STATEMENT_FEED_COUNT);

	if (items == 0 && unread == 0 && starred == 0)
		return 0;
	writer->counters.items += items;
	writer->counters.unread += unread;
	writer->counters.starred += starred;
	db_bind_int(count, 1, feed_id);
	db_bind_int(count, 2, items);
	db_bind_int(count, 3, unread);
	db_bind_int(count, 4, starred);
	return db_run(&writer->db, count, err);
}
