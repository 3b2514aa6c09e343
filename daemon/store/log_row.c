#include "daemon/store/log_row.h"

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
