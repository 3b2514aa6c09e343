#include "daemon/store/log_row.h"

#define KEPT 1000         /* rows a feed */
#define TRIM_AT_ONCE 1000 /* rows: of one feed each may lie in a page of its own */
#define FEEDS_AT_ONCE 100 /* each is gone back through as far as it is kept */

int log_row_add(struct writer *writer, int64_t feed_id, int64_t now_s, const char *event,
	const char *text, const struct poll_answer *answer, struct err *err)
{
	sqlite3_stmt *add = db_use(&writer->db, STATEMENT_LOG_ADD);

	db_bind_int(add, 1, (int64_t)writer_next_seq(writer));
	db_bind_int_or(add, 2, feed_id, 0);
	db_bind_int(add, 3, now_s);
	db_bind_text(add, 4, event);
	db_bind_text(add, 5, text);
	if (answer != NULL) {
		db_bind_int(add, 6, answer->status);
		db_bind_int(add, 7, answer->ms);
		db_bind_int(add, 8, (int64_t)answer->bytes);
		db_bind_int(add, 9, answer->fresh);
		db_bind_int(add, 10, answer->changed);
	}
	return db_run(&writer->db, add, err);
}

/* ------------------------------------------------------------- trim ---- */

/* Some of what the feed at hand has too many of; *out_rows: how many went. */
static int trim_feed(struct writer *writer, uint64_t most, uint64_t *out_rows, struct err *err)
{
	sqlite3_stmt *trim = db_use(&writer->db, STATEMENT_LOG_TRIM);

	db_bind_int_or(trim, 1, writer->trimmed_feed_id, 0);
	db_bind_int(trim, 2, KEPT);
	db_bind_int(trim, 3, (int64_t)most);
	if (db_run(&writer->db, trim, err) < 0)
		return -1;
	*out_rows = db_changes(&writer->db);
	return 0;
}

/* On to the feed behind it; 0: that was the last one. */
static int next_feed(struct writer *writer, struct err *err)
{
	sqlite3_stmt *next = db_use(&writer->db, STATEMENT_LOG_FEED_NEXT);
	int64_t feed_id = 0;

	db_bind_int(next, 1, writer->trimmed_feed_id);
	if (db_get(&writer->db, next, &feed_id, err) < 0)
		return -1;
	writer->trimmed_feed_id = feed_id;
	return feed_id != 0;
}

int log_row_trim(struct writer *writer, struct err *err)
{
	uint64_t left = TRIM_AT_ONCE, rows;
	int more = 1;
	unsigned i;

	for (i = 0; i < FEEDS_AT_ONCE && more > 0; i++) {
		if (trim_feed(writer, left, &rows, err) < 0)
			return -1;
		left -= rows;
		if (left == 0)
			return 1;
		more = next_feed(writer, err);
	}
	return more;
}
