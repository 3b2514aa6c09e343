#include "daemon/store/dated.h"

/*
 * The more wait, the more of them a page takes that is written, and the longer a
 * listing sorts them: 16,384 take it 8 ms on a processor that has nothing else to
 * do.  So the first listing in a refresh has the others wait for few.
 */
#define WAITING_MAX 16384 /* items */
#define WAITING_READ 1024 /* while somebody reads */
#define SOME 4096         /* ones of which nobody has to wait for */

static int settle(struct writer *writer, int64_t last_id, struct err *err)
{
	sqlite3_stmt *settle = db_use(&writer->db, STATEMENT_DATED_SETTLE);

	db_bind_int(settle, 1, writer->counters.dated_id);
	db_bind_int(settle, 2, last_id);
	if (db_run(&writer->db, settle, err) < 0)
		return -1;
	writer->counters.dated_id = last_id;
	return 0;
}

int dated_settle_many(struct writer *writer, struct err *err)
{
	int64_t last_id = writer->counters.next_item_id - 1;
	int64_t waiting = last_id - writer->counters.dated_id;

	if (waiting <= WAITING_READ ||
		(waiting <= WAITING_MAX && !atomic_load(&writer->dated_is_read)))
		return 0;
	atomic_store(&writer->dated_is_read, false);
	return settle(writer, last_id, err);
}

int dated_settle_some(struct writer *writer, struct err *err)
{
	int64_t waiting = writer->counters.next_item_id - 1 - writer->counters.dated_id;
	int64_t some = waiting < SOME ? waiting : SOME;

	if (some > 0 && settle(writer, writer->counters.dated_id + some, err) < 0)
		return -1;
	return waiting > some;
}

int dated_return(struct writer *writer, int64_t item_id, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_DATED_PUT);

	if (item_id > writer->counters.dated_id)
		return 0;
	db_bind_int(put, 1, item_id);
	return db_run(&writer->db, put, err);
}
