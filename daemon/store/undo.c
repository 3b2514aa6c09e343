#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/internal.h"
#include "daemon/store/mark.h"

/* The last bulk change, taken back item by item, the last first. */

struct undo_job {
	struct job job;
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

static int undo_run(struct job *job, struct writer *writer, struct err *err)
{
	struct undo_job *undo = (struct undo_job *)job;
	sqlite3_stmt *list = db_use(&writer->db, STATEMENT_UNDO_LIST);
	int found;

	while ((found = db_step(&writer->db, list, err)) > 0) {
		int changed = mark_item(writer, db_int(list, 0),
			opposite((enum store_mark)db_int(list, 1)), db_text(list, 2), undo->now_s,
			err);

		if (changed < 0) {
			sqlite3_reset(list);
			return -1;
		}
		undo->changed += (uint64_t)changed;
	}
	return found < 0 ? -1 : mark_forget_all(writer, err);
}

static void undo_done(struct job *job, const struct err *err)
{
	struct undo_job *undo = (struct undo_job *)job;

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
	undo->job.done = undo_done;
	undo->job.release = undo_release;
	undo->now_s = now_s;
	undo->done = done;
	undo->ctx = ctx;
	queue_push(store->queue, &undo->job);
}
