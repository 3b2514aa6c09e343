#include "daemon/store/undo_log.h"

#include "daemon/store/dropped.h"

#define BY_RULES_KEPT 1000 /* rows; the last document's are kept however many */

int undo_log_add(struct writer *writer, const struct undo_author *author, int64_t item_id,
	enum store_mark mark, const char *tag, struct err *err)
{
	sqlite3_stmt *add = db_use(&writer->db, STATEMENT_UNDO_ADD);

	db_bind_int(add, 1, item_id);
	db_bind_int(add, 2, mark);
	db_bind_text(add, 3, tag);
	db_bind_int_or(add, 4, author->rule_id, 0);
	db_bind_int(add, 5, author->batch);
	return db_run(&writer->db, add, err);
}

int undo_log_clear(struct writer *writer, struct err *err)
{
	if (db_run(&writer->db, db_use(&writer->db, STATEMENT_UNDO_CLEAR), err) < 0)
		return -1;
	return dropped_forget_old(writer, err);
}

int undo_log_renew(struct writer *writer, struct err *err)
{
	if (db_run(&writer->db, db_use(&writer->db, STATEMENT_UNDO_CLEAR_OLD), err) < 0 ||
		db_run(&writer->db, db_use(&writer->db, STATEMENT_UNDO_RENEW), err) < 0)
		return -1;
	return dropped_forget_old(writer, err);
}

int undo_log_trim(struct writer *writer, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_UNDO_BEYOND), *trim;
	int64_t batch;
	int found;

	db_bind_int(get, 1, BY_RULES_KEPT);
	found = db_get(&writer->db, get, &batch, err);
	if (found <= 0)
		return found;
	trim = db_use(&writer->db, STATEMENT_UNDO_TRIM);
	db_bind_int(trim, 1, batch);
	if (db_run(&writer->db, trim, err) < 0)
		return -1;
	return dropped_forget_old(writer, err);
}
