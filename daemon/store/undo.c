#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/dropped.h"
#include "daemon/store/edit.h"
#include "daemon/store/internal.h"
#include "daemon/store/mark.h"

/* The last bulk change of a person, else what rules did to the last document,
 * taken back item by item, the last first. */

struct undo_job {
	struct job job;
	struct store *store;
	int64_t now_s;
	uint64_t changed;
	store_changed *done;
	void *ctx;
};

static enum store_mark opposite(enum store_mark mark)
{
	switch (mark) {
	case STORE_MARK_READ:
		return STORE_MARK_UNREAD;
	case STORE_MARK_UNREAD:
		return STORE_MARK_READ;
	case STORE_STAR:
		return STORE_UNSTAR;
	case STORE_UNSTAR:
		return STORE_STAR;
	case STORE_TAG:
		return STORE_UNTAG;
	default:
		return STORE_TAG;
	}
}

static int undo_one(struct undo_job *undo, struct writer *writer, int64_t item_id,
	enum store_mark mark, const char *tag, struct err *err)
{
	int changed = mark == STORE_DROP
			      ? dropped_restore(writer, item_id, undo->now_s, err)
			      : mark_item(writer, item_id, opposite(mark), tag, undo->now_s, err);

	undo->changed += changed > 0;
	return changed < 0 ? -1 : 0;
}

static int undo_batch(struct undo_job *undo, struct writer *writer, int64_t batch, struct err *err)
{
	sqlite3_stmt *list = db_use(&writer->db, STATEMENT_UNDO_LIST), *clear;
	int found;

	db_bind_int(list, 1, batch);
	while ((found = db_step(&writer->db, list, err)) > 0)
		if (undo_one(undo, writer, db_int(list, 0), (enum store_mark)db_int(list, 1),
			    db_text(list, 2), err) < 0) {
			sqlite3_reset(list);
			return -1;
		}
	if (found < 0)
		return -1;
	clear = db_use(&writer->db, STATEMENT_UNDO_CLEAR_BATCH);
	db_bind_int(clear, 1, batch);
	return db_run(&writer->db, clear, err);
}

static int undo_run(struct job *job, struct writer *writer, struct err *err)
{
	struct undo_job *undo = (struct undo_job *)job;
	sqlite3_stmt *last = db_use(&writer->db, STATEMENT_UNDO_LAST);
	int64_t batch = -1;
	int found = db_step(&writer->db, last, err);

	if (found < 0)
		return -1;
	batch = db_int_or(last, 0, -1);
	sqlite3_reset(last);
	return batch < 0 ? 0 : undo_batch(undo, writer, batch, err);
}

static void undo_done(struct job *job, const struct err *err)
{
	struct undo_job *undo = (struct undo_job *)job;

	edit_waits(undo->store, 0); /* of an item that is back, maybe */
	undo->done(undo->ctx, err == NULL ? undo->changed : 0, err);
}

static void undo_release(struct job *job)
{
	free(job);
}

void store_undo(struct store *store, int64_t now_s, store_changed *done, void *ctx)
{
	struct undo_job *undo = MEM_NEW(struct undo_job);

	undo->job.run = undo_run;
	undo->job.asked = undo->job.large = true;
	undo->job.done = undo_done;
	undo->job.release = undo_release;
	undo->store = store;
	undo->now_s = now_s;
	undo->done = done;
	undo->ctx = ctx;
	queue_push(store->queue, &undo->job);
}
